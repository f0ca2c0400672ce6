"""Reads a mapping's YAML to plain values, and remembers where each of them stands.

Only `null`, `true`, `false` and whole numbers are anything but text: dates, `no`, `on` and `1.50` stay as they are written.
No clock.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn, TypeAlias, TypeVar

import yaml

MAPPING_BYTES_MAX: Final = 1024 * 1024
"""Largest mapping file, in bytes."""
NODES_MAX: Final = 50_000
"""Most values in one mapping, those behind aliases counted as often as they are used."""
DEPTH_MAX: Final = 30
"""Deepest nesting."""
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WHOLE: Final = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_WORDS: Final = {"": None, "~": None, "null": None, "true": True, "false": False}

Plain: TypeAlias = "bool | int | str | list[Plain] | dict[str, Plain] | None"
Pointer: TypeAlias = tuple[str | int, ...]
"""The way to a value: names of fields and numbers of items."""

Made = TypeVar("Made")


class MappingInvalid(RuntimeError):
    """The mapping cannot be used; the message names the file, the line, the column and what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedValues:
    """A mapping's values with their places. What does not have the form that is asked for raises `MappingInvalid`."""

    file: str
    root: dict[str, Plain]
    marks: Mapping[Pointer, tuple[int, int]]
    """Line and column, both from 1, of the value at a path."""

    def refuse(self, path: Pointer, reason: str) -> NoReturn:
        """Raises the error for a mistake at a path: the nearest value that stands in the file is its place."""
        known = next(path[:length] for length in range(len(path), -1, -1) if path[:length] in self.marks)
        line, column = self.marks[known]
        raise MappingInvalid(f"{self.file}:{line}:{column}: {_shown(path)}: {reason}")

    def record(self, value: Plain, path: Pointer, allowed: Collection[str] | None) -> dict[str, Plain]:
        """Fields with these names, or with any where none are given; nothing is no fields."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.refuse(path, "fields with names stand here")
        unknown = sorted(set(value) - set(allowed)) if allowed is not None else ()
        if unknown and allowed is not None:
            self.refuse((*path, unknown[0]), f"unknown field; here stand {', '.join(sorted(allowed))}")
        return value

    def listed(
        self, value: Plain, path: Pointer, make: Callable[[Plain, Pointer], Made], most: int
    ) -> tuple[Made, ...]:
        """Makes something of each item of a list; nothing is an empty list."""
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > most:
            self.refuse(path, f"a list of at most {most} stands here")
        return tuple(make(each, (*path, number)) for number, each in enumerate(value))

    def unique(self, named: tuple[Made, ...], path: Pointer) -> tuple[Made, ...]:
        """The same things, with names that differ."""
        names = [str(getattr(each, "name", "")) for each in named]
        for number, name in enumerate(names):
            if name in names[:number]:
                self.refuse((*path, number), f"the name {name} stands here twice; give one of them another `name`")
        return named

    def texts(self, value: Plain, path: Pointer, known: Collection[str] | None = None) -> list[str]:
        """A list of texts, or one text; only of those that are known, where these are given."""
        found: list[str] = []
        for number, each in enumerate(value if isinstance(value, list) else [] if value is None else [value]):
            if not isinstance(each, str):
                self.refuse((*path, number), "a text stands here")
            if known is not None and each not in known:
                self.refuse((*path, number), f"{each} is not one of {', '.join(sorted(known))}")
            found.append(each)
        return found

    def text(self, record: Mapping[str, Plain], name: str, path: Pointer) -> str:
        """A field that is a text."""
        text = self.optional_text(record, name, path)
        if not text:
            self.refuse((*path, name), "a text is required here")
        return text

    def optional_text(self, record: Mapping[str, Plain], name: str, path: Pointer) -> str | None:
        """A field that is a text or nothing."""
        value = record.get(name)
        if value is not None and not isinstance(value, str):
            self.refuse((*path, name), "a text stands here")
        return value

    def name(self, value: Plain, path: Pointer) -> str:
        """A name that the mapping gives to something."""
        if not isinstance(value, str) or not NAME.fullmatch(value):
            self.refuse(path, "a name is required here: up to 40 lower-case letters, digits and _, a letter first")
        return value


def read_yaml(file: Path) -> tuple[PlacedValues, bytes]:
    """The values of a mapping file, and its bytes.

    Raises:
        MappingInvalid: it is not UTF-8 or YAML, too large, or holds a name twice.
        OSError: it cannot be read.
    """
    with file.open("rb") as opened:
        stored = opened.read(MAPPING_BYTES_MAX + 1)
    if len(stored) > MAPPING_BYTES_MAX:
        raise MappingInvalid(f"{file}: a mapping has at most {MAPPING_BYTES_MAX} bytes")
    try:
        node = yaml.compose(stored.decode("utf-8-sig"), Loader=yaml.BaseLoader)
    except UnicodeDecodeError as error:
        raise MappingInvalid(f"{file}: the mapping is not UTF-8 (byte {error.start})") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise MappingInvalid(f"{file}{place}: this is not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise MappingInvalid(f"{file}: this is not YAML: {error}") from None
    if not isinstance(node, yaml.MappingNode):
        raise MappingInvalid(f"{file}:1:1: a mapping begins with fields such as `source:`")
    reading = _Reading(file.name)
    root = reading.plain(node, ())
    assert isinstance(root, dict), "a mapping node is read to a dictionary"
    return PlacedValues(file=file.name, root=root, marks=reading.marks), stored


class _Reading:
    def __init__(self, file: str) -> None:
        self._file = file
        self.marks: dict[Pointer, tuple[int, int]] = {}

    def plain(self, node: yaml.Node, path: Pointer) -> Plain:
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        self.marks[path] = (line, column)
        if len(self.marks) > NODES_MAX or len(path) > DEPTH_MAX:
            raise MappingInvalid(
                f"{self._file}:{line}:{column}: a mapping has at most {NODES_MAX} values, {DEPTH_MAX} levels deep"
            )
        if isinstance(node, yaml.MappingNode):
            return self._record(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*path, number)) for number, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode), "a node is a mapping, a sequence or a scalar"
        text = str(node.value)
        if node.style is not None:
            return text
        if text in _WORDS:
            return _WORDS[text]
        return int(text) if _WHOLE.fullmatch(text) else text

    def _record(self, node: yaml.MappingNode, path: Pointer) -> dict[str, Plain]:
        record: dict[str, Plain] = {}
        for name, value in node.value:
            line, column = name.start_mark.line + 1, name.start_mark.column + 1
            if not isinstance(name, yaml.ScalarNode):
                raise MappingInvalid(f"{self._file}:{line}:{column}: {_shown(path)}: a name is a text")
            if name.value in record:
                raise MappingInvalid(f"{self._file}:{line}:{column}: {_shown(path)}: {name.value} stands here twice")
            record[name.value] = self.plain(value, (*path, name.value))
        return record


def _shown(path: Sequence[str | int]) -> str:
    return "/" + "/".join(map(str, path))
