"""What is known of a kind's chart beyond its schema, as one record a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from cozygen.charts.names import Derived, DerivedFrom
from cozygen.charts.release import Fault, Release
from cozygen.charts.text import Text
from cozygen.record import Record, field


class Resources(NamedTuple):
    """Resources that the chart takes as one flat map and refuses in nested form, when it looks at them.

    ``pods`` says that they reach built-in objects, which take quantities only.
    """

    path: str = "resources"
    when: str = ""
    pods: bool = False


Check = Callable[[Release], Iterable[Fault]]


class Rules(Record):
    """A kind's rules. Paths are written with dots; ``*`` is any key, ``#`` any item, a last ``~`` a key itself.

    ``check`` looks at what belongs together. ``names`` and ``derived`` are the names that the chart forms of the
    release's name and of texts in the values, ``texts`` where it writes text unprotected. ``nulls`` are the
    defaults that the chart cannot do without, each with the condition under which it needs them. ``amounts``
    are the limits and requests of pods where the chart takes resources in nested form. ``secrets`` are the
    values that may refer to a Secret, ``loops`` counts of which the chart makes an object each. ``hidden`` are
    keys that the templates read although neither the schema nor the chart's values list them.
    """

    check: Check | None = None
    names: tuple[Derived, ...] = ()
    derived: tuple[DerivedFrom, ...] = ()
    texts: tuple[Text, ...] = ()
    nulls: Mapping[str, str] = field(default_factory=dict)
    resources: tuple[Resources, ...] = ()
    amounts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    loops: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
