"""How many examples a law is tried on: some every day, all of them with ``COZYGEN_THOROUGH=1``."""

from __future__ import annotations

import os

from hypothesis import settings

THOROUGH = os.environ.get("COZYGEN_THOROUGH") == "1"


def examples(most: int) -> settings:
    """Settings for a law that is tried on so many examples at most."""
    return settings(max_examples=share(most))


def share(most: int) -> int:
    """How many of so many examples are tried in this run."""
    return most if THOROUGH else max(3, most // 8)
