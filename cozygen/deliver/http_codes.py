"""What can go wrong when forges and registries are spoken to."""

from cozygen.diagnostics import Code, Severity

UNREACHABLE = Code(
    "CZ9230",
    Severity.ERROR,
    "a server cannot be reached",
    why="No connection came about, it broke, or it took too long. Commits that were pushed before stay pushed.",
    fix="Check the address, the network and the proxy (http_proxy and https_proxy), then run the command again.",
)
FORGE_DENIED = Code(
    "CZ9231",
    Severity.ERROR,
    "the forge does not accept the token",
    why="There is no token, it is wrong or expired, or it may not open merge requests in this repository. The "
    "branch has been pushed, only the request is missing.",
    fix="Set COZYGEN_FORGE_TOKEN or give --token-file, with a token that may write pull or merge requests, and "
    "run the command again.",
)
FORGE_REFUSED = Code(
    "CZ9232",
    Severity.ERROR,
    "the forge did not take the request",
    why="The forge answered with an error of its own, which the message holds. The branch has been pushed.",
    fix="Remove the cause and run the command again: it opens or updates the one request.",
)
FORGE_UNKNOWN = Code(
    "CZ9233",
    Severity.ERROR,
    "which forge is it?",
    why="The repository's address does not tell which forge's API to speak.",
    fix="Give --forge github, gitlab, gitea or forgejo; with =https://… after it if the API is at another address.",
)
PROPOSAL_EDITED = Code(
    "CZ9234",
    Severity.ERROR,
    "someone else pushed to the proposal's branch",
    why="The branch is cozygen's own, and its last commit is not. Going on would drop that work from the request.",
    fix="Merge or close the request, move the work into the spec, or give it up with --overwrite and a dot.",
)
NO_BASE = Code(
    "CZ9235",
    Severity.ERROR,
    "there is no branch to propose to",
    why="A proposal is a change to a branch that exists. This one does not yet.",
    fix="Publish once with cozygen push, without --propose.",
)
NOTHING_LEFT = Code(
    "CZ9236",
    Severity.INFO,
    "a proposal that changes nothing any more",
    why="The branch already holds what the spec compiles to, and a request of cozygen's is still open.",
    fix="Close the request.",
)
