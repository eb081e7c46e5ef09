"""What can stand between a rendered tree and its directory."""

from cozygen.diagnostics import Code, Severity

NOT_A_DIRECTORY = Code(
    "CZ9010",
    Severity.ERROR,
    "the output path is not a directory",
    why="A tree of files needs a directory. Something else is at that path or at one of its parents, such as "
    "a file or a symbolic link that leads nowhere, and cozygen does not replace it.",
    fix="Give another path, or move away what is there.",
)
OUTPUT_IS_SYMLINK = Code(
    "CZ9011",
    Severity.ERROR,
    "the output directory is a symbolic link",
    why="What a link points to can change between the check and the write, and a link in a repository may "
    "come from someone else. cozygen writes only where the path itself leads.",
    fix="Give the directory that the link points to.",
)
INSIDE_GIT = Code(
    "CZ9012",
    Severity.ERROR,
    "the output directory is inside .git",
    why="Files written among Git's own can break the repository, and hooks there are run as programs.",
    fix="Give a directory of the work tree.",
)
OTHER_PLATFORM = Code(
    "CZ9013",
    Severity.ERROR,
    "the directory holds another platform's output",
    why="Rendering one platform over another would remove every file of the first, and Flux would then "
    "remove what those files describe from its cluster.",
    fix="Give each platform a directory of its own. If the platform was renamed, remove the directory's "
    "content in the same commit and render again.",
)
BUSY = Code(
    "CZ9014",
    Severity.ERROR,
    "another render is at work in the directory",
    why="Two renders that interleave would leave a mixture that is neither's result.",
    fix="Wait until the other one has ended, then run again. Nothing needs to be cleaned up.",
)
NO_LOCKS = Code(
    "CZ9015",
    Severity.WARNING,
    "the file system cannot lock the directory",
    why="Some network file systems have no locks for directories, so two renders at once would not notice "
    "each other.",
    fix="Make sure that only one render at a time uses the directory, or render to a local disk.",
)
CANNOT_READ = Code(
    "CZ9016",
    Severity.ERROR,
    "the output cannot be read",
    why="cozygen changes a file only when it knows what is in it, so it needs to read what is there first.",
    fix="Correct the permissions, or the fault of the disk that the message names.",
)
CANNOT_WRITE = Code(
    "CZ9017",
    Severity.ERROR,
    "the output cannot be written",
    why="The operating system refused. Every file is complete, either as it was or as it should be, and what "
    "is still missing is on record in the directory.",
    fix="Remove the cause that the message names and run again: the run completes what is there.",
)
EDITED = Code(
    "CZ9020",
    Severity.ERROR,
    "a generated file was edited by hand",
    why="Its content is neither what cozygen wrote nor what it is about to write, so writing would lose the "
    "edit.",
    fix="Bring the change into the spec and remove it from the file, for example with git checkout; or let "
    "--force overwrite the file.",
)
UNOWNED = Code(
    "CZ9021",
    Severity.ERROR,
    "a file that cozygen did not write is in the way",
    why="The output needs this path, and the file there has other content and an author who may want it.",
    fix="Move the file elsewhere, or let --force overwrite it.",
)
DIRECTORY_IN_THE_WAY = Code(
    "CZ9022",
    Severity.ERROR,
    "a directory is where a file should be",
    why="The output needs a file at this path. The directory there holds things that cozygen did not write.",
    fix="Move the directory elsewhere. It is never removed for you, not even with --force.",
)
FILE_IN_THE_WAY = Code(
    "CZ9023",
    Severity.ERROR,
    "a file is where a directory should be",
    why="The output needs a directory at this path, and a file that cozygen did not write is there.",
    fix="Move the file elsewhere. It is never removed for you, not even with --force.",
)
SYMLINK_INSIDE = Code(
    "CZ9024",
    Severity.ERROR,
    "a symbolic link stands in the output",
    why="Writing or removing through a link would change files outside the output directory. Flux and Git "
    "see the link, not what it points to.",
    fix="Remove the link, or put a real file or directory in its place.",
)
SPECIAL_FILE = Code(
    "CZ9025",
    Severity.ERROR,
    "a pipe, socket or device is in the way",
    why="It is not a file with content: reading it could wait for ever, and Git would not store it.",
    fix="Remove it.",
)
CHANGED_MEANWHILE = Code(
    "CZ9026",
    Severity.ERROR,
    "the directory changed during the run",
    why="Something else wrote to this place after cozygen had looked at it. The run stopped there rather "
    "than overwrite it.",
    fix="Let the other program finish, look at the file, and run again.",
)
NOTHING_TO_FORCE = Code(
    "CZ9027",
    Severity.ERROR,
    "a forced path is not part of the output",
    why="The path names neither a file of the output nor a directory of it, so it is probably misspelt, and "
    "the file that was meant would not be overwritten.",
    fix="Give the path below the output directory, as the refusal names it.",
)
MISSING = Code(
    "CZ9030",
    Severity.ERROR,
    "a file of the output is missing",
    why="The spec gives this file and the directory lacks it, so Flux would not apply it.",
    fix="Run cozygen render and commit the result.",
)
DIFFERENT = Code(
    "CZ9031",
    Severity.ERROR,
    "a file differs from what the spec gives",
    why="Either the spec changed without a render, or someone edited the generated file. What Flux applies "
    "is not what the spec says.",
    fix="Run cozygen render and commit the result; bring edits that should stay into the spec first.",
)
UNEXPECTED = Code(
    "CZ9032",
    Severity.ERROR,
    "a file is not part of the output",
    why="The spec does not give this file, yet Flux would apply what it describes.",
    fix="Remove the file, move it out of the output directory, or run cozygen render if it is left over.",
)
UNFINISHED = Code(
    "CZ9033",
    Severity.ERROR,
    "a render did not finish",
    why="The directory holds the record, or a half-written file, of a run that was interrupted.",
    fix="Run cozygen render: it completes the directory and removes what was left behind.",
)
MORE = Code(
    "CZ9034",
    Severity.ERROR,
    "more files differ",
    why="Only the first files are named, because so many at once usually have one cause.",
    fix="Run cozygen render and look at the whole difference with git diff.",
)
ABSENT = Code(
    "CZ9035",
    Severity.ERROR,
    "the output directory does not exist",
    why="There is nothing to compare the spec's result with.",
    fix="Run cozygen render, or correct the path.",
)
