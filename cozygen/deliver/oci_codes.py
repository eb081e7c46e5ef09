"""What can go wrong between cozygen and a registry."""

from cozygen.diagnostics import Code, Severity

DENIED = Code(
    "CZ9240",
    Severity.ERROR,
    "the registry does not accept the credentials",
    why="There are no credentials for the registry, they are wrong, or they may not write to this repository.",
    fix="Set COZYGEN_OCI_USERNAME and COZYGEN_OCI_PASSWORD, or log in with docker or podman, whose "
    "configuration is read (DOCKER_CONFIG, REGISTRY_AUTH_FILE).",
)
REFUSED = Code(
    "CZ9241",
    Severity.ERROR,
    "the registry did not take the artifact",
    why="The registry answered with an error of its own. The tag still names what it named before.",
    fix="Remove the cause that the message names and push again.",
)
BAD_ADDRESS = Code(
    "CZ9242",
    Severity.ERROR,
    "not the address of an artifact",
    why="An artifact's address is oci://HOST/REPOSITORY, in lower case, and its tag is of letters, digits, dots, "
    "dashes and underscores.",
    fix="Correct the address or the tag; give the tag with --tag, not in the address.",
)
