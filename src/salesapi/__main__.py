"""The command line `salesapi`."""

from cyclopts import CycloptsError

from salesapi.cli.commands import app

MISUSED = 2
"""The status where the arguments were not understood: 1 says that a command could not be done, or that `verify` refutes."""


def main() -> None:
    """Runs the command that the arguments name."""
    try:
        app(exit_on_error=False)
    except CycloptsError:
        # It has said what is wrong.
        raise SystemExit(MISUSED) from None


if __name__ == "__main__":
    main()
