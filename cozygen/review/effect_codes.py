"""What a change may not do when it is confined to a part of the tenant tree."""

from cozygen.diagnostics import Code, Severity

LEAVES = Code(
    "CZ9260",
    Severity.ERROR,
    "a change that reaches beyond its subtree",
    why="The change was to concern some tenants only, and what the spec compiles to differs for others as well. "
    "Whoever may approve the one may not be the one to approve the other.",
    fix="Take the part that reaches out into a change of its own, or let the owners of what it touches approve "
    "it. The message names the line that causes it.",
)
GRANTS = Code(
    "CZ9261",
    Severity.ERROR,
    "a change of what the parent grants",
    why="Quota, host, scheduling class and modules of a tenant are for its parent to give. With --no-grants the "
    "tenant's own people do not change them.",
    fix="Ask the owners of the parent to make this change.",
)
BASE_BROKEN = Code(
    "CZ9262",
    Severity.ERROR,
    "the base does not compile",
    why="The effect of a change is the difference between two compiled specs. The one to compare with has errors, "
    "so the difference is not known.",
    fix="Compare with a revision that compiles, with --base.",
)
