"""Tuning: exact where the objective is quadratic, by search elsewhere."""

from refmath.tuning.quadratic import Exact as Exact
from refmath.tuning.quadratic import exact as exact
from refmath.tuning.search import Found as Found
from refmath.tuning.search import Trial as Trial
from refmath.tuning.search import search as search
from refmath.tuning.space import Choice as Choice
from refmath.tuning.space import Range as Range
from refmath.tuning.space import parse as parse
from refmath.tuning.stability import factor as factor
from refmath.tuning.stability import jury as jury
from refmath.tuning.stability import stable as stable

__all__ = [
    "Choice", "Exact", "Found", "Range", "Trial", "exact", "factor", "jury", "parse", "search",
    "stable",
]
