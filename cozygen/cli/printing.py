"""Diagnostics as people and programs read them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import click

from cozygen.diagnostics import Diagnostic, Place, Severity

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_WIDTH = 110
_AROUND = 4096  # characters on either side of a place in which a password is looked for
_PASSWORD = re.compile(r"(?<=://)[^/@:\s]*:[^/@\s]*(?=@)")
"""The user and password of an address, which has no place in a log."""


def print_diagnostics(diagnostics: Iterable[Diagnostic], style: str, files: Mapping[str, bytes]) -> None:
    """All diagnostics: as text on standard error with the line in question, or as JSON on standard output."""
    found = list(diagnostics)
    if style == "json":
        print_json(as_json(found))
        return
    lines = _Lines(files)
    for item in found:
        click.echo(_text(item, lines), err=True)
    if found:
        click.echo(summary_text(found), err=True)


def as_json(diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """The stable shape of diagnostics for programs."""
    found = list(diagnostics)
    return {"version": 1, "diagnostics": [item.as_json() for item in found], "summary": summary(found)}


def print_json(value: Any) -> None:
    """A value as JSON on standard output."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    click.echo(
        text.encode("utf-8", "backslashreplace")
    )  # names of files may be no UTF-8; JSON has escapes for them


def summary(diagnostics: Iterable[Diagnostic]) -> dict[str, int]:
    """How many errors and warnings."""
    found = list(diagnostics)
    return {
        "errors": sum(d.severity is Severity.ERROR for d in found),
        "warnings": sum(d.severity is Severity.WARNING for d in found),
    }


def summary_text(diagnostics: Iterable[Diagnostic]) -> str:
    """How many errors and warnings, in words."""
    counts = summary(diagnostics)
    parts = [f"{n} {word[:-1] if n == 1 else word}" for word, n in counts.items() if n]
    return ", ".join(parts) or "nothing wrong"


def _text(item: Diagnostic, lines: _Lines) -> str:
    colour = _COLOURS[item.severity]
    head = click.style(f"{item.severity.value}[{item.code}]", fg=colour, bold=True)
    where = item.place.file if "://" in item.place.file else str(item.place)  # an address has no lines
    message, place = _printable(item.message), _printable(where)
    out = [f"{head}: {click.style(message, bold=True)}", f"  {click.style('at', dim=True)} {place}"]
    found = lines.line(item.place)
    if found is not None:
        excerpt, column = found
        number = str(item.place.line)
        out.append(f"  {click.style(number + ' |', dim=True)} {excerpt}")
        out.append(
            f"  {' ' * len(number)} {click.style('|', dim=True)} {' ' * (column - 1)}{click.style('^', fg=colour)}"
        )
    if item.hint:
        out.append(f"  {click.style('fix:', fg='green')} {_printable(item.hint)}")
    out.extend(
        f"  {click.style('see:', dim=True)} {_printable(f'{related.message}: {related.place}')}"
        for related in item.related
    )
    return "\n".join(out) + "\n"


def _printable(text: str) -> str:
    """Text that does to a terminal nothing but fill its cells."""
    return "".join(c if c.isprintable() else " " if c in "\t\n" else "·" for c in text)


class _Lines:
    """Lines of the files that were read, cut where they are long."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._split: dict[str, list[str]] = {}

    def line(self, place: Place) -> tuple[str, int] | None:
        """The line of a place and the column in it, None where the file was not read."""
        if place.file not in self._files:
            return None
        if place.file not in self._split:
            self._split[place.file] = self._files[place.file].decode("utf-8", "replace").split("\n")
        lines = self._split[place.file]
        if not 0 < place.line <= len(lines):
            return None
        text = lines[place.line - 1].rstrip("\r")
        column = min(place.column, len(text) + 1)
        before, after = max(0, column - _AROUND), column + _AROUND
        near = _PASSWORD.sub(lambda found: "*" * len(found[0]), text[before:after])
        if len(text) <= _WIDTH:
            return _printable(near), column
        start = max(0, min(column - 1 - _WIDTH // 2, len(text) - _WIDTH))
        shown = _printable(near[start - before : start - before + _WIDTH])
        lead, tail = "…" if start else "", "…" if start + _WIDTH < len(text) else ""
        return lead + shown + tail, column - start + len(lead)
