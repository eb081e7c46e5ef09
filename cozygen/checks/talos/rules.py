"""All rules that a complete machine configuration is held against, and holding it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cozygen.checks.talos import (
    rules_cluster,
    rules_documents,
    rules_expressions,
    rules_links,
    rules_main,
    rules_services,
    rules_system,
    rules_volumes,
)
from cozygen.checks.talos.finding import Configuration, Finding
from cozygen.checks.talos.rules_documents import kinds_known
from cozygen.emit.talos.document import Document

Rule = Callable[[Configuration], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    rules_main.presence,
    rules_main.install,
    rules_main.kubelet,
    rules_main.labels,
    rules_main.node_annotations,
    rules_main.kernel,
    rules_main.files,
    rules_cluster.endpoint,
    rules_cluster.secrets,
    rules_cluster.encodings,
    rules_cluster.networks,
    rules_cluster.etcd,
    rules_cluster.components,
    rules_cluster.manifests,
    rules_cluster.discovery,
    rules_cluster.features,
    rules_cluster.cozystack,
    rules_links.link_names,
    rules_links.links,
    rules_links.bonds,
    rules_links.vlans,
    rules_links.shared_addresses,
    rules_links.aliases,
    rules_system.host_name,
    rules_system.time,
    rules_system.names,
    rules_system.kubespan,
    rules_links.dynamic,
    rules_links.packet_rules,
    rules_links.routing,
    rules_volumes.volumes,
    rules_volumes.volume_names,
    rules_documents.registries,
    rules_services.receivers,
    rules_services.runtime,
    rules_services.images,
    rules_expressions.expressions,
)


def judge(documents: list[Document]) -> list[Finding]:
    """Everything that is wrong with a complete configuration, as Talos and Cozystack would find it.

    What a configuration means is looked at only once everything in it is known and of the right type.
    """
    config = Configuration(documents)
    return list(kinds_known(config)) or [found for rule in RULES for found in rule(config)]
