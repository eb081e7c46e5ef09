"""The command line's entry: `cozygen` and `python -m cozygen`."""

from __future__ import annotations

import sys

_HELP = {"--help", "-h", "--help-all"}


def main() -> None:
    """Run the command line.

    A command's help is drawn by rich-click, which nothing else pays for; the list of commands has to be there
    at once.
    """
    words = sys.argv[1:]
    if not _HELP.isdisjoint(words[1:]):
        import rich_click.patch

        rich_click.patch.patch()
    from cozygen.cli.main import cli

    cli(prog_name="cozygen")


if __name__ == "__main__":
    main()
