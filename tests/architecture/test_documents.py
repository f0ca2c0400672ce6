"""What a document points to is there: files by their paths, targets of make, decisions by their list."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.conftest import REPOSITORY

DOCUMENTS: Final = sorted((*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")))
LINK: Final = re.compile(r"\]\((?!https?://|#)([^)#]+)")
PATH: Final = re.compile(r"`((?:src|tests|docs|openapi|bench|examples)/[^`\s<]*)`")
MADE: Final = re.compile(r"(?:^|`|entry: )make ([a-z-]+)", re.MULTILINE)
TARGET: Final = re.compile(r"^([a-z-]+):", re.MULTILINE)
DECISIONS: Final = REPOSITORY / "docs" / "decisions"


def _name(document: Path) -> str:
    return str(document.relative_to(REPOSITORY))


def pointed_to(text: str, folder: Path) -> Iterator[Path]:
    """Finds what a document in this folder points to: links from where it stands, paths in code style from the root."""
    yield from (folder / link for link in LINK.findall(text))
    yield from (REPOSITORY / path for path in PATH.findall(text))


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_a_document_points_to_what_is_there(document: Path) -> None:
    missing = [str(place) for place in pointed_to(document.read_text(), document.parent) if not place.exists()]
    assert missing == []


def test_a_link_and_a_path_are_both_looked_up() -> None:
    text = "[guide](guides/none.md#start), `src/none.py`, [site](https://example.org), `openapi/events/<name>.json`"
    assert [str(place) for place in pointed_to(text, Path("docs"))] == [
        "docs/guides/none.md",
        f"{REPOSITORY}/src/none.py",
    ]


def test_every_decision_is_in_the_list() -> None:
    listed = set(LINK.findall((DECISIONS / "README.md").read_text()))
    assert listed == {file.name for file in DECISIONS.glob("[0-9]*.md")}


def test_the_numbers_of_decisions_are_given_once_and_without_a_gap() -> None:
    numbers = sorted(int(file.name[:4]) for file in DECISIONS.glob("[0-9]*.md"))
    assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize("file", [*map(_name, DOCUMENTS), ".ci/run", ".pre-commit-config.yaml"])
def test_what_is_to_be_made_is_a_target_of_make(file: str) -> None:
    targets = set(TARGET.findall((REPOSITORY / "Makefile").read_text()))
    assert set(MADE.findall((REPOSITORY / file).read_text())) - targets == set()


def test_the_hooks_before_a_commit_are_our_own() -> None:
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text())
    assert {each["repo"] for each in hooks["repos"]} == {"local"}
    assert [hook["entry"] for each in hooks["repos"] for hook in each["hooks"]] == ["make check"]
