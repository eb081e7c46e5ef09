"""Rules about all documents: known kinds and fields; and about registries and certificates."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from urllib.parse import urlsplit

from cozygen.checks.talos import kinds
from cozygen.checks.talos.finding import (
    FIELD_MISSING,
    FIELD_VALUE,
    UNKNOWN_FIELD,
    UNKNOWN_KIND,
    Configuration,
    Finding,
    at,
    conflict,
    value,
)
from cozygen.checks.talos.notation import Fields, misfits
from cozygen.emit.talos.document import MAIN, Document, Key
from cozygen.schema import did_you_mean

_CODES = {"unknown": UNKNOWN_FIELD, "missing": FIELD_MISSING, "value": FIELD_VALUE}
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----").findall


def kinds_known(config: Configuration) -> Iterator[Finding]:
    """Every document is of a kind of the contract, has what the kind requires, and nothing of a wrong type."""
    for document in config.documents:
        if "kind" not in document:
            yield from _fitting(document, kinds.MAIN, MAIN)
            continue
        kind, key = str(document["kind"]), (str(document["kind"]), str(document.get("name") or ""))
        if kind in kinds.KINDS:
            yield from _fitting(document, kinds.KINDS[kind], key)
        else:
            hint = did_you_mean(kind, kinds.KINDS) or "leave kind out to patch machine and cluster"
            yield Finding(UNKNOWN_KIND, key, ("kind",), f"{kind} is no kind of the v1.13 contract", hint)


def _fitting(document: Document, shape: Fields, key: Key) -> Iterator[Finding]:
    for item in misfits(document, shape):
        code = _CODES[item.what]
        name = ".".join(str(step) for step in item.path)
        if item.what != "unknown":
            yield Finding(code, key, item.path, item.message, item.hint)
            continue
        successor = kinds.SUCCESSORS.get(name) if key == MAIN else None
        what = f"{key[0]} has no field {name}" if key != MAIN else f"the v1.13 contract has no {name}"
        yield Finding(code, key, item.path, what, f"use {successor}" if successor else item.hint)


def registries(config: Configuration) -> Iterator[Finding]:
    """Mirrors, credentials, certificates."""
    for key, document in config.of("RegistryMirrorConfig"):
        for index, item in enumerate(document.get("endpoints") or ()):
            url = str(at(item, "url") or "")
            if urlsplit(url).scheme not in ("http", "https"):
                path = ("endpoints", index, "url")
                yield value(path, f"{url or 'nothing'} is no URL of a mirror", "write https://…", key)
    for key, document in config.of("RegistryAuthConfig"):
        stated = [field for field in ("username", "auth", "identityToken") if document.get(field)]
        if len(stated) > 1:
            yield conflict((stated[1],), f"{' and '.join(stated)} exclude each other", "keep one", key)
    for key, document in config.of("TrustedRootsConfig", "RegistryTLSConfig"):
        field = "certificates" if key[0] == "TrustedRootsConfig" else "ca"
        text = document.get(field)
        if text is not None and not holds_certificate(str(text)):
            yield value((field,), f"{field} of {key[1]} holds no certificate in PEM", "paste the PEM", key)


def holds_certificate(text: str) -> bool:
    """Whether a text holds a certificate in PEM: base64 of one DER sequence that is whole."""
    for found in _PEM(text):
        try:
            der = b64decode("".join(found.split()), validate=True)
        except ValueError:
            continue
        size = int.from_bytes(der[2:4], "big") + 4 if der[:2] == b"\x30\x82" else -1
        if size == len(der):
            return True
    return False
