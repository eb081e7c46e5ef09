"""Whose name a commit carries: from the options, git's own variables, or the user's git configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cozygen.deliver.git_access import Access, Login
from cozygen.deliver.git_address import Address
from cozygen.deliver.git_commit import Person, Signatures, Signing
from cozygen.deliver.git_process import Git
from cozygen.record import Record

_PERSON = re.compile(r"\s*(?P<name>[^<>\n]*?)\s*<(?P<email>[^<>\s]+)>\s*").fullmatch
FALLBACK = ("cozygen", "cozygen@localhost")


class Wish(Record):
    """What the options say: people as ``NAME <EMAIL>``, a date as git reads it, a key to sign with."""

    author: str | None = None
    committer: str | None = None
    date: str | None = None
    signing: Signing | None = None


def signatures(wish: Wish, environment: Mapping[str, str]) -> Signatures | str:
    """Author and committer, or what is wrong with what was asked for."""
    people = []
    for role, stated in (("AUTHOR", wish.author), ("COMMITTER", wish.committer or wish.author)):
        date = wish.date or environment.get(f"GIT_{role}_DATE") or _epoch(environment)
        if stated is not None:
            match = _PERSON(stated)
            if match is None:
                return f"{stated!r} is no person; write NAME <EMAIL>"
            people.append(Person(match["name"] or match["email"], match["email"], date))
            continue
        name = environment.get(f"GIT_{role}_NAME") or _configured("user.name") or FALLBACK[0]
        email = environment.get(f"GIT_{role}_EMAIL") or _configured("user.email") or FALLBACK[1]
        people.append(Person(name, email, date))
    fault = next((found for person in people if (found := _date_fault(person)) is not None), None)
    return fault or Signatures(people[0], people[1], wish.signing)


def _epoch(environment: Mapping[str, str]) -> str | None:
    stated = environment.get("SOURCE_DATE_EPOCH", "")
    return f"@{stated} +0000" if stated.isdigit() else None


def _configured(key: str) -> str:
    login = Login(Address("", "file"), Access(own_config=True))
    return Git(None, login).run("config", "--global", "--get", key).text


def _date_fault(person: Person) -> str | None:
    if person.date is None:
        return None
    variables = {
        "GIT_COMMITTER_NAME": person.name,
        "GIT_COMMITTER_EMAIL": person.email,
        "GIT_COMMITTER_DATE": person.date,
    }
    result = Git(None).run("var", "GIT_COMMITTER_IDENT", more=variables)
    return None if result.code == 0 else f"git does not read {person.date!r} as a date"
