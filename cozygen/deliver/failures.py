"""The world outside failing: what a delivery raises, with the diagnostic that says what and what to do."""

from __future__ import annotations

from typing import Self

from cozygen.diagnostics import Code, Diagnostic, Place


class DeliveryError(Exception):
    """Something outside of cozygen failed or said no, and nothing was published by this attempt."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic

    @classmethod
    def of(cls, code: Code, where: str, message: str, hint: str | None = None) -> Self:
        """The error of a code at an address or file."""
        return cls(code.at(Place(where, 1, 1), message, hint=hint or code.fix, values={"remote": where}))

    @property
    def code(self) -> str:
        """The diagnostic's code."""
        return self.diagnostic.code


class MisuseError(DeliveryError):
    """What was asked for makes no sense as it was asked: the options are at fault, not the world outside."""
