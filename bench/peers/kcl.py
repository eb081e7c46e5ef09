"""KCL: a configuration language with types of its own; its engine comes as a Python wheel."""

from __future__ import annotations

from pathlib import Path

from peers.work import write_rows

NAME = "KCL"
REQUIREMENTS = ("kcl-lib==0.13.2",)
OUTPUT = "out"
CHECKS = "types and constraints that the author of the schemas writes down"

MAIN = """import file
import json
import yaml

schema Action:
    timeout: str
    strategy: {str:str} = {name = "RetryOnFailure", retryInterval = "30s"}

schema Metadata:
    name: str
    namespace: str
    labels: {str:str}

schema Spec:
    chartRef: {str:str}
    interval: str = "5m0s"
    maxHistory: int = 5
    install: Action
    upgrade: Action
    valuesFrom: [{str:str}] = [{kind = "Secret", name = "cozystack-values"}]
    values: {str:any}

schema Release:
    apiVersion: str = "helm.toolkit.fluxcd.io/v2"
    kind: str = "HelmRelease"
    metadata: Metadata
    spec: Spec

_group = "apps.cozystack.io"
_release = lambda app: str, called: str, within: str, given: {str:any} {
    _action = Action {timeout = "15m0s" if app == "Tenant" else "10m0s"}
    _word = app.lower()
    Release {
        metadata = Metadata {
            name = "${_word}-${called}"
            namespace = within
            labels = {
                "${_group}/application.group" = _group
                "${_group}/application.kind" = app
                "${_group}/application.name" = called
            }
        }
        spec = Spec {
            chartRef = {
                kind = "ExternalArtifact"
                name = "cozystack-${_word}-application-default-${_word}"
                namespace = "cozy-system"
            }
            install = _action
            upgrade = _action
            values = given
        }
    }
}
_releases = lambda t: {str:str} {
    [
        _release("Tenant", t.name, t.parent, {resourceQuotas = {cpu = 64, memory = "256Gi", storage = "4Ti"}})
        _release("Bucket", "media", t.namespace, {users.app.readonly = False})
        _release("Kafka", "bus", t.namespace, {
            external = True
            topics = [{name = "orders", partitions = 3, replicas = 3, config = {}}]
        })
        _release("Postgres", "main", t.namespace, {
            replicas = 3
            size = t.size
            resourcesPreset = "s1.large"
            users.app = {}
            databases.app.roles.admin = ["app"]
        })
        _release("Redis", "cache", t.namespace, {size = "2Gi", replicas = 3})
    ]
}
_tenants = json.decode(file.read("tenants.json")).tenants
_written = [yaml.dump_all_to_file(_releases(t), "out/${t.directory}.yaml") for t in _tenants]
"""

RUN = """import kcl_lib.api as api
api.API().exec_program(api.ExecProgramArgs(k_filename_list=["main.k"]))
"""


def prepare(count: int, directory: Path) -> None:
    """Its program, and the tenants as data."""
    write_rows(count, directory / "tenants.json")
    (directory / "main.k").write_text(MAIN)
    (directory / "run.py").write_text(RUN)


def command(python: Path) -> list[str]:
    """How it is run."""
    return [str(python), "run.py"]
