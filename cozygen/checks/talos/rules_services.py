"""Rules about Talos' own services: logs, events, probes, watchdog, extensions, images."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cozygen.checks.talos.finding import Configuration, Finding, at, conflict, missing, value
from cozygen.checks.talos.formats import host_port, seconds_of, split_url
from cozygen.emit.talos.document import MAIN, Key

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch
_WATCHDOG_LEAST = 10
_SENT = ("tcp", "udp")


def receivers(config: Configuration) -> Iterator[Finding]:
    """Where logs and events are sent to."""
    for index, item in enumerate(at(config.main, "machine", "logging", "destinations") or ()):
        path = ("machine", "logging", "destinations", index, "endpoint")
        yield from _receiver(str(item.get("endpoint")), path, MAIN, port=False)
    for key, document in config.of("KmsgLogConfig"):
        yield from _receiver(str(document["url"]), ("url",), key, port=True)
    for key, document in config.of("EventSinkConfig"):
        text = document["endpoint"]
        if host_port(text) is None:
            yield value(("endpoint",), f"{text} has no port", "write HOST:PORT", key)
    for key, document in config.of("SideroLinkConfig"):
        text = str(document["apiUrl"])
        parts = split_url(text)
        if parts is None or parts.scheme not in ("https", "grpc") or parts.path not in ("", "/"):
            yield value(
                ("apiUrl",), f"{text} is no address of an API", "write https://HOST/?jointoken=…", key
            )


def _receiver(text: str, path: tuple[str | int, ...], key: Key, *, port: bool) -> Iterator[Finding]:
    parts = split_url(text)
    fits = parts is not None and parts.scheme in _SENT and parts.hostname
    if not fits or (port and parts is not None and (parts.port is None or parts.path not in ("", "/"))):
        yield value(
            path, f"{text} is nowhere that logs can go", "write udp://HOST:PORT or tcp://HOST:PORT", key
        )


def runtime(config: Configuration) -> Iterator[Finding]:
    """Watchdog, environment variables, services of extensions."""
    for key, document in config.of("WatchdogTimerConfig"):
        text = str(document.get("timeout", ""))
        if text and 0 < seconds_of(text) < _WATCHDOG_LEAST:
            message = f"a watchdog that bites after {text} is refused"
            yield value(("timeout",), message, f"write {_WATCHDOG_LEAST}s or more", key)
    for key, document in config.of("EnvironmentConfig"):
        for name in document.get("variables") or {}:
            if not _VARIABLE(name):
                yield value(("variables", name), f"{name} is no name of a variable", "rename it", key)
    for key, document in config.of("ExtensionServiceConfig"):
        if not document.get("configFiles") and not document.get("environment"):
            message = f"nothing is configured for {key[1]}"
            yield missing(("configFiles",), message, "write configFiles or environment", key)


def images(config: Configuration) -> Iterator[Finding]:
    """Rules of image verification: each says one thing to do with an image."""
    for key, document in config.of("ImageVerificationConfig"):
        for index, rule in enumerate(document.get("rules") or ()):
            chosen = [field for field in ("skip", "deny") if rule.get(field) is True]
            chosen += [field for field in ("keyless", "publicKey") if field in rule]
            here = ("rules", index)
            if not chosen:
                message = "a rule says nothing to do with an image"
                yield missing(here, message, "write skip, deny, keyless or publicKey", key)
            elif len(chosen) > 1:
                message = f"{' and '.join(chosen)} exclude each other"
                yield conflict((*here, chosen[1]), message, "keep one of the two", key)
            signer = rule.get("keyless") or {}
            if "keyless" in rule and not signer.get("subject") and not signer.get("subjectRegex"):
                message = "nothing says who has to have signed the image"
                yield missing((*here, "keyless", "subject"), message, "write subject", key)
