"""Quasi-Newton formulas in index form: the updates of BFGS and DFP, and L-BFGS as a product."""

from refmath.quasi_newton.record import Formula as Formula
from refmath.quasi_newton.recursion import product_form as product_form
from refmath.quasi_newton.recursion import scaling as scaling
from refmath.quasi_newton.recursion import two_loops as two_loops
from refmath.quasi_newton.updates import bfgs as bfgs
from refmath.quasi_newton.updates import bfgs_direct as bfgs_direct
from refmath.quasi_newton.updates import dfp as dfp
from refmath.quasi_newton.updates import dfp_direct as dfp_direct

UPDATES: tuple[Formula, ...] = (bfgs, bfgs_direct, dfp, dfp_direct)
"""The updates of a matrix by one pair."""
