"""The command line's entry: `cozygen` and `python -m cozygen`."""

from __future__ import annotations

import gc
import sys

_HELP = {"--help", "-h", "--help-all"}
_GARBAGE = 50_000
"""Objects between two looks for cycles. A run makes few, and by the default of 700 spends a twentieth on looking."""


def main() -> None:
    """Run the command line.

    A command's help is drawn by rich-click, which nothing else pays for; the list of commands has to be there
    at once.
    """
    gc.set_threshold(_GARBAGE)
    words = sys.argv[1:]
    if not _HELP.isdisjoint(words[1:]):
        import rich_click.patch

        rich_click.patch.patch()
    from cozygen.cli.main import cli

    cli(prog_name="cozygen")


if __name__ == "__main__":
    main()
