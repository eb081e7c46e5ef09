"""JSON Schema as cozygen uses it: a fast yes or no, and an explanation in words where it is no.

:class:`Schema` answers :meth:`~Schema.valid` with a compiled validator and, only where that fails, walks the
value once more in Python to say every violation with its path. Both read the same schema document.
``cozygen.schema.build`` holds the few functions that the spec's own schemas are written with.
"""

from cozygen.schema.explain import Violation
from cozygen.schema.suggest import closest, did_you_mean
from cozygen.schema.validator import Schema

__all__ = ["Schema", "Violation", "closest", "did_you_mean"]
