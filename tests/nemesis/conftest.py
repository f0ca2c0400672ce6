"""Real processes for each test, all of them ended by their ids, whatever happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs import Programs, programs_in


@pytest.fixture
def programs(reachable_folder: Path) -> Iterator[Programs]:
    with programs_in(reachable_folder) as made:
        yield made
