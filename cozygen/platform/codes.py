"""What can be wrong when the spec's parts are put together."""

from cozygen.diagnostics import Code, Severity

NO_PARENT = Code(
    "CZ2001",
    Severity.ERROR,
    "a tenant's parent does not exist",
    why="A tenant's release stands in its parent's namespace. Without the parent that namespace never "
    "exists, and neither does anything below it.",
    fix="Add the parent as a Tenant of its own, or correct the path.",
)
TENANT_NAME = Code(
    "CZ2002",
    Severity.ERROR,
    "not a tenant name",
    why="The platform takes tenant names of lower-case letters and digits that begin with a letter. Dashes "
    "are how it joins a tenant's name to its parent's, so a name cannot hold one.",
    fix="Use lower-case letters and digits, beginning with a letter. A child tenant is written PARENT/NAME.",
)
ROOT_AGAIN = Code(
    "CZ2003",
    Severity.ERROR,
    "the root tenant cannot stand here",
    why="The tenant root is made by the platform itself and is at the top of the tree. A tenant named root "
    "directly below it would be the very same release, its own parent.",
    fix="Rename the tenant. Tenants at the top level are written without root/ before them.",
)
UNKNOWN_APP_KIND = Code(
    "CZ2010",
    Severity.ERROR,
    "unknown application kind",
    why="The targeted Cozystack release serves no application of this kind, so nothing could be installed.",
    fix="Correct the spelling; `cozygen catalog list` shows every kind. A kind of your own catalog is added "
    "under applications of the Platform.",
)
MODULE_NAME = Code(
    "CZ2011",
    Severity.ERROR,
    "a module has a fixed name",
    why="A tenant has at most one of each module, released under the module's own name. Under another name "
    "nothing would refer to it.",
    fix="Write the module under services of the tenant.",
)
TENANT_AS_APP = Code(
    "CZ2012",
    Severity.ERROR,
    "a tenant is not written as an app",
    why="Tenants make namespaces that everything below depends on, so they have a place of their own in the "
    "spec.",
    fix="Write it under tenants, or as a document of kind Tenant.",
)
MODULE_TWICE = Code(
    "CZ2013",
    Severity.ERROR,
    "a module is written in two places",
    why="The module's values stand both under services and under apps, so one of them would be lost.",
    fix="Keep the one under services.",
)
CLUSTER_TWICE = Code(
    "CZ2014",
    Severity.ERROR,
    "a cluster is written in two places",
    why="clusters.NAME and apps.Kubernetes.NAME are the same release.",
    fix="Keep one of them.",
)
UNKNOWN_VERSION = Code(
    "CZ2020",
    Severity.ERROR,
    "unknown Cozystack version",
    why="cozygen carries what each Cozystack release offers. For this one it has no data, so nothing could be "
    "checked against it.",
    fix="Name a release that `cozygen catalog list` shows, or import the release's definitions with `cozygen "
    "catalog import`.",
)
NO_DEFINITION = Code(
    "CZ2021",
    Severity.ERROR,
    "a file without an application definition",
    why="The Platform names a file that should describe an application kind, and the file describes none, so the "
    "kind would not be there.",
    fix="Name the file that holds the ApplicationDefinition as the catalog's author publishes it.",
)
KIND_TAKEN = Code(
    "CZ2022",
    Severity.ERROR,
    "an application kind exists already",
    why="The definition brings a kind, a plural or a release prefix with names that the release already has.",
    fix="Give the kind another name in the definition.",
)
