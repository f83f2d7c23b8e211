"""One Newton step solves a quadratic from anywhere; elsewhere it may diverge, or step to a saddle
or maximum: no learning rate is not always an advantage.

Source: Lecture 4: neural networks, backprop, optimization, we got rid of the learning rate.
"""

from sympy import Eq, symbols

from refmath.proof import Claim, Forall, Verdict

x, a, b = symbols("x a b", real=True)
# sqrt(1 + x**2): g = x/s, H = 1/s**3 with s = sqrt(1 + x**2), so that a step leads to -x**3
slope, bend = x, 1 / (1 + x**2)  # both times s
far = x - slope / bend
claim = Claim(
    id="T26",
    declared=Verdict.REFUTED,
    holds=(
        Forall(Eq(a * (x - (a * x - b) / a) - b, 0), (a > 0,), name="exact on a quadratic"),
        Forall(Eq(far, -(x**3)), (x > -1, x < 1), script="field; nra.",
               name="on sqrt(1 + x**2) it goes to -x**3"),
        Forall(far**2 <= x**2, (x**2 < 1,), using=((x**2 * (1 + x**2), 1 - x**2),), script="signs.",
               name="nearer from within (-1, 1)"),
    ),
    printed=(
        Forall(far**2 < x**2, (x > 1,), name="it comes nearer from x > 1"),
        Forall(2 * a * (x - 0) ** 2 >= 2 * a * (x - (2 * a * x) / (2 * a)) ** 2,
               (Eq(a, -1), x > 0), name="it lowers a x**2 with a = -1"),
    ),
    definition=("refmath.closed_form:newton_step",),
    assumptions=("exact: on quadratics with a non-singular Hessian",),
)
