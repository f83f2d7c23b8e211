"""What is made of a declaration: text, LaTeX, NumPy and JavaScript, enclosures, mutants, cases."""

from refmath.emit import javascript as _javascript
from refmath.emit import latex as _latex
from refmath.emit import numpy as _numpy
from refmath.emit import text as _text
from refmath.emit.tensor.kernel import api as _tensor_kernel
from refmath.emit.tensor.notation import printed as _tensor_notation

__all__: list[str] = []
EMITTERS = (_javascript, _latex, _numpy, _text, _tensor_kernel, _tensor_notation)
"""Importing them registers ``rule.latex``, ``expression.kernel`` and the like."""
