"""Records: classes of typed fields that cannot be changed and are compared by value.

They are what ``@dataclass(frozen=True, slots=True)`` makes, made by msgspec: a thirtieth of the time for each
class, of which a render loads over a hundred, and a third for each instance. Type checkers treat them as the
dataclasses that they stand for. What has to keep a field out of its ``repr``, or is a mapping as well, is still a
dataclass.
"""

from __future__ import annotations

from typing import dataclass_transform

import msgspec
from msgspec import field
from msgspec.structs import replace

__all__ = ["Record", "field", "replace"]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Record(msgspec.Struct, frozen=True):
    """A record. With ``dict=True`` after it, a class may have cached properties."""
