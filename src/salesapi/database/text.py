"""JSON text of records, and what text may not hold: U+0000 and unpaired surrogates, which PostgreSQL or UTF-8 cannot carry."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from salesapi.domain.shared.kernel import FieldInvalid, Kind, Refused

NUL: Final = "\x00"
NUL_ESCAPED: Final = "\\u0000"
MARK: Final = "$enc"
"""The one member of a sealed value's object (`privacy/field_encryption.py`). No payload may use it as a name of its own."""
MARKED: Final = f'"{MARK}":'
"""Stands in a JSON text exactly where `MARK` is a name: quotes inside a text are escaped."""

_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


class TextRefused(Refused):
    """A text holds a character that cannot be stored. It is refused, because leaving it out would change what was said."""

    code = "text.refused"
    kind = Kind.MALFORMED
    message = "The text holds {what}, which cannot be stored; leave it out."


def encoded(value: object) -> str:
    """The JSON text of a record that may be stored: fields as declared, sets and mappings sorted, so always the same bytes.

    Raises:
        TextRefused: a text holds U+0000 or an unpaired surrogate; with its pointer.
        FieldInvalid: a mapping uses the name that marks sealed values.
    """
    try:
        text = _ENCODER.encode(value).decode()
    except UnicodeEncodeError as error:
        for pointer in _where(value, _has_surrogate):
            raise TextRefused(pointer=pointer, what="an unpaired surrogate") from error
        raise
    # The escape may also be a backslash that somebody wrote, so a hit here is only a reason to look.
    if NUL_ESCAPED in text:
        for pointer in _where(value, _has_nul):
            raise TextRefused(pointer=pointer, what="the character U+0000")
    if MARKED in text:
        raise FieldInvalid(reason=f"The name {MARK} is reserved.")
    return text


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _has_nul(text: str) -> bool:
    return NUL in text


def _where(value: object, is_bad: Callable[[str], bool]) -> Iterator[str]:
    """The pointers of bad texts, those of names being the pointer of what holds them."""
    nodes: list[tuple[object, str]] = [(msgspec.to_builtins(value), "")]
    while nodes:
        node, pointer = nodes.pop()
        items: Iterable[tuple[object, object]] = ()
        if isinstance(node, str) and is_bad(node):
            yield pointer
        elif isinstance(node, dict):
            items = node.items()
        elif isinstance(node, list | tuple):
            items = enumerate(node)
        for key, item in items:
            if isinstance(key, str) and is_bad(key):
                yield pointer
            nodes.append((item, f"{pointer}/{key}"))
