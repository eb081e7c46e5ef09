"""FoundationDB: settings of the cluster resource that are written without quotes."""

from __future__ import annotations

from cozygen.charts.rules import Resources, Rules
from cozygen.charts.text import Shape, Text

RULES = Rules(
    texts=(
        Text("cluster.redundancyMode"),
        Text("cluster.storageEngine"),
        Text("cluster.faultDomain.key"),
        Text("cluster.faultDomain.valueFrom"),
        Text("storage.storageClass"),
        Text("customParameters.#", Shape.ITEM),
        Text("backup.s3.bucket", when="backup.enabled"),
        Text("backup.s3.endpoint", when="backup.enabled"),
    ),
    nulls=dict.fromkeys(
        ("cluster", "storage", "resourcesPreset", "backup", "monitoring", "securityContext"), ""
    ),
    resources=(Resources(),),
    secrets=("backup.s3.credentials.accessKeyId", "backup.s3.credentials.secretAccessKey"),
)
