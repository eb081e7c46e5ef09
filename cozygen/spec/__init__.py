"""The spec: what people write, read into typed, layered, blueprint-free entries.

Takes bytes of files and gives a :class:`Spec` plus diagnostics. Nothing here knows what the entries mean on
the platform; that is linking's work (``cozygen.platform``).
"""

from cozygen.spec.model import Entry, Inputs, Layer, Source, Spec

__all__ = ["Entry", "Inputs", "Layer", "Source", "Spec"]
