"""Secrets in what is written in plain text: raw patches by the field, and everything else by what it looks like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cozygen.checks.talos.finding import Finding
from cozygen.diagnostics import Code, Diagnostic, Severity
from cozygen.emit.talos.document import Document, key_of
from cozygen.platform.machines.layers import Patch
from cozygen.yamlio import deep_place

PLAIN_SECRET = Code(
    "CZ9121",
    Severity.ERROR,
    "a secret in a machine's patch",
    why="Patches stand in Git in plain text, where everyone who may read the repository reads the secret.",
    fix="Put the document into a SOPS-encrypted file and hand it to `cozygen talos config --patch`.",
)
Path = tuple[str | int, ...]
_EACH = "*"
_FIELDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "": (
        ("machine", "token"),
        ("machine", "ca"),
        ("cluster", "token"),
        ("cluster", "secret"),
        ("cluster", "id"),
        ("cluster", "ca"),
        ("cluster", "aggregatorCA"),
        ("cluster", "serviceAccount"),
        ("cluster", "etcd", "ca"),
        ("cluster", "aescbcEncryptionSecret"),
        ("cluster", "secretboxEncryptionSecret"),
    ),
    "RegistryAuthConfig": (("password",), ("auth",), ("identityToken",)),
    "WireguardConfig": (("privateKey",), ("peers", _EACH, "presharedKey")),
    "HCloudVIPConfig": (("apiToken",),),
    "SideroLinkConfig": (("uniqueToken",),),
    "RegistryTLSConfig": (("clientIdentity",),),
    **dict.fromkeys(
        ("VolumeConfig", "RawVolumeConfig", "UserVolumeConfig", "SwapVolumeConfig"),
        (("encryption", "keys", _EACH, "static"),),
    ),
}
"""Fields that hold nothing but secrets, by the kind of document."""
_TOKEN = re.compile(r"(?=.*[0-9])[a-z0-9]{6}\.[a-z0-9]{16}").fullmatch
_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/@\s:]*:[^/@\s]+@|[?&]jointoken=[^&\s]", re.IGNORECASE).search
_VARIABLE = re.compile(
    r"[A-Za-z_]*(TOKEN|PASSWORD|PASSPHRASE|SECRET|AUTHKEY|API_?KEY|PRIVATE_?KEY)"
).fullmatch
_MANIFEST = re.compile(r"^ *kind: *[\"']?Secret[\"']? *$", re.MULTILINE).search


def secrets_of(patch: Patch) -> Iterator[Diagnostic]:
    """The fields of a raw patch that hold nothing but secrets."""
    for pattern in _FIELDS.get(str(patch.body.get("kind") or ""), ()):
        for path in _matching(patch.body, pattern, ()):
            name = ".".join(map(str, path))
            yield PLAIN_SECRET.at(
                deep_place(patch.body, path, patch.place, key=True),
                f"{name} is a secret, and this patch is not encrypted",
                hint=f"take {name} out, and use `cozygen talos config --patch`",
                values={"field": name},
            )


def lookalikes(documents: Iterable[Document]) -> Iterator[Finding]:
    """Texts of a node's patch that are secrets by their look, wherever the spec has them from."""
    for document in documents:
        known = _FIELDS.get(str(document.get("kind") or ""), ())
        said = [path for pattern in known for path in _matching(document, pattern, ())]
        for path, text in _texts(document, ()):
            what = _kind_of_secret(path, text)
            if what is not None and not any(path[: len(field)] == field for field in said):
                yield Finding(
                    PLAIN_SECRET,
                    key_of(document),
                    path,
                    f"{what}, and it would be written in plain text",
                    "take it out, and hand it to `cozygen talos config --patch` in an encrypted file",
                )


def _kind_of_secret(path: Path, text: str) -> str | None:
    name, _, value = text.partition("=") if path[:1] == ("environment",) else (str(path[-1]), "", text)
    if path[:1] in (("environment",), ("variables",)) and _VARIABLE(name) and value:
        return f"the variable {name} is a secret"
    if _TOKEN(text):
        return "a token of this form is a secret"
    if _PASSWORD(text):
        return "there is a password in the URL"
    if path[-1:] == ("contents",) and _MANIFEST(text):
        return "there is a Secret in the manifest"
    return None


def _matching(value: Any, pattern: tuple[str, ...], at: Path) -> Iterator[Path]:
    if not pattern:
        if value is not None:
            yield at
    elif pattern[0] == _EACH:
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from _matching(item, pattern[1:], (*at, index))
    elif isinstance(value, Mapping) and pattern[0] in value:
        yield from _matching(value[pattern[0]], pattern[1:], (*at, pattern[0]))


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, item in items:
        yield from _texts(item, (*path, key))
