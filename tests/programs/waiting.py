"""Waiting for something that real programs bring about."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(holds: Callable[[], bool], what: str | Callable[[], str], patience: float = 60) -> None:
    """Wait until something holds; ``what`` says what did not, in the end.

    The patience is a bound on hanging, nothing that is measured.
    """
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"not in {patience:g} s: {what if isinstance(what, str) else what()}")
        time.sleep(0.05)
