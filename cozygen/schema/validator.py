"""A schema with its compiled validator."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import jsonschema_rs

from cozygen.schema.explain import Violation, violations


class Schema:
    """A JSON Schema document (2020-12), compiled when it is first needed."""

    __slots__ = ("__dict__", "document")

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    @cached_property
    def _validator(self) -> Any:
        return jsonschema_rs.validator_for(self.document, validate_formats=False)

    def valid(self, value: Any) -> bool:
        """Whether ``value`` fits, about as fast as it can be said."""
        try:
            return bool(self._validator.is_valid(value))
        except ValueError:  # an integer beyond 64 bits: let the slow path judge
            return next(self.violations(value), None) is None

    def violations(self, value: Any) -> Iterator[Violation]:
        """Everything about ``value`` that does not fit, in document order."""
        return violations(self.document, value)
