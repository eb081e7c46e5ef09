"""The schema in the language server that editors run: what it marks, offers and explains."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from language_server import Server, installed, running
from test_editor import DOCUMENTS

from cozygen.catalog.load import load_release
from cozygen.spec.editor import editor_schema

pytestmark = pytest.mark.truth

LINE = "# yaml-language-server: $schema=cozygen.schema.json\n"
TENANT = f"{LINE}apiVersion: cozygen.io/v1alpha1\nkind: Tenant\nmetadata: {{name: a}}\nspec:\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    root = tmp_path_factory.mktemp("editor")
    schema = editor_schema(load_release("v1.6.2"))
    (root / "cozygen.schema.json").write_text(json.dumps(schema))
    with running(root, installed()) as found:
        yield found, root


def found_in(server: tuple[Server, Path], name: str, text: str) -> list[tuple[int, str]]:
    """Line (from 1) and message of what the server reports."""
    running_server, root = server
    found = running_server.open((root / name).as_uri(), text)
    return [(item["range"]["start"]["line"] + 1, item["message"]) for item in found]


def offered(server: tuple[Server, Path], name: str, text: str) -> list[str]:
    """What is offered where the text has a bar."""
    before, _, after = text.partition("|")
    running_server, root = server
    uri = (root / name).as_uri()
    running_server.open(uri, before + after)
    line = before.count("\n")
    return running_server.complete(uri, line, len(before) - before.rfind("\n") - 1)


def test_valid_documents_of_every_kind_are_left_alone(server: tuple[Server, Path]) -> None:
    kinds = set()
    for number, (name, layer, document) in enumerate(DOCUMENTS):
        if not layer and document["kind"] not in kinds | {"Policy", "Waiver"}:
            kinds.add(document["kind"])
            assert found_in(server, f"valid{number}.yaml", LINE + yaml.safe_dump(document)) == [], name
    assert kinds == {"Platform", "Tenant", "Hardware", "Blueprint"}


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        (TENANT + "  quota: [cpu]\n", 6, "Expected"),
        (TENANT + "  quotas: {cpu: 4}\n", 6, "quotas"),
        (TENANT + "  apps:\n    Postgres:\n      main:\n        replicas: two\n", 9, "integer"),
        (TENANT + "  apps:\n    Postgres:\n      main:\n        sizes: 10Gi\n", 9, "sizes"),
        (TENANT + "  apps:\n    Postgress: {main: {}}\n", 7, "Postgress"),
        (TENANT + "  tenants:\n    b:\n      apps: {Redis: {cache: {replica: 3}}}\n", 8, "replica"),
        (TENANT.replace("Tenant", "Tennant"), 3, "Tenant"),
        (TENANT.replace("spec:", "sepc:") + "  quota: {cpu: 4}\n", 5, "sepc"),
    ],
    ids=["type", "key", "app type", "app key", "app kind", "child", "kind", "section"],
)
def test_mistakes_are_shown_at_their_lines(
    server: tuple[Server, Path], text: str, line: int, word: str
) -> None:
    found = found_in(server, f"wrong{hash(text)}.yaml", text)
    assert line in {at for at, _ in found}
    assert any(word in message for at, message in found if at == line), found


def test_a_secret_may_come_from_a_secret(server: tuple[Server, Path]) -> None:
    users = "users: {app: {password: {secretRef: {name: users, key: app}}}}"
    assert found_in(server, "secret.yaml", f"{TENANT}  apps: {{Postgres: {{main: {{{users}}}}}}}\n") == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (TENANT + "  |\n", {"quota", "services", "members", "apps", "clusters", "tenants", "blueprints"}),
        (TENANT + "  apps:\n    |\n", {"Postgres", "Redis", "VMInstance", "Bucket"}),
        (
            TENANT + "  apps:\n    Postgres:\n      main:\n        |\n",
            {"replicas", "size", "users", "databases"},
        ),
        (TENANT + "  apps:\n    Redis:\n      c:\n        version: |\n", {"v8", "v7"}),
        (TENANT + "  services:\n    ingress:\n      |\n", {"replicas", "whitelist"}),
        (
            TENANT + "  tenants:\n    b:\n      apps:\n        Redis:\n          c:\n            |\n",
            {"authEnabled"},
        ),
        (
            TENANT + "  clusters:\n    c:\n      nodeGroups:\n        g:\n          |\n",
            {"instanceType", "roles"},
        ),
        (
            TENANT.replace("Tenant", "|").removesuffix("spec:\n"),
            {"Platform", "Tenant", "Hardware", "Blueprint"},
        ),
        (
            TENANT.replace("Tenant", "Platform") + "  |\n",
            {"cozystack", "storage", "loadBalancer", "delivery"},
        ),
    ],
    ids=[
        "tenant",
        "kinds",
        "Postgres",
        "versions",
        "module",
        "child",
        "cluster",
        "document kinds",
        "platform",
    ],
)
def test_what_can_be_written_is_offered(server: tuple[Server, Path], text: str, wanted: set[str]) -> None:
    found = set(offered(server, f"complete{hash(text)}.yaml", text))
    assert wanted <= found, f"only {sorted(found)[:20]}"


def test_a_key_is_explained(server: tuple[Server, Path]) -> None:
    running_server, root = server
    uri = (root / "hover.yaml").as_uri()
    running_server.open(uri, TENANT + "  quota: {cpu: 4}\n")
    assert "Limits for everything" in running_server.hover(uri, 5, 4)
