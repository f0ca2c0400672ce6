"""The helper user: who the engines run as when salesapi itself runs as root.

PostgreSQL refuses to run as root, and neither engine needs any right of root. The helper is the system user `salesapi`
where an operator has made one, else `nobody`, which every system has. We do not create a user: that would change the
machine for good, and the numeric id is all that the engines need. `nobody` may be shared with other programs; whoever
minds makes a user named `salesapi`.

The folder's parents must let the helper through. They are not ours, so their mode is never changed: we refuse instead.
"""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from salesapi.embedded.failures import EngineNotStarted

HELPER_NAMES: Final = ("salesapi", "nobody")
FOLDERS_THAT_USUALLY_WORK: Final = (Path("/var/lib/salesapi"), Path("/srv/salesapi"), Path("/var/tmp/salesapi"))
# Others may pass through a folder that we made for the helper, and may not list it.
PASSAGE_MODE: Final = 0o711
PRIVATE_MODE: Final = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperUser:
    """An unprivileged user of the system."""

    name: str
    uid: int
    gid: int


def find_helper_user() -> HelperUser | None:
    """The user for the engines, or None when we are not root and they run as ourselves.

    Raises: EngineNotStarted when we are root and the system has none of the known users.
    """
    if os.geteuid() != 0:
        return None
    for name in HELPER_NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return HelperUser(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise EngineNotStarted(
        f"Running as root, and none of the users {', '.join(HELPER_NAMES)} exists to run the engines as. "
        "Create one (useradd --system salesapi) or start as an ordinary user."
    )


def prepare_folder(folder: Path) -> tuple[Path, HelperUser | None]:
    """Make `folder` and its missing parents such that the helper can pass through what we made; tell the helper.

    An existing folder keeps its owner and mode.
    Raises: EngineNotStarted when the helper could not reach it.
    """
    folder = folder.absolute()
    helper = find_helper_user()
    refuse_unreachable(folder, helper, what="data folder")
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(exist_ok=True)
        place.chmod(PRIVATE_MODE if helper is None else PASSAGE_MODE)
    return folder, helper


def make_engine_folder(folder: Path, helper: HelperUser | None) -> None:
    """Make a folder that belongs to the engine alone, or check that an existing one does.

    Raises: EngineNotStarted when it belongs to another user than the one that the engine runs as.
    """
    uid = os.geteuid() if helper is None else helper.uid
    if not folder.exists():
        folder.mkdir(mode=PRIVATE_MODE)
        folder.chmod(PRIVATE_MODE)
        give_to(folder, helper)
    owner = folder.stat().st_uid
    if owner != uid:
        raise EngineNotStarted(
            f"{folder} belongs to user id {owner}, but the engine would run as user id {uid}. "
            "Start as the user who started it first, or use another data folder."
        )


def give_to(path: Path, helper: HelperUser | None) -> None:
    """Make the helper the owner of a file or folder that we have just made."""
    if helper is not None:
        os.chown(path, helper.uid, helper.gid)


def refuse_unreachable(path: Path, helper: HelperUser | None, *, what: str) -> None:
    """Refuse a path that the helper cannot reach, naming the folder in the way and one that would work.

    Raises: EngineNotStarted
    """
    if helper is None:
        return
    blocking = first_closed_folder(path, helper)
    if blocking is None:
        return
    mode = stat.S_IMODE(blocking.stat().st_mode)
    raise EngineNotStarted(
        f"The {what} {path} cannot be reached by the user {helper.name}, who runs the engines because you are root: "
        f"{blocking} has mode {mode:04o} and we do not change folders that are not ours. {_advice(what, helper)}"
    )


def first_closed_folder(path: Path, helper: HelperUser) -> Path | None:
    """The outermost existing folder on the way to `path` (with `path` itself) that the helper cannot enter."""
    for place in (*reversed(path.parents), path):
        if place.is_dir() and not _may_enter(place.stat(), helper):
            return place
    return None


def _may_enter(status: os.stat_result, helper: HelperUser) -> bool:
    if status.st_uid == helper.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == helper.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _advice(what: str, helper: HelperUser) -> str:
    if what != "data folder":
        return "Install salesapi into a virtual environment whose parent folders others may enter, such as /opt."
    for folder in FOLDERS_THAT_USUALLY_WORK:
        if first_closed_folder(folder, helper) is None:
            return f"Use another data folder, for example {folder}, or start as an ordinary user."
    return "Use a data folder whose parents all have mode o+x, or start as an ordinary user."
