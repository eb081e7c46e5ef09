"""Redis and Qdrant."""

from __future__ import annotations

from cozygen.charts.names import JOB, SERVICE, Derived
from cozygen.charts.rules import Resources, Rules
from cozygen.charts.text import Needs, Text

REDIS = Rules(
    names=(Derived("{release}-external-lb", SERVICE, when="external"),),
    texts=(Text("storageClass"),),
    nulls={"resourcesPreset": "", "version": ""},
    resources=(Resources(),),
)
QDRANT = Rules(
    names=(Derived("{release}-qdrant-cleanup", JOB, since="v1.6.0"),),
    loops=("replicas",),
    texts=(Text("storageClass", needs=Needs.TEXT),),
    nulls={"resourcesPreset": "", "tls": ""},
    resources=(Resources(pods=True),),
)
