"""What is made of a schedule: text, LaTeX, NumPy, exact values, enclosures, wrong forms."""

from refmath.emit.schedule import exact as _exact
from refmath.emit.schedule import latex as _latex
from refmath.emit.schedule import numpy as _numpy
from refmath.emit.schedule import text as _text

__all__: list[str] = []
EMITTERS = (_exact, _latex, _numpy, _text)
"""Importing them registers ``schedule.text``, ``schedule.kernel`` and the like."""
