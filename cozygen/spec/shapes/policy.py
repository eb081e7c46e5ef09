"""The outline of Policy and Waiver: they are read and kept, not yet evaluated."""

from __future__ import annotations

from cozygen.schema.build import Document, free


def policy_shape() -> Document:
    """A rule over what the spec compiles to."""
    return free("A rule over what the spec compiles to.")


def waiver_shape() -> Document:
    """An agreed exception from a policy."""
    return free("An agreed exception from a policy.")
