"""Generated platforms of any size: tenants of five objects each, 70 % at the top, 25 % a level below, 5 % two."""

from __future__ import annotations

import sys
from pathlib import Path

PLATFORM = """apiVersion: cozygen.io/v1alpha1
kind: Platform
metadata: {name: bench}
spec:
  cozystack: {version: v1.6.2, variant: isp-full}
  publishing: {host: cloud.example.org, apiServerEndpoint: "https://api.cloud.example.org:6443"}
  networking: {podCIDR: 10.244.0.0/16, podGateway: 10.244.0.1, serviceCIDR: 10.96.0.0/16, joinCIDR: 100.64.0.0/16}
  storage:
    pools: {data: {driver: zfs, devices: [/dev/sdb]}}
    classes: {local: {default: true}, replicated: {replicas: 3}}
  loadBalancer: {pools: {public: {addresses: [192.168.100.200-192.168.100.250]}}}
  delivery: {git: {url: "ssh://git@git.example.org/platform/fleet.git", path: clusters/bench, secretRef: fleet}}
---
apiVersion: cozygen.io/v1alpha1
kind: Tenant
metadata: {name: root}
spec:
  services: {etcd: {}, ingress: {}, monitoring: {}, seaweedfs: {}}
"""

TENANT = """apiVersion: cozygen.io/v1alpha1
kind: Tenant
metadata:
  name: %s
spec:
  quota: {cpu: 64, memory: 256Gi, storage: 4Ti}
  apps:
    Postgres:
      main:
        replicas: 3
        size: %s
        resourcesPreset: s1.large
        users:
          app: {}
        databases:
          app: {roles: {admin: [app]}}
    Redis:
      cache:
        size: 2Gi
        replicas: 3
    Kafka:
      bus:
        external: true
        topics:
        - {name: orders, partitions: 3, replicas: 3, config: {}}
    Bucket:
      media:
        users:
          app: {readonly: false}
"""


def paths(count: int) -> list[str]:
    """The paths of ``count`` tenants."""
    out: list[str] = []
    for index in range(count):
        share = index % 20
        if share < 14 or not out:
            out.append(f"t{index}")
        elif share < 19:
            out.append(f"{out[index - share]}/c{index}")
        else:
            out.append(f"{out[index - 1]}/d{index}")
    return out


def size(index: int) -> str:
    """The size of a tenant's Postgres."""
    return f"{10 + index % 90}Gi"


def write(count: int, directory: Path) -> None:
    """A spec of ``count`` tenants, a file each."""
    tenants = directory / "tenants"
    tenants.mkdir(parents=True, exist_ok=True)
    (directory / "platform.yaml").write_text(PLATFORM)
    for index, path in enumerate(paths(count)):
        (tenants / f"{path.replace('/', '-')}.yaml").write_text(TENANT % (path, size(index)))


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
