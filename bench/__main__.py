"""`make bench`: runs the measures and prints one table. Set it beside tables of the same machine and the same hour only."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

import uvloop
from rich.console import Console
from rich.table import Table

from bench import appends, commands, commissions, demos, folds, imports, memories, rebuilds
from bench.bench_database import running_ground
from bench.measuring import ROUNDS_MAX, Effort, Figure, Measure, figures

MEASURES: Final[tuple[Measure, ...]] = (
    appends.MEASURE,
    commands.MEASURE,
    imports.MEASURE,
    folds.MEASURE,
    rebuilds.MEASURE,
    memories.MEASURE,
    commissions.MEASURE,
    demos.MEASURE,
)
LARGE: Final = 1_000
WIDTH_LEAST: Final = 140
"""Columns of the table where the output is no terminal."""


async def run(measures: list[Measure], effort: Effort, json_file: Path | None) -> None:
    """Runs the measures one after the other; a table is printed at the end."""
    console = Console(stderr=True)
    found: list[Figure] = []
    try:
        async with running_ground() as ground:
            for measure in measures:
                console.print(f"measuring: {measure.name}")
                found += figures(await measure.run(ground, effort))
    finally:
        # Also when a later measure fails: what was found took long.
        output = Console()
        (output if output.is_terminal else Console(width=WIDTH_LEAST)).print(_shown(found))
    if json_file is not None:
        json_file.write_text(json.dumps([asdict(figure) for figure in found], indent=2) + "\n", encoding="utf-8")


def _shown(found: list[Figure]) -> Table:
    shown = Table("what", title="Medians of interleaved rounds; the ratio is ours over the baseline's")
    for name in ("ours", "baseline", "ratio", "least", "most", "target"):
        shown.add_column(name, justify="right")
    shown.add_column("unit")
    shown.add_column("baseline is")
    for figure in found:
        shown.add_row(
            figure.what,
            _number(figure.ours),
            _number(figure.baseline_value),
            f"{figure.ratio:.2f}",
            f"{figure.ratio_least:.2f}",
            f"{figure.ratio_most:.2f}",
            "" if figure.target is None else f"{figure.target:.2f} {'met' if figure.is_met else 'missed'}",
            figure.unit,
            figure.baseline,
        )
    return shown


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= LARGE else f"{value:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help=f"interleaved rounds of each measure, 1 to {ROUNDS_MAX}")
    parser.add_argument("--only", choices=[measure.name for measure in MEASURES], action="append", help="one measure")
    parser.add_argument("--quick", action="store_true", help="small data and short rounds: for trying")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    arguments = parser.parse_args()
    if not 1 <= arguments.rounds <= ROUNDS_MAX:
        parser.error(f"--rounds is 1 to {ROUNDS_MAX}")
    measures = [measure for measure in MEASURES if not arguments.only or measure.name in arguments.only]
    uvloop.run(run(measures, Effort(rounds=arguments.rounds, is_quick=arguments.quick), arguments.json))


if __name__ == "__main__":
    main()
