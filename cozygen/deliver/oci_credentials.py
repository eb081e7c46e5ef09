"""Credentials for a registry: from the environment, or from what docker and podman keep."""

from __future__ import annotations

import base64
import binascii
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_HELPER_NAME = re.compile(r"[A-Za-z0-9._-]+").fullmatch


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who logs in, and with what."""

    username: str
    password: str = field(repr=False)


def find_credentials(host: str, environment: Mapping[str, str]) -> Credentials | None:
    """The credentials for a registry's host, None where there are none."""
    username, password = environment.get("COZYGEN_OCI_USERNAME"), environment.get("COZYGEN_OCI_PASSWORD")
    if password:
        return Credentials(username or "token", password)
    for path in _files(environment):
        try:
            document = json.loads(path.read_bytes())
        except (OSError, ValueError):
            continue
        found = _from_helper(document, host) or _stored(document, host)
        if found is not None:
            return found
    return None


def _files(environment: Mapping[str, str]) -> Iterator[Path]:
    if "REGISTRY_AUTH_FILE" in environment:
        yield Path(environment["REGISTRY_AUTH_FILE"])
    if "DOCKER_CONFIG" in environment:
        yield Path(environment["DOCKER_CONFIG"], "config.json")
    if "XDG_RUNTIME_DIR" in environment:
        yield Path(environment["XDG_RUNTIME_DIR"], "containers", "auth.json")
    if "HOME" in environment:
        yield Path(environment["HOME"], ".docker", "config.json")


def _stored(document: Any, host: str) -> Credentials | None:
    listed = document.get("auths") if isinstance(document, dict) else None
    entry = listed.get(host) or listed.get(f"https://{host}") if isinstance(listed, dict) else None
    if not isinstance(entry, dict):
        return None
    if isinstance(entry.get("password"), str):
        return Credentials(str(entry.get("username", "")), entry["password"])
    try:
        username, colon, password = base64.b64decode(str(entry.get("auth", ""))).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return Credentials(username, password) if colon else None


def _from_helper(document: Any, host: str) -> Credentials | None:
    if not isinstance(document, dict):
        return None
    by_host = document.get("credHelpers")
    name = by_host.get(host) if isinstance(by_host, dict) else None
    name = name or document.get("credsStore")
    if not isinstance(name, str) or _HELPER_NAME(name) is None:
        return None
    words = [f"docker-credential-{name}", "get"]
    try:
        done = subprocess.run(words, input=host, capture_output=True, text=True, timeout=30, check=True)
        found = json.loads(done.stdout)
        return Credentials(str(found["Username"]), str(found["Secret"]))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None
