"""The command line `salesapi`."""

from salesapi.cli.commands import app


def main() -> None:
    """Runs the command that the arguments name."""
    app()


if __name__ == "__main__":
    main()
