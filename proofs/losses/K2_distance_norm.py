"""The norm ||o - y|| is differentiable except at o = y, where its difference quotients from both
sides are different; its square is differentiable everywhere.

Printed: the distance norm ||o - y|| is differentiable.
Source: Optimization of deep networks (2019), regression loss.
"""

from sympy import Abs, Eq, symbols

import refmath as rm
from refmath.proof import Claim, Forall, Verdict, slope
from refmath.tensor import tensors

h, x = symbols("h x", real=True)
o, y = tensors("o[n] y[n]")
claim = Claim(
    id="K2",
    declared=Verdict.REFUTED,
    holds=(
        slope(rm.sqrt(rm.sum((o - y) ** 2)), o,
             (o - y) / rm.sqrt(rm.sum((o - y) ** 2)), name="its gradient elsewhere"),
        slope(rm.sum((o - y) ** 2), o, 2 * (o - y), name="its square", coq={"n": 2}),
        Forall(Eq(((x + h) ** 2 - x**2) / h, h), (h > 0, Eq(x, 0)), script="subst; field; lra.",
               name="the square at o = y"),
    ),
    printed=(
        Forall(Eq(Abs(h) / h, Abs(-h) / (-h)), (h > 0,), name="one slope from both sides"),
    ),
    definition=("refmath.objectives:distance",),
    assumptions=("elsewhere: o is not y",),
)
