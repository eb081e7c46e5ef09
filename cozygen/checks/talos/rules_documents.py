"""Rules about all documents: known kinds and fields; and about volumes and registries."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Any
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
    missing,
    value,
)
from cozygen.checks.talos.notation import Fields, misfits
from cozygen.emit.talos.document import MAIN, Document, Key
from cozygen.schema import did_you_mean
from cozygen.spec.shapes.common import DURATION

_CODES = {"unknown": UNKNOWN_FIELD, "missing": FIELD_MISSING, "value": FIELD_VALUE}
_VOLUME = re.compile(r"[A-Za-z0-9-]{1,34}").fullmatch
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) *([kKMGTPE]?)(i?)B?").fullmatch
_PERCENT = re.compile(r"[0-9]+(\.[0-9]+)?%").fullmatch
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}
_SYSTEM_VOLUMES = ("STATE", "EPHEMERAL", "IMAGECACHE")
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----").findall
_DURATION = re.compile(DURATION).fullmatch
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch


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


def volumes(config: Configuration) -> Iterator[Finding]:
    """Names, sizes and keys of volumes."""
    for key, document in config.of("VolumeConfig"):
        if key[1] not in _SYSTEM_VOLUMES:
            names = ", ".join(_SYSTEM_VOLUMES)
            yield value(("name",), f"{key[1]} is no volume of the system", f"use one of {names}", key)
        if key[1] == "STATE" and document.get("provisioning"):
            yield conflict(("provisioning",), "STATE takes no provisioning", "take it out", key)
        yield from _provisioning(document, key, required=False)
    for key, document in config.of("RawVolumeConfig", "UserVolumeConfig", "SwapVolumeConfig"):
        if not _VOLUME(key[1]):
            message = f"{key[1]} is no name of a volume"
            yield value(("name",), message, "use at most 34 letters, digits and dashes", key)
        kind = document.get("volumeType", "partition")
        if kind != "directory":
            yield from _provisioning(document, key, required=kind == "partition")
    for key, document in config.of("VolumeConfig", "RawVolumeConfig", "UserVolumeConfig", "SwapVolumeConfig"):
        yield from _encryption(document.get("encryption"), key)


def _provisioning(document: Any, key: Key, *, required: bool) -> Iterator[Finding]:
    spec = document.get("provisioning") or {}
    sizes = {field: spec[field] for field in ("minSize", "maxSize") if field in spec}
    if required and not at(spec, "diskSelector", "match"):
        yield missing(
            ("provisioning", "diskSelector"), f"nothing says on which disk {key[1]} is", "write it", key
        )
    if required and not sizes:
        yield missing(("provisioning", "minSize"), f"{key[1]} has no size", "write minSize", key)
    for field, text in sizes.items():
        if size_of(str(text)) is None and not _PERCENT(str(text)):
            yield value(("provisioning", field), f"{text} is no size", "write 100GiB", key)
    low, high = (size_of(str(sizes.get(field, ""))) for field in ("minSize", "maxSize"))
    if low is not None and high is not None and low > high:
        message = f"minSize {sizes['minSize']} is above maxSize {sizes['maxSize']}"
        yield conflict(("provisioning", "minSize"), message, "lower minSize", key)


def size_of(text: str) -> int | None:
    """Bytes of a size as Talos reads it, None for what is none."""
    found = _SIZE(text)
    if found is None:
        return None
    number, unit, binary = found.groups()
    return int(float(number) * (1024 if binary else 1000) ** _POWERS[unit.upper()])


def _encryption(spec: Any, key: Key) -> Iterator[Finding]:
    if not spec:
        return
    keys = spec.get("keys") or []
    if not keys:
        yield missing(("encryption", "keys"), f"{key[1]} is encrypted without keys", "write keys", key)
    slots = set()
    for index, item in enumerate(keys):
        slot = item.get("slot", 0)
        if slot in slots:
            yield conflict(("encryption", "keys", index), f"slot {slot} is taken", "use another slot", key)
        slots.add(slot)
        if not {"static", "nodeID", "kms", "tpm"} & set(item):
            yield missing(
                ("encryption", "keys", index), f"the key in slot {slot} is of no kind", "write one", key
            )


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


def runtime(config: Configuration) -> Iterator[Finding]:
    """Timers and environment variables."""
    for key, document in config.of("WatchdogTimerConfig", "TCPProbeConfig"):
        for field in ("timeout", "interval"):
            if field in document and not _DURATION(document[field]):
                yield value((field,), f"{document[field]} is no duration", "write it as 30s or 2m", key)
    for key, document in config.of("EnvironmentConfig"):
        for name in document.get("variables") or {}:
            if not _VARIABLE(name):
                yield value(("variables", name), f"{name} is no name of a variable", "rename it", key)


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
