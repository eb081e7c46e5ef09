"""What can be wrong with any application's values: their shape, their text, the names made of them."""

from __future__ import annotations

from cozygen.diagnostics import Code, Severity

WRONG_TYPE = Code(
    "CZ4001",
    Severity.ERROR,
    "a value is of the wrong type",
    "Helm holds the values against the chart's schema before it renders anything. The release stays failed "
    "and nothing of it is installed or changed.",
    "Write the type that the message asks for. Numbers and true/false stand without quotes, text that looks "
    "like one of them in quotes.",
)
NOT_ONE_OF = Code(
    "CZ4002",
    Severity.ERROR,
    "a value is none of those that the chart knows",
    "The field takes one of a few words. Helm refuses any other one before it renders the chart.",
    "Take one of the values that the message lists; which ones there are depends on the Cozystack release.",
)
NOT_A_QUANTITY = Code(
    "CZ4003",
    Severity.ERROR,
    "not a Kubernetes quantity",
    "CPU, memory and sizes are quantities: a number and at most one unit out of n, u, m, k, M, G, T, P, E, "
    "Ki, Mi, Gi, Ti, Pi, Ei. Anything else is refused by the chart's schema or, where that is laxer, by "
    "Kubernetes when the objects are created.",
    "Write a whole number, or text such as 500m, 1.5, 64Gi. There is no space before the unit and no B "
    "after it.",
)
MISSING_KEY = Code(
    "CZ4004",
    Severity.ERROR,
    "a key is missing",
    "Entries of maps and lists get no defaults from the chart, so each must hold every key that the schema "
    "requires; otherwise Helm refuses the whole release.",
    "Add the key. The kind's reference (cozygen catalog) says which values are usual.",
)
UNKNOWN_KEY = Code(
    "CZ4005",
    Severity.WARNING,
    "the chart does not know a key",
    "Neither the API nor Helm complains about unknown keys; the chart just never looks at them. A misspelt "
    "key therefore leaves its default in force.",
    "Correct the spelling, or remove the key.",
)
LEGACY_PRESET = Code(
    "CZ4006",
    Severity.WARNING,
    "an old spelling of a resource preset",
    "Preset names without a series still work and mean the same as their new names, but Cozystack has "
    "announced their removal; from then on the release would fail.",
    "Write the name that the message gives. It stands for the same CPU and memory, so nothing restarts.",
)
NULL_OVER_DEFAULT = Code(
    "CZ4007",
    Severity.ERROR,
    "null removes a default that the chart cannot do without",
    "In Helm a null does not mean 'the default' but 'no value at all': the default is taken away before "
    "anything else happens, and the chart then fails on what it no longer finds.",
    "Remove the line to have the default, or give the value that you want.",
)
NESTED_RESOURCES = Code(
    "CZ4008",
    Severity.ERROR,
    "resources with limits or requests inside",
    "Cozystack's charts take one flat map of resources, each value being the limit; requests follow from "
    "the platform's allocation ratios. The nested form of Kubernetes makes the render fail.",
    "Write the limits directly: resources: {cpu: 2, memory: 4Gi}.",
)
REFUSED_RESOURCE = Code(
    "CZ4009",
    Severity.ERROR,
    "a resource that Kubernetes will not take",
    "Keys of resources beyond cpu and memory are handed to the pods as they are. If their value is no "
    "quantity, the objects cannot be decoded and the release fails while it is applied.",
    "Correct the key, or give it a quantity.",
)
TOO_MANY = Code(
    "CZ4010",
    Severity.ERROR,
    "a number beyond what can be",
    "Ports and the like are 32-bit numbers, and some charts make an object for every replica: an absurd count "
    "takes the whole memory of the controller that renders it, and with it every other release.",
    "Take a number of the size that you really want.",
)
TEXT_BREAKS_YAML = Code(
    "CZ4020",
    Severity.ERROR,
    "text that breaks the chart's YAML",
    "The chart writes this value into YAML without quoting it. Text with ': ', ' #', quotes, a line break or "
    "a leading special character turns into other syntax there, and the rendered manifest cannot be read.",
    "Use plain text here: letters, digits, '-', '_', '.', '/' and the like, starting with a letter.",
)
TEXT_NOT_KEPT = Code(
    "CZ4021",
    Severity.ERROR,
    "text that does not stay text",
    "The chart writes this value into YAML without quoting it, so text that looks like a number, a truth "
    "value or a structure becomes one. Kubernetes expects text in that place and refuses the object.",
    "Choose a text that starts with a letter and is none of true, false, yes, no, on, off, y, n and null.",
)
TEXT_CHANGED = Code(
    "CZ4022",
    Severity.WARNING,
    "text that arrives as something else",
    "The chart writes this value into YAML without quoting it, and what is read back is not what was "
    "written: a number, a truth value, a cut-off text or nothing at all. Custom resources may refuse it, a "
    "password may end up empty.",
    "Choose a text that starts with a letter and holds no quotes, '#', ': ' or spaces at its ends.",
)
RELEASE_NAME = Code(
    "CZ4030",
    Severity.ERROR,
    "not a possible release name",
    "An application becomes a Helm release called after its kind and name. Helm takes lower-case letters, "
    "digits and dashes, 53 characters at most, and so does the API.",
    "Choose a shorter or simpler name; the message says how long it may be.",
)
NAME_TOO_LONG = Code(
    "CZ4031",
    Severity.ERROR,
    "an object's name would be too long",
    "The chart forms the names and labels of its objects from the names in the spec. One of them exceeds "
    "what Kubernetes allows for that kind of object, so the release fails while it is applied, often after "
    "most of its objects exist.",
    "Shorten the name; the message says by how much. An application cannot be renamed later, only replaced.",
)
NAME_INVALID = Code(
    "CZ4032",
    Severity.ERROR,
    "an object's name would be invalid",
    "The chart forms object names from names in the spec. Kubernetes allows lower-case letters, digits, "
    "dashes and dots in them, and refuses the object otherwise.",
    "Use lower-case letters, digits and dashes, starting and ending with a letter or digit.",
)
NAMES_MEET = Code(
    "CZ4033",
    Severity.WARNING,
    "two entries would share one object",
    "The chart simplifies names (capitals, underscores) when it forms object names. Two entries that come "
    "out the same are applied to one object, and only the last one has an effect.",
    "Rename one of the two.",
)
LABEL_INVALID = Code(
    "CZ4034",
    Severity.ERROR,
    "not a possible label",
    "The chart puts this value into a label. Label values hold at most 63 letters, digits, '-', '_' and '.', "
    "with a letter or digit at both ends; otherwise Kubernetes refuses the object.",
    "Shorten the value, or use other characters.",
)
FIXED_NAME = Code(
    "CZ4035",
    Severity.ERROR,
    "a module that must have another name or place",
    "The chart refuses to be installed under any name but its own, or outside the namespace it is made for.",
    "Use the name and the tenant that the message gives.",
)
