"""The full reader: any YAML, parsed by libyaml, with what is wrong in it."""

from __future__ import annotations

from typing import Any

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError, YAMLError

from cozygen.diagnostics import Diagnostic, Place, Related
from cozygen.yamlio import codes
from cozygen.yamlio.compose import Composer, RefusedError
from cozygen.yamlio.document import Chunk, Document
from cozygen.yamlio.node import Map, Origin


def read(chunk: Chunk) -> tuple[list[Document], list[Diagnostic]]:
    """The documents of a piece of text: one, or several where the text could not be cut."""
    origin = Origin(chunk.file, chunk.line)
    documents: list[Document] = []
    problems: list[Diagnostic] = []
    try:
        for body, where, warnings in Composer(CParser(chunk.text), origin).documents():
            problems.extend(warnings)
            if isinstance(body, Map):
                documents.append(Document(body, where, chunk.text))
            elif body is not None:
                problems.append(
                    codes.NOT_A_MAPPING.at(
                        where,
                        f"a document has to be a mapping, this one is {_kind(body)}",
                        hint="write apiVersion, kind, metadata and spec",
                    )
                )
    except RefusedError as refused:
        problems.append(refused.diagnostic)
    except (MarkedYAMLError, YAMLError) as error:
        problems.append(_syntax(error, origin, chunk.text))
    except RecursionError:
        problems.append(_too_deep(origin.place(0, 0)))
    return documents, problems


def _syntax(error: YAMLError, origin: Origin, chunk: str) -> Diagnostic:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    last = chunk.count("\n")  # the parser sees a further line where the last one does not end
    place = (
        origin.place(0, 0)
        if not mark
        else origin.place(mark.line, mark.column)
        if mark.line <= last
        else origin.place(last, len(chunk) - chunk.rfind("\n") - 1)
    )
    problem = str(getattr(error, "problem", None) or error).strip()
    if "nesting depth" in problem:
        return _too_deep(place)
    context = getattr(error, "context", None)
    context_mark = getattr(error, "context_mark", None)
    related = []
    if (
        context
        and context_mark
        and mark
        and (context_mark.line, context_mark.column) != (mark.line, mark.column)
    ):
        related.append(Related(str(context), origin.place(context_mark.line, context_mark.column)))
    lines = chunk.split("\n")
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    hint = "check the indentation and the quoting here"
    if "\t" in line[: mark.column + 1 if mark else 0]:
        hint = "YAML is indented with spaces; replace the tab"
    elif "found unknown escape" in problem:
        hint = "use single quotes, or double the backslash"
    elif "mapping values are not allowed" in problem:
        hint = "quote a text that holds ': ', or check the indentation"
    return codes.NOT_YAML.at(place, f"this is not YAML: {problem}", hint=hint, related=related)


def _too_deep(place: Place) -> Diagnostic:
    return codes.TOO_DEEP.at(
        place,
        "collections are nested too deeply to be read",
        hint="look for a runaway indentation or generator",
    )


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    return f"the {'text' if isinstance(value, str) else 'value'} {str(value)[:40]!r}"
