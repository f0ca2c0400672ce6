"""Measures source against the house style: lengths, positional arguments, and callables whose arguments nobody checks."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

FILE_LINES_MAX: Final = 400
FUNCTION_LINES_MAX: Final = 70
POSITIONAL_MAX: Final = 4

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Measure: TypeAlias = Callable[[str], Iterator[str]]
"""Yields the places in a source that break a rule, by their names in it; the empty name is the file itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function with the name by which a reader finds it, such as `Handling.handle` or `field.resolver`."""

    name: str
    lines: int
    """Without its decorators."""
    positional: tuple[str, ...]
    """The types of the arguments that a call may give without their names; itself or its class is left out."""
    is_public: bool
    """False for private ones, for those of private classes, and for functions within functions."""


def places(measure: Measure, files: Iterable[Path]) -> set[str]:
    """Applies a measure to files. A place is `file: name`, without folders, so that a file can move."""
    return {f"{file.stem}: {name}".removesuffix(": ") for file in files for name in measure(file.read_text())}


def long_files(source: str) -> Iterator[str]:
    """Names the file where it has more than 400 lines."""
    if len(source.splitlines()) > FILE_LINES_MAX:
        yield ""


def long_functions(source: str) -> Iterator[str]:
    """Names functions of more than 70 lines."""
    yield from (function.name for function in functions(source) if function.lines > FUNCTION_LINES_MAX)


def many_positional(source: str) -> Iterator[str]:
    """Names functions that take more than 4 arguments by position."""
    yield from (function.name for function in functions(source) if len(function.positional) > POSITIONAL_MAX)


def confusable(source: str) -> Iterator[str]:
    """Names public functions that take two arguments of one type by position: a call that swaps them still type-checks."""
    for function in functions(source):
        typed = [each for each in function.positional if each]
        if function.is_public and len(set(typed)) < len(typed):
            yield function.name


def unchecked_callables(source: str) -> Iterator[str]:
    """Names where a type says `Callable[..., X]`: whatever is put there, no type checker compares its arguments."""
    if "Callable[..." in source:
        yield from _unchecked(ast.parse(source), ())


@cache
def functions(source: str) -> tuple[Function, ...]:
    """Finds every function, methods and inner ones too. Kept, because three measures read each file."""
    return tuple(_functions(ast.parse(source), (), is_inner=False))


def _functions(node: ast.AST, above: tuple[str, ...], *, is_inner: bool) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode):
            path = (*above, child.name)
            yield Function(
                name=".".join(path),
                lines=(child.end_lineno or child.lineno) - child.lineno + 1,
                positional=_positional(child.args),
                is_public=not is_inner and all(map(_is_public, path)),
            )
            yield from _functions(child, path, is_inner=True)
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, (*above, child.name), is_inner=is_inner)
        elif not isinstance(child, ast.expr):
            yield from _functions(child, above, is_inner=is_inner)


def _positional(arguments: ast.arguments) -> tuple[str, ...]:
    named = [*arguments.posonlyargs, *arguments.args]
    own = named[1:] if named and named[0].arg in ("self", "cls") else named
    return tuple(ast.unparse(each.annotation) if each.annotation else "" for each in own)


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name in ("__init__", "__call__")


def _unchecked(node: ast.AST, above: tuple[str, ...]) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode | ast.ClassDef):
            yield from _unchecked(child, (*above, child.name))
        elif isinstance(child, ast.AnnAssign):
            yield from _unchecked(child, (*above, ast.unparse(child.target)))
        elif isinstance(child, ast.Subscript) and _takes_anything(child):
            yield ".".join(above)
        else:
            yield from _unchecked(child, above)


def _takes_anything(node: ast.Subscript) -> bool:
    is_callable = ast.unparse(node.value).rpartition(".")[2] == "Callable"
    arguments = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else None
    return is_callable and isinstance(arguments, ast.Constant) and arguments.value is Ellipsis
