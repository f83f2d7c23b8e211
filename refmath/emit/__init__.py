"""What is made of a declaration: text, LaTeX, NumPy kernels, enclosures, mutants, strategies."""

from refmath.emit import latex as _latex
from refmath.emit import numpy as _numpy
from refmath.emit import text as _text

__all__: list[str] = []
EMITTERS = (_latex, _numpy, _text)
"""Importing them registers ``rule.latex``, ``rule.kernel`` and ``rule.text``."""
