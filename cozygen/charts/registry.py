"""Which rules belong to which kind. A module is loaded when a kind of it turns up."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from cozygen.charts.rules import Rules

_NONE = Rules()
_RULES = {
    "BootBox": "modules.BOOT_BOX",
    "Bucket": "vaults.BUCKET",
    "ClickHouse": "clickhouse.RULES",
    "Etcd": "modules.ETCD",
    "ExternalDNS": "modules.EXTERNAL_DNS",
    "FoundationDB": "foundationdb.RULES",
    "Gateway": "modules.GATEWAY",
    "HTTPCache": "balancers.HTTP_CACHE",
    "Harbor": "vaults.HARBOR",
    "Ingress": "modules.INGRESS",
    "Kafka": "queues.KAFKA",
    "Kubernetes": "kubernetes.KUBERNETES",
    "KubernetesNodes": "kubernetes.KUBERNETES_NODES",
    "MariaDB": "mariadb.RULES",
    "MongoDB": "mongodb.RULES",
    "Monitoring": "monitoring.RULES",
    "NATS": "queues.NATS",
    "OpenBAO": "vaults.OPENBAO",
    "OpenSearch": "opensearch.RULES",
    "Postgres": "postgres.RULES",
    "Qdrant": "caches.QDRANT",
    "RabbitMQ": "queues.RABBITMQ",
    "Redis": "caches.REDIS",
    "SeaweedFS": "seaweedfs.RULES",
    "TCPBalancer": "balancers.TCP_BALANCER",
    "Tenant": "tenant.RULES",
    "VMDisk": "machines.VM_DISK",
    "VMInstance": "machines.VM_INSTANCE",
    "VPN": "balancers.VPN",
    "VirtualPrivateCloud": "network.VPC",
}


@cache
def rules_of(kind: str) -> Rules:
    """What is known of the chart of ``kind``; nothing for a kind that the platform brings itself."""
    if kind not in _RULES:
        return _NONE
    module, _, name = _RULES[kind].partition(".")
    found: Rules = getattr(import_module(f"cozygen.charts.{module}"), name)
    return found
