"""Real programs for tests: got (built, fetched), kept in a cache, started on loopback, stopped whatever happens.

Nothing here knows what the programs are for. What cannot be had raises ``MissingError`` with the reason and what
would enable it; ``conftest.py`` makes a skipped test of that.
"""

from __future__ import annotations


class MissingError(Exception):
    """A program that this machine cannot have: why, and what would change that."""


class BrokenError(Exception):
    """A program that could not be built, or that died: what it said."""
