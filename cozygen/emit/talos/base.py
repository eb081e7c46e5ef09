"""What ``talosctl gen config`` generates for the v1.13 contract, before any patch (facts: talos 4.5)."""

from __future__ import annotations

from typing import Any

from cozygen.emit.talos.bundle import Bundle
from cozygen.emit.talos.document import Document, typed
from cozygen.emit.talos.machine import EXCLUDE
from cozygen.record import Record

_REGISTRY = "registry.k8s.io"


class Target(Record):
    """What a configuration is generated for; ``kubernetes`` has its leading v."""

    role: str
    cluster: str
    endpoint: str
    kubernetes: str


def base_documents(target: Target, bundle: Bundle) -> list[Document]:
    """The main document and the host name's."""
    control_plane = target.role == "controlplane"
    main: Document = {
        "version": "v1alpha1",
        "debug": False,
        "persist": True,
        "machine": _machine(target, bundle, control_plane),
        "cluster": _cluster(target, bundle) | (_control_plane(target, bundle) if control_plane else {}),
    }
    return [main, typed("HostnameConfig", auto="stable")]


def _machine(target: Target, bundle: Bundle, control_plane: bool) -> dict[str, Any]:
    out: dict[str, Any] = {
        "type": target.role,
        "token": bundle.trustd_token,
        "ca": bundle.talos.as_data() if control_plane else {"crt": bundle.talos.crt, "key": ""},
        "certSANs": [],
        "kubelet": {
            "image": f"ghcr.io/siderolabs/kubelet:{target.kubernetes}",
            "defaultRuntimeSeccompProfileEnabled": True,
            "disableManifestsDirectory": True,
        },
        "install": {"wipe": False, "grubUseUKICmdline": True},
        "features": {
            "diskQuotaSupport": True,
            "kubePrism": {"enabled": True, "port": 7445},
            "hostDNS": {"enabled": True, "forwardKubeDNSToHost": True},
        },
    }
    if control_plane:
        out["nodeLabels"] = {EXCLUDE: ""}
    return out


def _cluster(target: Target, bundle: Bundle) -> dict[str, Any]:
    return {
        "id": bundle.cluster_id,
        "secret": bundle.cluster_secret,
        "controlPlane": {"endpoint": target.endpoint},
        "clusterName": target.cluster,
        "network": {
            "dnsDomain": "cluster.local",
            "podSubnets": ["10.244.0.0/16"],
            "serviceSubnets": ["10.96.0.0/12"],
        },
        "token": bundle.bootstrap_token,
        "ca": {"crt": bundle.kubernetes.crt, "key": ""},
        "discovery": {
            "enabled": True,
            "registries": {"kubernetes": {"disabled": True}, "service": {}},
        },
    }


def _control_plane(target: Target, bundle: Bundle) -> dict[str, Any]:
    return {
        "ca": bundle.kubernetes.as_data(),
        **(
            {"aescbcEncryptionSecret": bundle.aescbc}
            if bundle.aescbc
            else {"secretboxEncryptionSecret": bundle.secretbox}
        ),
        "aggregatorCA": bundle.aggregator.as_data(),
        "serviceAccount": {"key": bundle.service_account_key},
        "apiServer": {
            "image": f"{_REGISTRY}/kube-apiserver:{target.kubernetes}",
            "admissionControl": [{"name": "PodSecurity", "configuration": _pod_security()}],
            "auditPolicy": {
                "apiVersion": "audit.k8s.io/v1",
                "kind": "Policy",
                "rules": [{"level": "Metadata"}],
            },
        },
        "controllerManager": {"image": f"{_REGISTRY}/kube-controller-manager:{target.kubernetes}"},
        "proxy": {"image": f"{_REGISTRY}/kube-proxy:{target.kubernetes}"},
        "scheduler": {"image": f"{_REGISTRY}/kube-scheduler:{target.kubernetes}"},
        "etcd": {"ca": bundle.etcd.as_data()},
    }


def _pod_security() -> dict[str, Any]:
    return {
        "apiVersion": "pod-security.admission.config.k8s.io/v1alpha1",
        "kind": "PodSecurityConfiguration",
        "defaults": {
            "enforce": "baseline",
            "enforce-version": "latest",
            "audit": "restricted",
            "audit-version": "latest",
            "warn": "restricted",
            "warn-version": "latest",
        },
        "exemptions": {"usernames": [], "runtimeClasses": [], "namespaces": ["kube-system"]},
    }
