"""The command line: one module per command, none of which loads more than it needs."""


def main() -> None:
    """Entry point of the console script ``assistant``."""
    from assistant.cli.app import app

    app()
