"""Minimizers as methods for `scipy.optimize.minimize`, or alone: Newton, BFGS and L-BFGS.

Importing them loads NumPy and the standard library only.
"""

from .bfgs import BFGS as BFGS
from .lbfgs import LBFGS as LBFGS
from .method import Minimizer as Minimizer
from .newton import Newton as Newton

__all__ = ["BFGS", "LBFGS", "Minimizer", "Newton"]
