"""The key-encryption key in a file: who may read it, and what it wraps."""

from pathlib import Path
from uuid import UUID

import pytest

from salesapi.privacy.encryption import FileKeyEncryption, KeyNotUnwrapped
from salesapi.privacy.key_file import KEKS_MAX, KeyFileRefused, kek_id, read_keks, replace_key_file

SUBJECT = UUID("0190a000-0000-7000-8000-000000000001")
OTHER = UUID("0190a000-0000-7000-8000-000000000002")
KEY = bytes(range(32))


def test_a_new_key_file_is_for_its_owner_only_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "kek"

    FileKeyEncryption.create(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_bytes()) == 32
    with pytest.raises(FileExistsError):
        FileKeyEncryption.create(path)


@pytest.mark.parametrize(
    ("mode", "size", "told"),
    [
        *((mode, 32, f"mode {mode:04o}.*chmod 600") for mode in (0o640, 0o604, 0o660, 0o601)),
        *((0o600, size, "exactly 32 bytes") for size in (0, 31, 33, 64, 32 * (KEKS_MAX + 1))),
    ],
)
def test_a_key_file_open_to_others_or_of_another_size_is_refused(
    tmp_path: Path, mode: int, size: int, told: str
) -> None:
    path = tmp_path / "kek"
    path.write_bytes(bytes(size))  # Two keys of zeros are one key twice.
    path.chmod(mode)

    with pytest.raises(KeyFileRefused, match=told):
        FileKeyEncryption(path)


def test_a_wrapped_key_opens_for_its_own_subject_and_version_only(tmp_path: Path) -> None:
    encryption = FileKeyEncryption.create(tmp_path / "kek")

    wrapped = encryption.wrap(KEY, SUBJECT, 1, kek_id=encryption.kek_ids[0])

    assert KEY not in wrapped
    assert encryption.unwrap(wrapped, SUBJECT, 1, kek_id=encryption.kek_ids[0]) == KEY
    for stored, subject, version in ((wrapped, OTHER, 1), (wrapped, SUBJECT, 2), (b"short", SUBJECT, 1)):
        with pytest.raises(KeyNotUnwrapped, match="altered or moved"):
            encryption.unwrap(stored, subject, version, kek_id=encryption.kek_ids[0])


def test_another_key_file_is_named_as_the_cause(tmp_path: Path) -> None:
    one, other = FileKeyEncryption.create(tmp_path / "one"), FileKeyEncryption.create(tmp_path / "other")
    (of_one,), (of_other,) = one.kek_ids, other.kek_ids

    with pytest.raises(KeyNotUnwrapped, match=f"wrapped by {of_one}, but .* holds {of_other}: use the other file"):
        other.unwrap(one.wrap(KEY, SUBJECT, 1, kek_id=of_one), SUBJECT, 1, kek_id=of_one)
    assert FileKeyEncryption(tmp_path / "one").kek_ids == (of_one,)


def test_a_file_is_replaced_whole_and_read_again_when_an_unknown_key_is_met(tmp_path: Path) -> None:
    path = tmp_path / "kek"
    before = FileKeyEncryption.create(path)
    (old,) = before.kek_ids
    added = bytes(range(100, 132))
    (tmp_path / "kek.new").write_bytes(b"left by a run that was killed")

    replace_key_file(path, (added, *read_keks(path)))

    assert path.stat().st_mode & 0o777 == 0o600
    assert FileKeyEncryption(path).kek_ids == (kek_id(added), old)
    wrapped = FileKeyEncryption(path).wrap(KEY, SUBJECT, 1, kek_id=kek_id(added))
    assert before.unwrap(wrapped, SUBJECT, 1, kek_id=kek_id(added)) == KEY
    assert [each.name for each in tmp_path.iterdir()] == ["kek"]
