"""Pieces that several kinds share."""

from __future__ import annotations

from cozygen.schema.build import Document, map_of, obj, text

DURATION = r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"
DNS_LABEL = r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
DNS_SUBDOMAIN = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"


def name(about: str = "") -> Document:
    """A DNS label: lower-case letters, digits and dashes, at most 63."""
    return text(
        about,
        pattern=DNS_LABEL,
        says="is no DNS label",
        hint="use at most 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit",
    )


def object_name() -> Document:
    """The name of a Kubernetes object: DNS labels joined by dots, at most 253 characters."""
    return text(
        pattern=DNS_SUBDOMAIN,
        says="is no name that Kubernetes takes",
        hint="use lower-case letters, digits and dashes, beginning and ending with a letter or digit",
    ) | {"maxLength": 253}


def user_name(about: str = "") -> Document:
    """The name of an account: anything without white space."""
    return text(
        about, pattern=r"^\S+$", says="is no user name", hint="write an e-mail address or a login name"
    )


def host(about: str = "", *, empty: bool = False) -> Document:
    """A DNS name; with ``empty`` an empty text also does, which charts take for none."""
    return text(
        about,
        pattern=f"^$|{DNS_SUBDOMAIN}" if empty else DNS_SUBDOMAIN,
        says="is no DNS name",
        hint="use lower-case letters, digits and dashes, separated by dots, such as cloud.example.org",
    )


def duration(about: str = "") -> Document:
    """A duration as Go writes it, such as 5m or 1h30m."""
    return text(
        about,
        pattern=DURATION,
        says="is no duration",
        hint="write a number with a unit, such as 30s, 5m or 1h",
    )


def labels(about: str = "") -> Document:
    """Labels or annotations: text by text."""
    return map_of(text(), about)


def metadata() -> Document:
    """Labels and annotations that the release carries as the app's own."""
    return obj(
        {
            "labels": labels("Labels of the application, as its API would show them."),
            "annotations": labels("Annotations of the application, as its API would show them."),
        },
        "What the release carries as the app's own labels and annotations. Never reaches the chart.",
    )


def secret_ref(about: str = "") -> Document:
    """A reference to a key of a Secret in the tenant's namespace."""
    return obj(
        {
            "secretRef": obj(
                {"name": name("The Secret's name."), "key": text("The key in the Secret.")},
                required=["name", "key"],
            )
        },
        about,
        required=["secretRef"],
    )
