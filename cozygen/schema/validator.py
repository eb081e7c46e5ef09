"""A schema with its compiled validator."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import jsonschema_rs

from cozygen.schema.explain import Violation, violations


def compiled(document: dict[str, Any]) -> Any:
    """The validator of a schema; raises for one that is none, or that would have it look at other documents."""
    return jsonschema_rs.validator_for(document, validate_formats=False, retriever=_refused)


def _refused(uri: str) -> Any:
    raise ValueError(f"{uri} is another document, which is not read")


class Schema:
    """A JSON Schema document (2020-12), compiled when it is first needed."""

    __slots__ = ("__dict__", "document")

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    @cached_property
    def _validator(self) -> Any:
        return compiled(self.document)

    def valid(self, value: Any) -> bool:
        """Whether ``value`` fits, about as fast as it can be said."""
        return bool(self._validator.is_valid(value))

    def violations(self, value: Any) -> Iterator[Violation]:
        """Everything about ``value`` that does not fit, in document order; something iff it is not valid.

        What only a word beyond our own explanations refuses (a schema of the user's own) is told in the
        validator's words.
        """
        try:
            found = list(violations(self.document, value))
        except RecursionError:  # a schema that refers to itself without end
            found = []
        yield from found
        if not found and not self.valid(value):
            for error in self._validator.iter_errors(value):
                yield Violation(tuple(error.instance_path), "pattern", error.message, None, {})
