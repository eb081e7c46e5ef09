"""Text that charts write into YAML without making it safe.

A template line such as ``storageClass: {{ .Values.storageClass }}`` puts text into YAML as it is. What comes
out is found here by doing the same: the text is put into a fragment of the shape the chart has there, and
read by libyaml, of which Go's YAML reader is a port, with Go's meaning of plain scalars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple

from cozygen.charts.codes import TEXT_BREAKS_YAML, TEXT_CHANGED, TEXT_NOT_KEPT
from cozygen.charts.condition import holds
from cozygen.charts.release import Fault, Path, Release
from cozygen.charts.values import matches


class Shape(Enum):
    """How the chart writes the text; ``§`` stands for it with what is around it."""

    BARE = "k:\n  x: §\n  y: 1\n"
    ITEM = "k:\n  - §\n  - y\n"
    QUOTED = 'k:\n  x: "§"\n  y: 1\n'
    KEY = "k:\n  §: 1\n  y: 1\n"
    QUOTED_KEY = 'k:\n  "§": 1\n  y: 1\n'
    BLOCK = "k:\n  x: |\n    a §\n    b\n  y: 1\n"  # a line inside a literal block
    INDENTED = "k:\n  x: |\n§\n  y: 1\n"  # a literal block of its own, each line indented
    MAPPING = "k:\n  x:\n§\n  y: 1\n"  # lines of YAML, each indented


class Needs(Enum):
    """What must come out where the text stands."""

    ANYTHING = 0  # a custom resource: what its schema takes is its own affair
    TEXT = 1  # a text field of a built-in object, which takes null as empty
    LABEL = 2  # a label or annotation, or a name: null is refused as well


class Text(NamedTuple):
    """A place where the chart writes text unprotected.

    ``path`` is a pattern (see :func:`values.matches`); ``before`` and ``after`` are what the chart writes
    around the text on the same line.
    """

    path: str
    shape: Shape = Shape.BARE
    needs: Needs = Needs.ANYTHING
    before: str = ""
    after: str = ""
    when: str = ""


# Text that means itself wherever it stands: no quotes, no '#', no ': ', not a word that YAML reads otherwise.
SAFE = (
    r"^(?!(?:[yYnN]|[yY][eE][sS]|[nN][oO]|[oO][nN]|[oO][fF][fF]|[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]"
    r"|[nN][uU][lL][lL])$)[A-Za-z](?:[A-Za-z0-9_.,/+=!$^*@%&();<>?-]|:(?=[A-Za-z0-9/]))*$"
)
_safe = re.compile(SAFE[:-1] + r"\Z").match


def text_faults(rules: tuple[Text, ...], release: Release, secrets: tuple[str, ...]) -> Iterator[Fault]:
    """Texts of the spec that break the chart's YAML or come out as something else. Secrets are not shown."""
    done: dict[Path, bool] = {}
    for rule in rules:
        if not holds(rule.when, release):
            continue
        pattern = rule.path.split(".")
        for path, text in matches(release.given, pattern):
            if not isinstance(text, str) or done.get(path):
                continue
            if not text and (rule.needs is not Needs.LABEL or rule.before or rule.after):
                continue
            if rule.shape is not Shape.MAPPING and _safe(text):
                continue
            fault = one_text_fault(rule, path, text, on_key=pattern[-1] == "~", secret=rule.path in secrets)
            if fault and (path not in done or fault.code is not TEXT_CHANGED):
                done[path] = fault.code is not TEXT_CHANGED
                yield fault


def one_text_fault(
    rule: Text, path: Path, text: str, *, on_key: bool = False, secret: bool = False
) -> Fault | None:
    """What becomes of one text where ``rule`` says that it is written."""
    from cozygen.charts.fragment import reading  # reads YAML in full, which most specs never need

    found = reading(text, rule.shape, rule.before, rule.after)
    shown = "this secret" if secret else f'"{_short(text)}"'
    values = {} if secret else {"found": text}
    if not found.valid:
        said = f"{shown} breaks the YAML that the chart renders: it is written there {_how(rule.shape)}"
        return Fault(TEXT_BREAKS_YAML, path, said, _hint(text, rule.shape), values, on_key)
    if rule.shape is Shape.MAPPING and found.value is not True:
        said = f"{shown} is to be lines of YAML that map names to texts, and is not"
        hint = "write it as name: value, with quotes around values that are no plain text"
        return Fault(TEXT_NOT_KEPT, path, said, hint, values, on_key)
    if rule.shape in (Shape.BLOCK, Shape.INDENTED, Shape.MAPPING):
        return None
    if found.value == rule.before + text + rule.after:
        return None
    needed = rule.needs is Needs.LABEL or (rule.needs is Needs.TEXT and found.value is not None)
    refused = needed and not isinstance(found.value, str)
    became = _told(found.value, secret=secret)
    said = f"the chart writes {shown} {_how(rule.shape)}, and it is read back as {became}"
    return Fault(
        TEXT_NOT_KEPT if refused else TEXT_CHANGED,
        path,
        f"{said} where Kubernetes needs text" if refused else said,
        _hint(text, rule.shape),
        values,
        on_key,
    )


def _short(text: str) -> str:
    line = text.replace("\n", "\\n")
    return line if len(line) <= 40 else line[:39] + "…"


def _told(value: Any, *, secret: bool) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a structure"
    if isinstance(value, str):
        return "another text" if secret else f'the text "{_short(value)}"'
    if secret:
        return "something else than text"
    return str(value).lower() if isinstance(value, bool) else f"the number {value}"


def _how(shape: Shape) -> str:
    if shape in (Shape.QUOTED, Shape.QUOTED_KEY):
        return "between quotes, but not escaped"
    if shape in (Shape.BLOCK, Shape.INDENTED, Shape.MAPPING):
        return "into a block of lines"
    return "without quotes"


def _hint(text: str, shape: Shape) -> str:
    if "\n" in text or "\r" in text:
        return "write it on one line"
    if shape in (Shape.QUOTED, Shape.QUOTED_KEY):
        return "leave out double quotes and backslashes"
    return "use a text that starts with a letter, without quotes, '#' and ': '"
