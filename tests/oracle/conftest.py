import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def oracles() -> Path:
    """The folder with verdicts of the real programs, or a skipped test where there is none."""
    beside = Path(__file__).parents[3] / "shared" / "oracles"
    folder = Path(os.environ.get("COZYGEN_ORACLES") or beside)
    if not folder.is_dir():
        pytest.skip(f"no oracles: {folder} does not exist")
    return folder
