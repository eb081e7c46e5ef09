"""CODEOWNERS: who has to approve changes of which files of the spec.

A file belongs to the administrators of the tenants that it defines; one that defines several, to those of
their nearest common ancestor; one that defines anything of the platform, to the platform's. A directory whose
files all have the same owners is written as one line, so that new files in it have them too.

GitHub and GitLab read patterns, of which the last one that matches counts, and know people by e-mail address too.
Gitea and Forgejo read regular expressions, of which every one that matches counts, and know accounts and teams only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from posixpath import dirname

from cozygen.diagnostics import Code, Diagnostic, Place, Severity
from cozygen.platform.model import Platform
from cozygen.platform.names import ROOT
from cozygen.platform.tenant import Tenant
from cozygen.record import Record, field

LEVELS = ("admin", "super-admin")
EXPRESSIONS = frozenset({"gitea", "forgejo"})
"""Forges that read regular expressions."""
HEADER = "# Made by cozygen owners from the members of the tenants. Change the members instead.\n"

_NAMED = 3

UNKNOWN_ACCOUNT = Code(
    "CZ9263",
    Severity.WARNING,
    "a member without an account at the forge",
    why="Forges know people by account or e-mail address and groups by team. This member is neither, so the file "
    "of owners does not name it.",
    fix="Give --accounts FILE with a line: the member's name, a space, and the account or team, such as @org/team.",
)
NO_OWNER = Code(
    "CZ9264",
    Severity.WARNING,
    "files that nobody owns",
    why="Neither the tenant, nor any tenant above it, nor the platform has an administrator that the forge knows, so "
    "anyone who may merge at all may change these files.",
    fix="Add an admin to the members of the tenant, or admins to access of the Platform.",
)


class Files(Record):
    """What the files of a spec define: tenants by path, and ``platform`` for anything else."""

    tenants: Mapping[str, tuple[str, ...]]
    platform: frozenset[str]


class Owners(Record):
    """The text of a CODEOWNERS file, and what could not be said in it."""

    text: str
    diagnostics: tuple[Diagnostic, ...] = field(default=())


def codeowners(
    platform: Platform, files: Files, accounts: Mapping[str, str], forge: str = "github"
) -> Owners:
    """The owners of every file; ``accounts`` gives members' names at the forge where they differ."""
    problems: dict[str, Diagnostic] = {}
    by_address = forge not in EXPRESSIONS

    def account(name: str, is_group: bool, place: Place) -> str | None:
        found = accounts.get(name) or (name if by_address and not is_group and "@" in name else None)
        if found is None:
            what = "group" if is_group else "user"
            message = f"the {what} {name} has no account or team that a forge knows"
            hint = f"add it to the file of --accounts: {name} @ACCOUNT"
            problems.setdefault(name, UNKNOWN_ACCOUNT.at(place, message, hint=hint))
        return found

    def members(tenant: Tenant) -> tuple[str, ...]:
        named = [account(m.name, m.is_group, m.place) for m in tenant.members if m.level in LEVELS]
        return tuple(sorted({name for name in named if name}))

    above = tuple(
        sorted({name for user, place in platform.site.access.admins if (name := account(user, False, place))})
    )

    def of(path: str) -> tuple[str, ...]:
        at: Tenant | None = platform.tenants.get(path)
        while at is not None:
            found = members(at)
            if found:
                return found
            at = at.parent
        return above

    owners = {}
    for file in sorted({*files.tenants, *files.platform}):
        owners[file] = above if file in files.platform else of(_common(files.tenants[file]))
    found = list(problems.values())
    ownerless = [file for file, names in owners.items() if not names]
    if ownerless:
        more = f" and {len(ownerless) - _NAMED} more files" if len(ownerless) > _NAMED else ""
        message = f"nobody owns {', '.join(ownerless[:_NAMED])}{more}"
        found.append(NO_OWNER.at(Place(ownerless[0], 1, 1), message, hint=NO_OWNER.fix))
    lines = _patterns(owners, above) if by_address else _expressions(owners, above)
    return Owners(HEADER + "".join(f"{line}\n" for line in lines), tuple(found))


def _common(paths: Iterable[str]) -> str:
    """The nearest tenant that all of these are or are below of."""
    split = [path.split("/") for path in paths if path != ROOT]
    if not split or ROOT in paths:
        return ROOT
    common = []
    for steps in zip(*split, strict=False):
        if len(set(steps)) > 1:
            break
        common.append(steps[0])
    return "/".join(common) or ROOT


def _patterns(owners: Mapping[str, tuple[str, ...]], above: tuple[str, ...]) -> list[str]:
    """For forges where the last line that matches counts; a line without owners takes them off."""
    first = [f"* {' '.join(above)}"] if above else []
    lines = [f"/{_escaped(path)} {' '.join(names)}".rstrip() for path, names in _merged(owners)]
    return [*first, *lines]


def _expressions(owners: Mapping[str, tuple[str, ...]], above: tuple[str, ...]) -> list[str]:
    """For forges where every line that matches counts: what is left to the platform is what no other line has."""
    listed = [(_expression(path), names) for path, names in _merged(owners)]
    others = "|".join(f"{found}$" for found, names in listed if names != above)
    first = [f"(?!{others}).* {' '.join(above)}" if others else f".* {' '.join(above)}"] if above else []
    return [*first, *(f"{found} {' '.join(names)}" for found, names in listed if names and names != above)]


def _merged(owners: Mapping[str, tuple[str, ...]]) -> list[tuple[str, tuple[str, ...]]]:
    """Files, and in their place directories whose files all have the same owners, with a slash at the end."""
    below: dict[str, set[tuple[str, ...]]] = {}
    for file, names in owners.items():
        directory = dirname(file)
        while directory:
            below.setdefault(directory, set()).add(names)
            directory = dirname(directory)
    whole = {directory: next(iter(sets)) for directory, sets in below.items() if len(sets) == 1}
    out = [(f"{directory}/", names) for directory, names in whole.items() if dirname(directory) not in whole]
    out += [(file, names) for file, names in owners.items() if dirname(file) not in whole]
    return sorted(out)


def _escaped(path: str) -> str:
    return "".join(f"\\{char}" if char in " #[]*?!\\" else char for char in path)


def _expression(path: str) -> str:
    """A regular expression for a file, or for all below a directory.

    The file's reader takes a backslash off before the expression's does, so that one is written twice.
    """
    found = re.sub(r"([.^$*+?{}()|\[\]\\])", r"\\\1", path) + (".*" if path.endswith("/") else "")
    return re.sub(r"([\\ #])", r"\\\1", found)
