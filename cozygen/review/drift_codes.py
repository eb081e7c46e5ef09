"""What drift is reported as."""

from cozygen.diagnostics import Code, Severity

CHANGED = Code(
    "CZ9250",
    Severity.ERROR,
    "an object is not as the spec has it",
    why="Someone changed it past the spec, in the dashboard, with kubectl, or in the branch. Flux sets back what "
    "the spec states and leaves what was added, so the change is either gone soon or stays unnoticed.",
    fix="Undo it with the command that is shown, or write the same into the spec at the place that is shown.",
)
MISSING = Code(
    "CZ9251",
    Severity.ERROR,
    "an object of the spec is missing",
    why="The spec has the object and the cluster, or the branch, does not: it was removed by hand, or Flux has "
    "not been able to apply it.",
    fix="Let Flux apply it again with the command that is shown, or remove it from the spec.",
)
EXTRA = Code(
    "CZ9252",
    Severity.ERROR,
    "an object that the spec does not have",
    why="Someone made it past the spec, for example in the dashboard. Nothing reviews it, and a new cluster "
    "would not have it.",
    fix="Write it into the spec as is shown, or remove it. --ignore-extra leaves such objects out.",
)
FROZEN = Code(
    "CZ9253",
    Severity.WARNING,
    "defaults that an edit froze into a release",
    why="One edit in the dashboard stores all defaults of the chart in the release. They change nothing now, but "
    "a later release's better defaults will not reach it.",
    fix="Remove them with the command that is shown. Nothing restarts.",
)
BEHIND = Code(
    "CZ9254",
    Severity.WARNING,
    "the branch holds an older state of the spec",
    why="What is on the branch was compiled from an older spec or by another cozygen, so the cluster does not have "
    "the spec's last changes yet.",
    fix="Run cozygen push.",
)
UNREADABLE = Code(
    "CZ9255",
    Severity.ERROR,
    "a dump that cannot be read",
    why="The file is not what kubectl prints, so nothing can be compared with it.",
    fix="Make it with kubectl get KIND --all-namespaces --show-managed-fields --output yaml.",
)
STRANGER = Code(
    "CZ9256",
    Severity.WARNING,
    "a file that cozygen did not write",
    why="It lies among the rendered files. Flux applies only what kustomization.yaml names, so it has no effect, "
    "but whoever put it there may think that it does.",
    fix="Move it elsewhere, or into the spec.",
)
