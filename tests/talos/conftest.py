"""Talos' own library, running once, and a bundle that it made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from truth import Talos, talos


@pytest.fixture(scope="session")
def asked() -> Iterator[Talos]:
    with talos() as running:
        yield running


@pytest.fixture(scope="session")
def secrets(asked: Talos) -> str:
    """A bundle that Talos' library made."""
    return str(asked.ask("secrets")["text"])
