"""The command line's entry: `cozygen` and `python -m cozygen`."""

from __future__ import annotations

import sys

_HELP = {"--help", "-h", "--help-all"}


def main() -> None:
    """Run the command line. Help is drawn by rich-click, which nothing else pays for."""
    words = sys.argv[1:]
    if not words or not _HELP.isdisjoint(words):
        import rich_click.patch

        rich_click.patch.patch()
    from cozygen.cli.main import cli

    cli(prog_name="cozygen")


if __name__ == "__main__":
    main()
