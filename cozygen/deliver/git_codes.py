"""What can go wrong between cozygen and a remote repository."""

from cozygen.diagnostics import Code, Severity

UNREACHABLE = Code(
    "CZ9201",
    Severity.ERROR,
    "the remote cannot be reached",
    why="No connection came about, so nothing was read and nothing was published.",
    fix="Check the address, the network and the proxy (git reads http_proxy and https_proxy), then push again.",
)
SLOW = Code(
    "CZ9202",
    Severity.ERROR,
    "the remote took too long",
    why="The remote stopped answering, or needed longer than --timeout allows. cozygen then asked it what its "
    "branch points to, and the message says what it found.",
    fix="Push again, with a longer --timeout if the remote is known to be slow.",
)
CREDENTIALS = Code(
    "CZ9203",
    Severity.ERROR,
    "the remote does not accept the credentials",
    why="There are no credentials for the remote, they are wrong, or they do not allow writing.",
    fix="Set COZYGEN_GIT_USERNAME and COZYGEN_GIT_PASSWORD (a token), give --credentials FILE or --ssh-key FILE, "
    "or use git's own helpers with --own-git-config. Give the token or key write access to the repository.",
)
HOST_KEY = Code(
    "CZ9204",
    Severity.ERROR,
    "the remote's host key is not the known one",
    why="Either the server was set up anew, or someone else answers in its place. Nothing was sent.",
    fix="Ask the server's administrator for the key's fingerprint, and put the right key into known_hosts or "
    "the file that --known-hosts names. Never switch the check off.",
)
NOT_FOUND = Code(
    "CZ9205",
    Severity.ERROR,
    "there is no such repository",
    why="The remote answers, but knows no repository at this address, or does not show it to these credentials.",
    fix="Correct the address, create the repository, or give credentials that may see it.",
)
REFUSED = Code(
    "CZ9206",
    Severity.ERROR,
    "the remote refused the push",
    why="The remote has rules of its own, such as a protected branch or a hook, and this push breaks one. Its "
    "branch is as it was.",
    fix="Read what the remote said. For a protected branch, let the account push, or use cozygen push --propose.",
)
REMOTE_FULL = Code(
    "CZ9207",
    Severity.ERROR,
    "the remote could not store the push",
    why="The remote's disk or quota is full, it cannot write, or it takes no push of this size. Its branch is as it "
    "was.",
    fix="Make room on the remote, or raise its limit, then push again.",
)
CORRUPT = Code(
    "CZ9208",
    Severity.ERROR,
    "the remote repository is damaged",
    why="The remote names objects that it does not have or cannot read, so nothing can be built on its branch.",
    fix="Run git fsck on the remote and repair it from a clone or a backup. cozygen never overwrites it.",
)
CLOSED = Code(
    "CZ9209",
    Severity.ERROR,
    "the remote broke off",
    why="The connection ended in the middle, or the server answered with an error of its own. cozygen then asked "
    "the remote what its branch points to, tried again, and gave up; the message says what is there now.",
    fix="Push again. If it keeps happening, look at the remote's log and its limits on the size of a push.",
)
CERTIFICATE = Code(
    "CZ9210",
    Severity.ERROR,
    "the remote's certificate is not trusted",
    why="The server's certificate is not signed by an authority that this machine trusts, or is for another "
    "name. Nothing was sent.",
    fix="Name the authority's certificate in GIT_SSL_CAINFO, or correct the server's certificate.",
)
NO_GIT = Code(
    "CZ9211",
    Severity.ERROR,
    "git is missing or too old",
    why="cozygen builds commits with git and guards it with settings that releases before 2.34 do not know.",
    fix="Install git 2.34 or later and make sure it is on the PATH.",
)
GIT_FAILED = Code(
    "CZ9212",
    Severity.ERROR,
    "git failed",
    why="git ended with an error that cozygen has no explanation for. The message holds what git said.",
    fix="Remove the cause if git names it, then push again; nothing needs to be cleaned up.",
)
RACE = Code(
    "CZ9213",
    Severity.ERROR,
    "the branch kept moving",
    why="Someone else pushed to the branch each time before cozygen did. Every attempt was rebuilt on the new "
    "head, and none was forced.",
    fix="Push again when it is quieter, or with more --attempts. Publishers that each have a branch of their "
    "own never meet.",
)
LOCAL_STORE = Code(
    "CZ9214",
    Severity.ERROR,
    "the local store cannot be used",
    why="cozygen builds the commit in a repository of its own, and the disk under it is full or not writable. "
    "Nothing was published.",
    fix="Make room, correct the permissions, or name another directory with --cache; with --cache none it is a "
    "temporary one, which TMPDIR moves.",
)
EDITED = Code(
    "CZ9220",
    Severity.ERROR,
    "a published file was edited by hand",
    why="Since the last push someone changed a file that cozygen renders. Publishing would undo that edit, "
    "which may be the fix that keeps something running.",
    fix="Bring the edit into the spec and push, or give it up with --overwrite PATH. It stays in the branch's "
    "history either way.",
)
IN_THE_WAY = Code(
    "CZ9221",
    Severity.ERROR,
    "a file that cozygen did not write is in the way",
    why="The output needs this path, and the branch has something there that is not cozygen's.",
    fix="Move it elsewhere, publish into another --path, or overwrite a plain file with --overwrite PATH.",
)
OTHER_PLATFORM = Code(
    "CZ9222",
    Severity.ERROR,
    "the path holds another platform's output",
    why="Publishing one platform over another would remove every file of the first, and Flux would then remove "
    "what those files describe from its cluster.",
    fix="Give each platform a path or a branch of its own.",
)
LOCAL_HOOKS = Code(
    "CZ9223",
    Severity.ERROR,
    "the repository has hooks that judge pushes",
    why="A repository on this machine would run its hooks as you. cozygen never runs a repository's hooks, and "
    "does not go past rules that someone put there either.",
    fix="Push through a server (http, https or ssh), where the hooks run as the server, or remove the hooks.",
)
UNSIGNED = Code(
    "CZ9224",
    Severity.ERROR,
    "the commit could not be signed",
    why="A signature was asked for and could not be made, or did not verify right afterwards. Nothing was "
    "published.",
    fix="Check that the key exists, is unlocked (an agent, or no passphrase) and fits --sign.",
)
NOT_BRANCHLIKE = Code(
    "CZ9225",
    Severity.ERROR,
    "not a branch name",
    why="Git does not take this as a branch's name, so nothing could be published to it.",
    fix="Use letters, digits, dashes and slashes, without refs/heads/ in front.",
)
REPLACED = Code(
    "CZ9226",
    Severity.WARNING,
    "an edit made by hand was overwritten",
    why="--overwrite was given, so the published file now holds what the spec compiles to. The edit is in the "
    "branch's history.",
    fix="Nothing, if that was meant. Otherwise bring the edit into the spec.",
)
