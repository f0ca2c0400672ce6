"""The status of `salesapi verify`, as scripts of auditors read it: 1 is said by evidence alone, never by a mishap."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.programs import SOURCE

KEPT = REPOSITORY / "tests" / "audit" / "exports" / "2026-12-01.jsonl.gz"
NOWHERE = "postgresql://nobody:secret-5521@127.0.0.1:1/nothing?sslmode=disable"
RUN_SECONDS = 60
CASES: dict[str, tuple[list[str], dict[str, str], int, str]] = {
    "proven": (["--export", str(KEPT)], {}, 0, "PROVEN"),
    "refuted": (["--export", str(KEPT), "--root", "00" * 32, "--size", "465"], {}, 1, "the root given says 00"),
    "no settings": ([], {}, 2, "set SALESAPI_DATABASE_URL"),
    "a malformed setting": ([], {"SALESAPI_PORT": "many"}, 2, "the setting SALESAPI_PORT is malformed"),
    "no database": ([], {"SALESAPI_DATABASE_URL": NOWHERE}, 2, "the database cannot be reached"),
    "no file": (["--export", "nowhere.jsonl"], {}, 2, "nowhere.jsonl"),
    "another file": (["--export", str(REPOSITORY / "README.md")], {}, 2, "name a file that `salesapi export` wrote"),
    "a root without its size": (["--root", "00"], {}, 2, "--root and --size go together"),
    "no root": (["--root", "zz", "--size", "1"], {}, 2, "hexadecimal"),
    "a wrong argument": (["--size", "many"], {}, 2, "--size"),
    "a wrong name": (["--exprt", "x"], {}, 2, "exprt"),
}


@pytest.mark.parametrize(("arguments", "environment", "status", "told"), CASES.values(), ids=CASES.keys())
def test_only_evidence_refutes(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], status: int, told: str
) -> None:
    command = [sys.executable, "-m", "salesapi", "verify", *arguments]
    settings = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": str(SOURCE), **environment}
    ran = subprocess.run(
        command, capture_output=True, text=True, env=settings, cwd=tmp_path, timeout=RUN_SECONDS, check=False
    )

    assert (ran.returncode, told in ran.stdout + ran.stderr) == (status, True), ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    assert "secret-5521" not in ran.stdout + ran.stderr
