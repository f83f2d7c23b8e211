"""The symbols that claims are written in: hyperparameters by the field's names, and others."""

from typing import Any

from sympy import Function, Symbol

from refmath.proof.runs import g as g
from refmath.proof.runs import t as t
from refmath.proof.runs import theta0 as theta0

__all__ = [
    "G", "beta1", "beta2", "c", "eps", "g", "lam", "lr", "mu", "rho", "t", "theta0", "wd",
]

lr: Any = Symbol("lr", real=True)
mu: Any = Symbol("momentum", real=True)
rho: Any = Symbol("rho", real=True)
beta1: Any = Symbol("beta1", real=True)
beta2: Any = Symbol("beta2", real=True)
eps: Any = Symbol("eps", real=True)
wd: Any = Symbol("weight_decay", real=True)
lam: Any = Symbol("lambda", real=True)
c: Any = Symbol("c", real=True)
G: Any = Function("G")
"""An arbitrary function: the gradient at a point, of the step."""
