"""The command line explains itself: every command and every parameter with a line, and the program's one version."""

import inspect
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from typing import Final

import cyclopts
import pytest
from cyclopts.command_spec import CommandSpec

from salesapi.cli.commands import app
from tests.conftest import REPOSITORY

BUILT_IN: Final = ("--help", "-h", "--version")


def commands(of: cyclopts.App, above: str = "") -> Iterator[tuple[str, str, cyclopts.App]]:
    """Every command below, with its full name and the line that the list of commands shows before it is loaded."""
    for name in of:
        if name in BUILT_IN:
            continue
        unloaded = of._commands[name]
        line = unloaded.help if isinstance(unloaded, CommandSpec) else of[name].help
        yield f"{above}{name}", str(line or ""), of[name]
        yield from commands(of[name], f"{above}{name} ")


COMMANDS: Final = {name: (line, command) for name, line, command in commands(app)}


def test_the_list_of_commands_is_complete() -> None:
    assert set(COMMANDS) >= {"dev", "serve", "work", "migrate", "keys create", "keys revoke", "import", "verify"}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_in_a_line_what_it_does(name: str) -> None:
    line, command = COMMANDS[name]
    assert line.endswith("."), f"salesapi {name} has no help line in cli/commands.py"
    if command.default_command is not None:
        assert line == _first_paragraph(command.default_command), f"salesapi {name} says one thing in two ways"


def _first_paragraph(of: object) -> str:
    return " ".join((inspect.getdoc(of) or "").partition("\n\n")[0].split())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_parameter_says_in_a_line_what_it_means(name: str) -> None:
    _, command = COMMANDS[name]
    parameters = () if command.default_command is None else command.assemble_argument_collection(parse_docstring=True)
    silent = [parameter.name for parameter in parameters if not parameter.parameter.help]
    assert silent == [], f"salesapi {name}: a line is missing for {silent}"


def test_the_help_lists_every_command_with_its_line() -> None:
    shown = StringIO()
    with redirect_stdout(shown):
        app.help_print([])
    words = " ".join(shown.getvalue().replace("│", " ").split())
    for name, (line, _) in COMMANDS.items():
        if " " not in name:
            assert f"{name} {line}" in words


def test_the_version_stands_in_pyproject_alone() -> None:
    declared = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
    shown = StringIO()
    with redirect_stdout(shown):
        app.version_print()
    assert shown.getvalue().strip() == declared
    repeated = [file.name for file in (REPOSITORY / "src").rglob("*.py") if f'"{declared}"' in file.read_text()]
    assert repeated == []
