"""What is known of a kind's chart beyond its schema, as one record a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from cozygen.charts.names import Derived, DerivedFrom
from cozygen.charts.release import Fault, Release
from cozygen.charts.text import Text

Check = Callable[[Release], Iterable[Fault]]


@dataclass(frozen=True, slots=True)
class Rules:
    """A kind's rules. Paths are written with dots; ``*`` is any key, ``#`` any item, a last ``~`` a key itself.

    ``nulls`` are the defaults that the chart cannot do without, each with the condition under which it
    needs them. ``flat`` are the resources that the chart refuses in nested form, again each with its condition;
    ``pods`` says whether they reach built-in objects, which take quantities only. ``secrets`` are the values that may refer to a Secret.
    ``check`` looks at what belongs together. ``hidden`` are keys that the templates read although neither
    the schema nor the chart's values list them.
    """

    check: Check | None = None
    names: tuple[Derived, ...] = ()
    derived: tuple[DerivedFrom, ...] = ()
    texts: tuple[Text, ...] = ()
    nulls: Mapping[str, str] = field(default_factory=dict)
    flat: Mapping[str, str] = field(default_factory=dict)
    pods: bool = False
    secrets: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
