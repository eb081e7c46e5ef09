"""The diagnostic record and the code that every diagnostic carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from cozygen.record import Record, field


class Severity(StrEnum):
    """How much a diagnostic weighs: an error stops a render, a warning and an info never do."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Place(NamedTuple):
    """Where something stands in the spec: the file as it was given, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Related(NamedTuple):
    """Another place that takes part in a diagnostic, such as the other owner of a name."""

    message: str
    place: Place


class Diagnostic(Record):
    """One finding: what is wrong, where, with which values, and what to do about it."""

    code: str
    severity: Severity
    message: str
    place: Place
    hint: str | None = None
    related: tuple[Related, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        """Whether this diagnostic stops a render."""
        return self.severity is Severity.ERROR

    def as_json(self) -> dict[str, Any]:
        """The stable JSON shape that ``--format json`` prints."""
        out: dict[str, Any] = {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
        }
        if self.hint is not None:
            out["hint"] = self.hint
        out["related"] = [
            {"message": r.message, "file": r.place.file, "line": r.place.line, "column": r.place.column}
            for r in self.related
        ]
        out["values"] = dict(self.values)
        return out


class Code(Record):
    """A kind of diagnostic: its number, weight, and the page that ``cozygen explain`` shows.

    ``title`` is a short phrase, ``why`` tells what breaks on the platform and when, ``fix`` what to do.
    A code is defined as a module constant beside the check that reports it; the registry finds it there.
    """

    id: str
    severity: Severity
    title: str
    why: str
    fix: str

    def at(
        self,
        place: Place,
        message: str,
        *,
        hint: str | None = None,
        related: Iterable[Related] = (),
        values: Mapping[str, Any] | None = None,
    ) -> Diagnostic:
        """A diagnostic of this code at ``place``."""
        return Diagnostic(self.id, self.severity, message, place, hint, tuple(related), values or {})


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Diagnostics in reading order (file, line, column, code, message), without repetitions."""
    seen: set[tuple[Any, ...]] = set()
    out = []
    for item in sorted(diagnostics, key=lambda d: (d.place, d.code, d.message)):
        key = (item.place, item.code, item.message)
        if key not in seen:
            seen.add(key)
            out.append(item)
    return out
