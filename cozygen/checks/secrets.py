"""Secrets in plain text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cozygen.charts import secret_paths
from cozygen.diagnostics import Code, Diagnostic, Severity
from cozygen.platform.model import Site
from cozygen.platform.secretrefs import is_reference
from cozygen.platform.tenant import App, Tenant

PLAIN_SECRET = Code(
    "CZ8010",
    Severity.ERROR,
    "a secret in plain text",
    why="What stands in the spec stands in Git, in every clone and every pull request, for good. A password "
    "or key written there is known to everyone who ever reads the repository.",
    fix="Leave the value out where the chart makes one by itself; else take it from a Secret: write "
    "{secretRef: {name: …, key: …}} and declare the Secret under secrets of the tenant.",
)


def plain_secrets(tenant: Tenant, site: Site) -> Iterator[Diagnostic]:
    """Secret-valued fields of a tenant's applications that hold text."""
    for app in (*tenant.apps, *(s.app for s in tenant.services.values())):
        for pattern in secret_paths(app.kind):
            yield from _plain(app, app.given, tuple(pattern.split(".")), ())


def _plain(app: App, value: Any, pattern: tuple[str, ...], at: tuple[str | int, ...]) -> Iterator[Diagnostic]:
    if not pattern:
        if (
            isinstance(value, (str, int, float))
            and not isinstance(value, bool)
            and value != ""
            and not _placeholder(value)
        ):
            yield PLAIN_SECRET.at(
                app.at(*at),
                f"{app.label}: {'.'.join(map(str, at))} is a secret in plain text",
                hint="take it out, or write {secretRef: {name: …, key: …}}",
                values={"path": ".".join(map(str, at))},
            )
        return
    if is_reference(value):
        return
    head, rest = pattern[0], pattern[1:]
    if head in ("*", "#"):
        items = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, item in items:
            yield from _plain(app, item, rest, (*at, key))
    elif isinstance(value, dict) and head in value:
        yield from _plain(app, value[head], rest, (*at, head))


def _placeholder(value: Any) -> bool:
    """Upstream's own placeholders, such as <your-access-key>, are no secrets."""
    return isinstance(value, str) and value.startswith("<") and value.endswith(">")
