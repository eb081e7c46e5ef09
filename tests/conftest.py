import os
import shutil
import sys
from collections.abc import Callable, Generator
from typing import Any

import pytest
from effort import share
from hypothesis import HealthCheck, settings
from programs import MissingError
from programs.cache import directory as cache_directory

os.environ["COZYGEN_CACHE_DIR"] = "none"  # tests that are about what is remembered say so themselves

if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    # Commands are started some hundred times, and each should find the compiled modules of the one before: elsewhere.
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(cache_directory() / "python")

MEMORY = "/dev/shm"
if (
    not {"TMPDIR", "PYTEST_DEBUG_TEMPROOT"} & os.environ.keys()
    and os.environ.get("COZYGEN_TRUTH") != "1"
    and os.access(MEMORY, os.W_OK)
    and shutil.disk_usage(MEMORY).free > 4 << 30
):
    # What tests write is flushed to the disk again and again, which is an eighth of an everyday run.
    os.environ["PYTEST_DEBUG_TEMPROOT"] = MEMORY

settings.register_profile(
    "everyday",
    max_examples=share(60),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("everyday")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the truth tier out of an everyday run; where it runs, begin with what takes minutes."""
    if os.environ.get("COZYGEN_TRUTH") == "1":
        items.sort(key=lambda item: item.path.parent.name != "truth")
        return
    skipped = pytest.mark.skip(reason="asks the real programs: tests/truth/run builds and starts them")
    for item in items:
        if item.get_closest_marker("truth"):
            item.add_marker(skipped)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, Any, Any]:
    """A fixture that needs a program which this machine cannot have skips the test."""
    try:
        return (yield)
    except MissingError as missing:
        pytest.skip(str(missing))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, Any, Any]:
    """So does a test itself."""
    try:
        return (yield)
    except MissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def proved(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Takes a line that says what a test has shown, with counts; the lines close the run's report."""
    return lambda line: record_property("proved", line)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the real programs confirmed."""
    lines = [
        (report.nodeid.partition("::")[0], value)
        for report in terminalreporter.stats.get("passed", ())
        for name, value in report.user_properties
        if name == "proved"
    ]
    if lines:
        terminalreporter.section("proved on the real programs")
        for file, line in sorted(lines):
            terminalreporter.write_line(f"{file.removeprefix('tests/')}: {line}")
