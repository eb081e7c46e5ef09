import os

import pytest


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a loss of power shows whether something was forced to disk, and it takes most of some tests' time."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
