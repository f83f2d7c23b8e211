"""The rates c/t satisfy Robbins and Monro's conditions: their sum diverges, the sum of their
squares does not; constant and geometric rates satisfy only one of them. They guarantee the
global minimum for convex losses, not for networks.

Printed: can even guarantee convergence to the global minimum.
Source: Learning Deep Network; Robbins and Monro 1951.
"""

from fractions import Fraction

from sympy import Eq, symbols

from refmath.proof import Along, Claim, Computed, Forall, Run, Verdict
from refmath.proof.names import lr
from refmath.rules import sgd

n, k, x = symbols("n k x", real=True)


def sum_of(power: int, terms: int) -> Fraction:
    return sum((Fraction(1, j**power) for j in range(1, terms + 1)), Fraction(0))


# the part from n + 1 to 2 n of the harmonic sum is at least n/(2 n): doubling adds a half
doubling = Computed("sum 1/t diverges: every doubling adds at least a half", {
    "partial sums": lambda: all(sum_of(1, 2 * m) - sum_of(1, m) >= Fraction(1, 2)
                                for m in range(1, 40)),
    "term by term": lambda: all(Fraction(1, m + j) >= Fraction(1, 2 * m)
                                for m in range(1, 40) for j in range(1, m + 1)),
})
double_well = (x**2 - 1) ** 2 + x / 2  # minima near -1 (lower) and +1
a = Run("a", sgd, gradient=lambda p: 0 * p)
claim = Claim(
    id="L5",
    declared=Verdict.REFUTED,
    holds=(
        Forall(1 / (n + k) >= 1 / (2 * n), (n > 0, k > 0, k <= n), script=None,
               name="sum 1/t diverges: n terms of at least 1/(2 n)"),
        Forall(1 / n**2 <= 1 / (n - 1) - 1 / n, (n > 1,), script=None,
               name="sum 1/t**2 converges: it telescopes"),
        doubling,
        Along((a,), results=(Eq(a["theta"], a.before("theta")),), varying=(lr,),
              name="at a stationary point nothing moves, whatever the rates"),
    ),
    printed=(
        Forall(double_well.xreplace({x: 1 + 0 * n}) <= double_well.xreplace({x: -1 + 0 * n}),
               name="the minimum near 1 of (x**2 - 1)**2 + x/2 is the global one"),
    ),
    controls=(Forall(1 / n <= 1 / (n - 1) - 1 / n, (n > 1,), name="the same for sum 1/t"),),
    definition=("refmath.schedules:inverse_time",),
    assumptions=("convergence to the global minimum: a convex loss, noise of bounded variance",),
)
