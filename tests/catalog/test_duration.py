import pytest
from hypothesis import given
from hypothesis import strategies as st

from cozygen.catalog.duration import canonical_duration


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("15m", "15m0s"),
        ("20m0s", "20m0s"),
        ("90s", "1m30s"),
        ("1h", "1h0m0s"),
        ("1.5h", "1h30m0s"),
        ("1h1ms", "1h0m0.001s"),
        ("0s", "0s"),
        ("1500ms", "1.5s"),
        ("250ms", "250ms"),
        ("0.5ms", "500µs"),
        ("100h", "100h0m0s"),
        ("1m1m", "2m0s"),
    ],
)
def test_durations_are_written_as_go_writes_them(text: str, written: str) -> None:
    assert canonical_duration(text) == written


@pytest.mark.parametrize("text", ["", "15", "m", "-1m", "1d", "1us", "1 m", "1m ", ".5m", "9999999999h"])
def test_what_flux_refuses(text: str) -> None:
    assert canonical_duration(text) is None


@given(st.integers(0, 10**6))
def test_the_written_form_stays_as_it_is(seconds: int) -> None:
    written = canonical_duration(f"{seconds}s")
    assert written is not None
    assert canonical_duration(written) == written
