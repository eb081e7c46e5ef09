"""Which known name someone may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def closest(word: str, known: Iterable[str], most: int = 1) -> list[str]:
    """The known names nearest to ``word``: equal but for case first, then by similarity."""
    names = sorted(set(known))
    folded = word.casefold().replace("-", "").replace("_", "")
    same = [n for n in names if n.casefold().replace("-", "").replace("_", "") == folded and n != word]
    if same:
        return same[:most]
    from difflib import get_close_matches  # only a mistake needs it

    return get_close_matches(word, names, n=most, cutoff=0.7)


def did_you_mean(word: str, known: Iterable[str], *, limit: int = 12) -> str | None:
    """A hint naming the nearest known name, else the known names if they are few, else None."""
    names = sorted(set(known))
    found = closest(word, names)
    if found:
        return f"did you mean {found[0]}?"
    if names and len(names) <= limit:
        return "known here: " + ", ".join(names)
    return None
