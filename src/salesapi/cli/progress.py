"""What is worked through, as bars on a terminal and nothing elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


@contextmanager
def shown_progress(console: Console, *, is_transient: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Shows a bar for each thing that it is told of: its name, how much is done, of how much."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=is_transient, disable=not console.is_terminal) as progress:
        bars: dict[str, TaskID] = {}

        def on_progress(what: str, done: int, of: int) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what, total=of)
            progress.update(bars[what], completed=done, total=of)

        yield on_progress
