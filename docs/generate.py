"""Writes the generated part of docs/reference from the program itself: commands, spec, diagnostics.

Run ``python docs/generate.py`` after a change; a test compares what it gives with what is committed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from cozygen.catalog.load import load_release, versions
from cozygen.cli.main import COMMANDS, cli
from cozygen.diagnostics import Code
from cozygen.diagnostics.registry import all_codes
from cozygen.sites import SITES_SHAPE
from cozygen.spec.documents import KINDS
from cozygen.spec.shapes.set import Shapes

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
INVALID = ROOT / "tests" / "invalid"
NOTE = "<!-- Written by docs/generate.py. -->\n\n"

MANY = 40
FAMILIES = {
    "CZ00": "Reading YAML",
    "CZ10": "The shape of a spec",
    "CZ11": "Blueprints, files and sites",
    "CZ20": "Tenants and application kinds",
    "CZ21": "What Cozystack's API refuses",
    "CZ22": "Names that may exist once",
    "CZ23": "Delivery",
    "CZ30": "Catalogs of releases",
    "CZ31": "Packages and platform values",
    "CZ40": "Application values: form, text and names",
    "CZ41": "Application values: what single charts refuse",
    "CZ50": "What applications need",
    "CZ60": "Hosts, addresses and machines",
    "CZ70": "Storage",
    "CZ80": "Secrets and access",
    "CZ90": "Output directories",
    "CZ91": "Machine configuration",
    "CZ92": "Repositories and registries",
}


def pages() -> dict[str, str]:
    """Every generated page by its path below docs/reference."""
    out = {"cli.md": cli_page(), "spec.md": spec_page(), "diagnostics/index.md": index_page()}
    for code in all_codes().values():
        out[f"diagnostics/{code.id}.md"] = code_page(code)
    return out


def cli_page() -> str:
    """Every command with its options."""
    out = [f"{NOTE}# Commands\n"]
    out.append(
        "Exit codes: 0 fine; 1 the spec, a policy or the output is at fault; 2 wrong use; 3 something outside "
        "of cozygen failed.\n\n`--format json` prints JSON only, on standard output; messages for people go to "
        "standard error. The shapes are in [json.md](json.md).\n"
    )
    context = click.Context(cli, info_name="cozygen")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        out.extend(_command(command, click.Context(command, info_name=name, parent=context), "##"))
    return "\n".join(out)


def _command(command: click.Command, context: click.Context, level: str) -> Iterator[str]:
    yield f"{level} {context.command_path}\n"
    yield f"{_help(command)}\n"
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"```\n{context.command_path} {usage}\n```\n"
    options = [p for p in command.params if isinstance(p, click.Option)]
    if options:
        yield "| option | |\n| --- | --- |"
        for option in options:
            value = f" {_cell(option.make_metavar(context))}" if not option.is_flag else ""
            default = f" By default `{option.default}`." if option.show_default and option.default else ""
            yield f"| `{', '.join(option.opts)}{value}` | {_cell(option.help or '')}{default} |"
        yield ""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _command(inner, click.Context(inner, info_name=name, parent=context), level + "#")


def _help(command: click.Command) -> str:
    lines = (command.help or "").split("\n")
    return "\n".join(line.strip() for line in lines).strip()


def spec_page() -> str:
    """Every key of every kind of document."""
    release = load_release(versions()[0])
    shapes = Shapes(release)
    out = [
        f"{NOTE}# The spec\n",
        "A spec is YAML documents with `apiVersion: cozygen.io/v1alpha1`, a `kind`, `metadata.name` and a "
        "`spec`. They may stand in any files below the directories that are given, several in a file. `*` in "
        "a path is a name of your choice, `[]` an entry of a list.\n",
        "Values of applications are those of Cozystack's charts: `cozygen catalog show KIND` lists them. "
        f"This page is for Cozystack {release.version}; `cozygen schema` prints all of it for editors.\n",
    ]
    for kind in KINDS:
        document = shapes.of(kind).document
        out.append(f"## {kind}\n\n{document.get('description', '')}\n")
        rows = list(_rows(document, ""))
        if rows:
            out.append("| key | type | |\n| --- | --- | --- |")
            out.extend(f"| `{path}` | {kind_} | {_cell(about)} |" for path, kind_, about in rows)
            out.append("")
    out.append("## cozygen.yaml\n\nNames the sites of a repository.\n\n| key | type | |\n| --- | --- | --- |")
    out.extend(f"| `{path}` | {kind_} | {_cell(about)} |" for path, kind_, about in _rows(SITES_SHAPE, ""))
    return "\n".join(out) + "\n"


def _rows(schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    """Key, type and meaning of everything below a schema; alternatives one after the other."""
    required = schema.get("required", ())
    properties: Mapping[str, Any] = schema.get("properties", {})
    extra = schema.get("additionalProperties")
    if len(properties) > MANY:  # names that the release knows, all of one shape
        properties = {}
    for name, item in properties.items():
        at = f"{path}.{name}" if path else name
        about = item.get("description", "")
        yield at, _type(item), f"Required. {about}" if name in required else about
        yield from _below(item, at)
    if isinstance(extra, Mapping) and not properties:
        yield from _below(extra, f"{path}.*")


def _below(schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    for form in schema.get("anyOf", (schema,)):
        if form.get("type") == "array":
            yield from _below(form.get("items", {}), f"{path}[]")
        else:
            yield from _rows(form, path)


def _type(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(
            dict.fromkeys(_type(form) for form in schema["anyOf"] if form.get("type") != "null")
        )
    if "const" in schema:
        return f"`{str(schema['const']).lower()}`"
    if "enum" in schema:
        words = [f"`{word}`" for word in schema["enum"]]
        return ", ".join(words) if len(words) <= 8 else "text"
    kind = schema.get("type")
    if kind == "array":
        return f"list of {_type(schema['items'])}" if "items" in schema else "list"
    if kind == "object":
        extra = schema.get("additionalProperties")
        inner = _type(extra) if isinstance(extra, Mapping) and not schema.get("properties") else "mapping"
        return "mapping" if inner[0] == "m" else f"map of {inner}"
    if isinstance(kind, list):
        return "quantity" if "pattern" in schema else " or ".join(_WORDS[name] for name in kind)
    return _WORDS.get(str(kind), "anything")


_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "array": "list",
    "object": "mapping",
}


def index_page() -> str:
    """All codes by family."""
    out = [
        f"{NOTE}# Diagnostics\n",
        "Errors stop a render; warnings and notes never do. `cozygen explain CZ1234` shows a page in the terminal.\n",
    ]
    family = None
    for code in all_codes().values():
        if code.id[:4] != family:
            family = code.id[:4]
            out.append(
                f"\n## {family}xx: {FAMILIES.get(family, 'Others')}\n\n| code | | |\n| --- | --- | --- |"
            )
        out.append(f"| [{code.id}]({code.id}.md) | {code.severity.value} | {_cell(code.title)} |")
    return "\n".join(out) + "\n"


def code_page(code: Code) -> str:
    """One code: what it means, what to do, and an example where the tests have one."""
    out = [
        f"{NOTE}# {code.id}: {code.title}\n",
        f"*{code.severity.value}*\n",
        f"{code.why}\n",
        f"**Fix.** {code.fix}\n",
    ]
    report = INVALID / code.id / "report.txt"
    if report.exists():
        out.append("## For example\n")
        out.extend(f"```\n{part.strip()}\n```\n" for part in _examples(report.read_text(), code.id))
    out.append("[All diagnostics](index.md)\n")
    return "\n".join(out)


def _examples(report: str, code: str, most: int = 3) -> list[str]:
    found = [part for part in report.split("\n\n") if f"[{code}]" in part.split("\n", 1)[0]]
    return [part.replace(f"  # {code}", "") for part in found[:most]]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Write the pages, and remove those of codes that are no more."""
    wanted = pages()
    for path in sorted((REFERENCE / "diagnostics").glob("CZ*.md")):
        if f"diagnostics/{path.name}" not in wanted:
            path.unlink()
    for name, text in wanted.items():
        target = REFERENCE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    sys.stdout.write(f"{len(wanted)} pages\n")


if __name__ == "__main__":
    main()
