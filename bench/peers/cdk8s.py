"""cdk8s for Python: objects as constructs; the work is done by its JavaScript core, through jsii."""

from __future__ import annotations

from pathlib import Path
from shutil import which

from peers.work import write_rows

NAME = "cdk8s (Python)"
REQUIREMENTS = ("cdk8s==2.70.115",)
OUTPUT = "out"
CHECKS = "unique names within a chart; shapes of kinds whose classes were imported, here none"

MAIN = """import json
from cdk8s import ApiObject, ApiObjectMetadata, App, Chart, JsonPatch

GROUP = "apps.cozystack.io"


def release(chart, kind, name, namespace, values):
    word = kind.lower()
    labels = {
        f"{GROUP}/application.group": GROUP,
        f"{GROUP}/application.kind": kind,
        f"{GROUP}/application.name": name,
    }
    metadata = ApiObjectMetadata(name=f"{word}-{name}", namespace=namespace, labels=labels)
    item = ApiObject(chart, word, api_version="helm.toolkit.fluxcd.io/v2", kind="HelmRelease", metadata=metadata)
    action = {
        "timeout": "15m0s" if kind == "Tenant" else "10m0s",
        "strategy": {"name": "RetryOnFailure", "retryInterval": "30s"},
    }
    reference = {
        "kind": "ExternalArtifact",
        "name": f"cozystack-{word}-application-default-{word}",
        "namespace": "cozy-system",
    }
    spec = {
        "chartRef": reference,
        "interval": "5m0s",
        "maxHistory": 5,
        "install": action,
        "upgrade": action,
        "valuesFrom": [{"kind": "Secret", "name": "cozystack-values"}],
        "values": values,
    }
    item.add_json_patch(JsonPatch.add("/spec", spec))


app = App(outdir="out", output_file_extension=".yaml")
for t in json.load(open("tenants.json"))["tenants"]:
    chart = Chart(app, t["directory"])
    quotas = {"cpu": 64, "memory": "256Gi", "storage": "4Ti"}
    release(chart, "Tenant", t["name"], t["parent"], {"resourceQuotas": quotas})
    release(chart, "Bucket", "media", t["namespace"], {"users": {"app": {"readonly": False}}})
    topic = {"name": "orders", "partitions": 3, "replicas": 3, "config": {}}
    release(chart, "Kafka", "bus", t["namespace"], {"external": True, "topics": [topic]})
    postgres = {
        "replicas": 3,
        "size": t["size"],
        "resourcesPreset": "s1.large",
        "users": {"app": {}},
        "databases": {"app": {"roles": {"admin": ["app"]}}},
    }
    release(chart, "Postgres", "main", t["namespace"], postgres)
    release(chart, "Redis", "cache", t["namespace"], {"size": "2Gi", "replicas": 3})
app.synth()
"""


def prepare(count: int, directory: Path) -> None:
    """Its program, and the tenants as data."""
    write_rows(count, directory / "tenants.json")
    (directory / "main.py").write_text(MAIN)


def command(python: Path) -> list[str]:
    """How it is run."""
    return [str(python), "main.py"]


def missing() -> str | None:
    """What else it needs and this machine has not."""
    return None if which("node") else "node is not on PATH"
