"""A small platform in several files, and its compile."""

from __future__ import annotations

from pathlib import Path

from cozygen.cli.compiling import Compiled, compile_site
from cozygen.cli.reading import Site, read_layer
from cozygen.layout.tree import Tree
from cozygen.platform.model import Platform

PLATFORM = """apiVersion: cozygen.io/v1alpha1
kind: Platform
metadata: {name: prod}
spec:
  cozystack: {version: v1.6.2, variant: isp-full}
  publishing: {host: cloud.example.org, apiServerEndpoint: "https://api.cloud.example.org:6443"}
  networking: {podCIDR: 10.244.0.0/16, podGateway: 10.244.0.1, serviceCIDR: 10.96.0.0/16, joinCIDR: 100.64.0.0/16}
  storage:
    pools: {data: {driver: zfs, devices: [/dev/sdb]}}
    classes: {local: {default: true}, replicated: {replicas: 3}}
  loadBalancer: {pools: {public: {addresses: [192.168.100.200-192.168.100.250]}}}
  delivery: {git: {url: "ssh://git@git.example.org/platform/fleet.git", path: clusters/prod, secretRef: fleet}}
---
apiVersion: cozygen.io/v1alpha1
kind: Tenant
metadata: {name: root}
spec:
  services: {etcd: {}, ingress: {}, monitoring: {}, seaweedfs: {}}
"""
ACME = """apiVersion: cozygen.io/v1alpha1
kind: Tenant
metadata: {name: acme}
spec:
  quota: {cpu: 64, memory: 256Gi, storage: 4Ti}
  members: {admin: [alice@acme.example]}
  apps:
    Postgres:
      main:
        replicas: 3
        size: 10Gi
    Redis:
      cache: {size: 2Gi}
  tenants:
    web: {quota: {cpu: 16, memory: 64Gi}, apps: {Redis: {cache: {size: 1Gi}}}}
"""
GLOBEX = """apiVersion: cozygen.io/v1alpha1
kind: Tenant
metadata: {name: globex}
spec:
  members: {super-admin: [gus@globex.example]}
  apps: {Redis: {cache: {size: 2Gi}}}
"""
FILES = {"platform.yaml": PLATFORM, "acme.yaml": ACME, "globex.yaml": GLOBEX}


def write(directory: Path, files: dict[str, str] | None = None) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in (files or FILES).items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


def compiled(directory: Path) -> Compiled:
    done = compile_site(Site(None, (read_layer(str(directory)),), None))
    assert not done.state.failed, [item.message for item in done.state.diagnostics if item.is_error]
    return done


def platform_of(directory: Path) -> Platform:
    found = compiled(directory).state.platform
    assert found is not None
    return found


def tree_of(directory: Path) -> Tree:
    found = compiled(directory).state.tree
    assert found is not None
    return found
