"""What can be wrong with a file before anyone looks at what it means."""

from cozygen.diagnostics import Code, Severity

NOT_YAML = Code(
    "CZ0001",
    Severity.ERROR,
    "not YAML",
    why="The text does not follow YAML's grammar, so nothing after this point can be read with confidence. "
    "Other documents of the same file are still checked.",
    fix="Correct the line. Most often the indentation is off, a tab was typed, or a text with ': ' or a "
    "leading special character is not quoted.",
)
NOT_TEXT = Code(
    "CZ0002",
    Severity.ERROR,
    "not UTF-8 text",
    why="A spec is YAML in UTF-8. A binary file, another encoding or a control character cannot be read the "
    "same way by every tool that will see it.",
    fix="Save the file as UTF-8, or leave it out of the spec's directories.",
)
TOO_LARGE = Code(
    "CZ0003",
    Severity.ERROR,
    "file too large",
    why="A file of this size is not a spec that people edit; reading it would take all memory for nothing.",
    fix="Split the spec into several files of one directory, for example one a top-level tenant.",
)
TOO_DEEP = Code(
    "CZ0004",
    Severity.ERROR,
    "nested too deeply",
    why="The nesting goes far beyond anything a spec needs and would exhaust the reader.",
    fix="Look for a runaway indentation, or for a generator that went wrong.",
)
NOT_A_MAPPING = Code(
    "CZ0005",
    Severity.ERROR,
    "a document is not a mapping",
    why="Every document of a spec is an object with apiVersion, kind, metadata and spec.",
    fix="Write the document as a mapping; a list of documents is separated by lines of three dashes.",
)
DUPLICATE_KEY = Code(
    "CZ0006",
    Severity.ERROR,
    "a key is given twice",
    why="Most YAML readers silently keep the last of two equal keys, so what the first one said is lost "
    "without a word.",
    fix="Remove or rename one of the two.",
)
UNKNOWN_TAG = Code(
    "CZ0007",
    Severity.ERROR,
    "unknown tag",
    why="Tags such as !vault or !!python/object mean something to one program and nothing, or something "
    "dangerous, to another.",
    fix="Remove the tag. Quote the text where a string is meant.",
)
ALIAS_BOMB = Code(
    "CZ0008",
    Severity.ERROR,
    "aliases stand for too many values",
    why="A few lines of nested aliases can stand for billions of values. cozygen and every later reader "
    "would have to work through all of them.",
    fix="Write the values out, or share them with a Blueprint.",
)
KEY_NOT_TEXT = Code(
    "CZ0009",
    Severity.ERROR,
    "a key is not text",
    why="Keys become names. A key such as yes, null or 1.0 is read as a boolean, nothing or a number, and "
    "differently so by different readers.",
    fix="Put the key in double quotes.",
)
AMBIGUOUS_SCALAR = Code(
    "CZ0010",
    Severity.WARNING,
    "readers disagree about a scalar",
    why="Helm, kubectl and Flux read YAML with Go, editors with YAML 1.2, many scripts with YAML 1.1. A "
    "plain yes, 012, 1e3, 1:30 or 2024-01-01 means something else to each of them. cozygen takes it as Go "
    "does.",
    fix="Quote it if text is meant; write true, false or an ordinary number otherwise.",
)
