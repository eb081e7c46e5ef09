"""A Flux artifact as an OCI registry keeps it: one compressed layer and a manifest, the same bytes each time."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from hashlib import sha256

from cozygen.record import Record

CONTENT = "application/vnd.cncf.flux.content.v1.tar+gzip"
CONFIG = "application/vnd.cncf.flux.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CREATED = "org.opencontainers.image.created"
REVISION = "org.opencontainers.image.revision"
SOURCE = "org.opencontainers.image.source"
OUTPUT = "io.cozygen.output"
EPOCH = "1970-01-01T00:00:00Z"
_CONFIG = b"{}"


class Blob(Record):
    """Bytes with their media type."""

    media_type: str
    data: bytes

    @property
    def digest(self) -> str:
        """The digest as a registry names it."""
        return f"sha256:{sha256(self.data).hexdigest()}"

    def descriptor(self) -> dict[str, object]:
        """How a manifest refers to the blob."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": len(self.data)}


class Artifact(Record):
    """Everything that is uploaded for one tag."""

    config: Blob
    layer: Blob
    manifest: Blob


def artifact(files: Mapping[str, bytes], annotations: Mapping[str, str]) -> Artifact:
    """The artifact that holds ``files``; the same files and annotations give the same digest."""
    config, layer = Blob(CONFIG, _CONFIG), Blob(CONTENT, layer_of(files))
    document = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config.descriptor(),
        "layers": [layer.descriptor()],
        "annotations": dict(sorted(annotations.items())),
    }
    data = json.dumps(document, indent=2, ensure_ascii=False).encode()
    return Artifact(config, layer, Blob(MANIFEST, data))


def layer_of(files: Mapping[str, bytes]) -> bytes:
    """The files as a compressed archive without a trace of when, where or by whom it was made."""
    out = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=out, compresslevel=6, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path in sorted(files):
            entry = tarfile.TarInfo(path)
            entry.size = len(files[path])
            entry.mode = 0o644
            archive.addfile(entry, io.BytesIO(files[path]))
    return out.getvalue()


def output_digest(files: Mapping[str, str]) -> str:
    """The digest over some files of a tree, from their SHA-256 digests by path."""
    lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(files.items()))
    return f"sha256:{sha256(lines.encode()).hexdigest()}"
