"""What is suggested in the place of a name that the API refuses is a name that it takes."""

from __future__ import annotations

import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from cozygen.catalog.load import load_release
from cozygen.checks.admission import name_refusal

APPLICATIONS = load_release("v1.6.2").applications


def is_taken_when_followed(kind: str, name: str) -> bool:
    refused = name_refusal(APPLICATIONS[kind], name, "tenant-root")
    if refused is None or not refused.hint.startswith("write "):
        return True
    return name_refusal(APPLICATIONS[kind], refused.hint.removeprefix("write "), "tenant-root") is None


@pytest.mark.parametrize("kind", ["Postgres", "Tenant", "KubernetesNodes"])
@pytest.mark.parametrize(
    "name",
    [
        "a-very-long-name-for-a-database-that-nobody-should-give-to-it-ever",
        "Team-A",
        "9-lives-",
        "a_b",
        "-",
        "x" * 80,
    ],
)
def test_a_suggested_name_is_taken(kind: str, name: str) -> None:
    assert is_taken_when_followed(kind, name)


@given(st.sampled_from(sorted(APPLICATIONS)), st.text("aZ9-_. é", max_size=90))
@examples(300)
def test_whatever_the_name_was(kind: str, name: str) -> None:
    assert is_taken_when_followed(kind, name)
