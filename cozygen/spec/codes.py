"""What can be wrong with the shape of a spec."""

from cozygen.diagnostics import Code, Severity

WRONG_TYPE = Code(
    "CZ1001",
    Severity.ERROR,
    "wrong type",
    why="The value is of another type than the spec needs here, so it cannot mean anything.",
    fix="Write the type that the message names. Numbers and true or false stand without quotes, text that "
    "looks like one stands in quotes.",
)
UNKNOWN_KEY = Code(
    "CZ1002",
    Severity.ERROR,
    "unknown key",
    why="Nothing reads this key, so what it says would silently be without effect.",
    fix="Correct the spelling, or move the key to where it belongs; `cozygen schema` lists every key.",
)
MISSING_KEY = Code(
    "CZ1003",
    Severity.ERROR,
    "missing key",
    why="Without this key the rest of the entry cannot be understood.",
    fix="Add the key that the message names.",
)
NOT_A_CHOICE = Code(
    "CZ1004",
    Severity.ERROR,
    "not one of the possible values",
    why="Only certain words have a meaning here.",
    fix="Use one of the words that the message lists.",
)
WRONG_FORM = Code(
    "CZ1005",
    Severity.ERROR,
    "wrong form",
    why="The text does not have the form that is needed here, such as a quantity, a duration or a name.",
    fix="Write it in the form that the message names.",
)
OUT_OF_RANGE = Code(
    "CZ1006",
    Severity.ERROR,
    "out of range",
    why="The number or the count of entries is outside of what can work.",
    fix="Stay within the limit that the message names.",
)
UNKNOWN_KIND = Code(
    "CZ1010",
    Severity.ERROR,
    "unknown kind",
    why="A document of the API group cozygen.io has to be of a kind that cozygen knows, or what it says "
    "would be lost without a word.",
    fix="Correct the kind. Known are Platform, Tenant, Hardware, Blueprint, Policy and Waiver.",
)
UNKNOWN_API_VERSION = Code(
    "CZ1011",
    Severity.ERROR,
    "unknown apiVersion",
    why="The document names a version of the spec that this cozygen does not read, or lacks apiVersion "
    "although its kind is one of cozygen's.",
    fix="Write apiVersion: cozygen.io/v1alpha1.",
)
FOREIGN_DOCUMENT = Code(
    "CZ1012",
    Severity.WARNING,
    "a document that is not read",
    why="Among the spec's files stands a document of another API group. cozygen reads ApplicationDefinitions "
    "and SOPS-encrypted Secrets there and ignores everything else.",
    fix="Move the file out of the spec's directories, so that nobody expects it to be applied.",
)
NO_DOCUMENTS = Code(
    "CZ1013",
    Severity.WARNING,
    "nothing to read",
    why="The file holds no document. Most often it is a leftover, or its content went missing.",
    fix="Remove the file, or write a document into it.",
)
NO_PLATFORM = Code(
    "CZ1014",
    Severity.ERROR,
    "no Platform",
    why="Every site needs exactly one Platform document: it says which Cozystack release is targeted, under "
    "which host the cloud is published, and where Flux finds the rendered tree.",
    fix="Add a document of kind Platform; `cozygen init` writes one.",
)
TWO_PLATFORMS = Code(
    "CZ1015",
    Severity.ERROR,
    "two Platforms",
    why="A site has exactly one Platform. With two, nothing says which values hold.",
    fix="Merge them, give both the same name in different layers, or give each site a directory of its own "
    "and name the sites in cozygen.yaml.",
)
DEFINED_TWICE = Code(
    "CZ1016",
    Severity.ERROR,
    "defined twice",
    why="The same document, tenant or entry is defined twice in one layer, so one of them would be lost.",
    fix="Merge the two, or put one of them into a later layer, where it refines the first.",
)
NO_NAME = Code(
    "CZ1017",
    Severity.ERROR,
    "no name",
    why="Every document is known by its kind and its name.",
    fix="Add metadata with a name.",
)
NO_SPEC_FILES = Code(
    "CZ1018",
    Severity.ERROR,
    "no spec files",
    why="There is no YAML file in the directories that were given.",
    fix="Name the directory or file that holds the spec, or run `cozygen init` to begin one.",
)
NOTHING_TO_REMOVE = Code(
    "CZ1019",
    Severity.ERROR,
    "nothing to remove",
    why="In an upper layer a spec, or a child tenant, with nothing below its name removes what lower layers say "
    "of it. Here they say nothing, so either the name is misspelt or something was to be added.",
    fix="Correct the name, take the entry out, or write {} to add it with its defaults.",
)
BLUEPRINT_UNKNOWN = Code(
    "CZ1101",
    Severity.ERROR,
    "unknown blueprint",
    why="A tenant uses a blueprint that no document defines.",
    fix="Correct the name, or add the Blueprint.",
)
BLUEPRINT_CYCLE = Code(
    "CZ1102",
    Severity.ERROR,
    "blueprints use each other in a circle",
    why="Expanding them would never end.",
    fix="Take one of the uses out of the circle that the message names.",
)
BLUEPRINT_PARAMETER = Code(
    "CZ1103",
    Severity.ERROR,
    "wrong blueprint parameter",
    why="The blueprint declares which parameters it takes and of which type; this use does not fit.",
    fix="Give every parameter without a default, none that is not declared, each of the declared type.",
)
TEMPLATE_REFUSED = Code(
    "CZ1104",
    Severity.ERROR,
    "template refused",
    why="Templates in a blueprint are expressions over its parameters. Statements, files, imports, "
    "attributes of Python objects and results without bound are kept out, since a spec may come from "
    "someone who should not run code here.",
    fix="Use {{ parameter }}, filters such as default, lower, replace, int, and inline conditions "
    "({{ a if b else c }}).",
)
TEMPLATE_RESULT = Code(
    "CZ1105",
    Severity.ERROR,
    "template result does not fit",
    why="What a template yields becomes a value of the type that the spec or the chart has at this place; "
    "this text cannot become one.",
    fix="Make the expression yield the type that the message names.",
)
ATTACHMENT_MISSING = Code(
    "CZ1106",
    Severity.ERROR,
    "a file that the spec points at is missing",
    why="The spec names a file that cannot be read, so what it should bring is missing from the output.",
    fix="Correct the path; it is relative to the file that names it and has to stay inside the spec's "
    "directories.",
)
BLUEPRINT_TOO_MUCH = Code(
    "CZ1108",
    Severity.ERROR,
    "blueprints without measure",
    why="A few blueprints that bring each other several times over come to millions of tenants or values, which "
    "nobody means and no repository could hold.",
    fix="Use fewer blueprints inside of blueprints.",
)
SITE_FILE = Code(
    "CZ1107",
    Severity.ERROR,
    "cozygen.yaml is not usable",
    why="cozygen.yaml names the sites, their layers and their output directories; this one does not.",
    fix="Write sites: {NAME: {layers: [DIR, ...], output: DIR}}.",
)

PRIVATE_KEY = Code(
    "CZ8011",
    Severity.ERROR,
    "a private key in plain text",
    why="A private key that stands in the spec stands in Git for good and has to be replaced.",
    fix="Take the key out, replace it, and refer to a Secret instead.",
)

BY_VIOLATION = {
    "type": WRONG_TYPE,
    "unknown": UNKNOWN_KEY,
    "required": MISSING_KEY,
    "enum": NOT_A_CHOICE,
    "pattern": WRONG_FORM,
    "range": OUT_OF_RANGE,
    "key": WRONG_FORM,
}
