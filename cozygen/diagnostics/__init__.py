"""What cozygen says about a spec: records, codes and their ordering.

A diagnostic is data. Core code collects diagnostics and never prints, exits or raises for a mistake in a
spec. Renderers live in ``cozygen.review`` and ``cozygen.cli``.
"""

from cozygen.diagnostics.record import Code, Diagnostic, Place, Related, Severity, ordered

__all__ = ["Code", "Diagnostic", "Place", "Related", "Severity", "ordered"]
