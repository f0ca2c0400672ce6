"""The page on formats: its verifier is run as it stands there, and proves and refutes what ours does."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest

from salesapi.audit.leaf import StoredRow
from tests.audit.stories import Export
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "formats.md").read_text()
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINES_MAX = 32
RUN_SECONDS = 60
KEPT = sorted((Path(__file__).parent / "exports").glob("*.jsonl.gz"))


def run(folder: Path, content: bytes) -> subprocess.CompletedProcess[str]:
    """Runs the page's verifier on a file, with nothing of ours at hand."""
    (block,) = BLOCK.findall(PAGE)
    (folder / "export.jsonl").write_bytes(content)
    command = [sys.executable, "-I", "-c", block, str(folder / "export.jsonl")]
    return subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS, check=False)


def test_the_verifier_is_short() -> None:
    (block,) = BLOCK.findall(PAGE)
    assert len([line for line in block.splitlines() if line]) <= LINES_MAX


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_the_verifier_of_the_page_proves_a_kept_export(tmp_path: Path, path: Path) -> None:
    ran = run(tmp_path, gzip.decompress(path.read_bytes()))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("465 events, root 0ae758221c8097231e09d12e407bfa55dbbf6daded48bb44bf2065beeac953da")


def test_it_proves_texts_that_need_care_and_refutes_what_was_changed(tmp_path: Path, exported: Export) -> None:
    plan, lines = exported
    ran = run(tmp_path, b"".join(lines))
    assert ran.stdout == f"{plan.size} events, root {plan.root.hex()}\n", ran.stderr
    noted = next(number for number, line in enumerate(lines) if b'"note.written"' in line)
    changed = lines[noted].replace(b'"number":1', b'"number":2')
    assert f"position {noted + 1} was changed" in run(tmp_path, b"".join([*lines[:noted], changed])).stderr
    assert "its end was cut off" in run(tmp_path, b"".join(lines[:-1])).stderr


def test_the_page_names_every_field_of_a_leaf_in_its_order() -> None:
    (block,) = BLOCK.findall(PAGE)
    (listed,) = re.findall(r'FIELDS = "([a-z_ ]+)"', block)
    assert (*listed.split(), "payload", "meta") == tuple(StoredRow.__dataclass_fields__)
