"""Redis and Qdrant."""

from __future__ import annotations

from cozygen.charts.names import JOB, SERVICE, Derived
from cozygen.charts.rules import Rules
from cozygen.charts.text import Needs, Text

REDIS = Rules(
    names=(Derived("{release}-external-lb", SERVICE, when="external"),),
    texts=(Text("storageClass"),),
    nulls={"resourcesPreset": "", "version": ""},
    flat={"resources": ""},
)
QDRANT = Rules(
    names=(Derived("{release}-qdrant-cleanup", JOB, since="v1.6.0"),),
    texts=(Text("storageClass", needs=Needs.TEXT),),
    nulls={"resourcesPreset": "", "tls": ""},
    flat={"resources": ""},
    pods=True,
)
