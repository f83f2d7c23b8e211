"""Iterate until ||theta^{k+1} - theta^k|| < eps: small steps do not mean convergence, since the
steps 1/k go on without end.

Printed: |theta^{k+1} - theta^k| < eps, without a norm, as the criterion of convergence.
Source: Scaling Optimization.
"""

from fractions import Fraction

from sympy import symbols

from refmath.proof import Claim, Computed, Forall, Verdict

n, k, eps, before, after = symbols("n k eps before after", real=True)


def harmonic(terms: int) -> Fraction:
    return sum((Fraction(1, j) for j in range(1, terms + 1)), Fraction(0))


claim = Claim(
    id="S7",
    declared=Verdict.REFUTED,
    holds=(
        Forall(1 / (n + k) >= 1 / (2 * n), (n > 0, k > 0, k <= n), script=None,
               name="n steps from n on add at least a half, however small each is"),
        Computed("the steps 1/k pass every bound", {
            "partial sums": lambda: harmonic(2**7) > 4,
            "doubling": lambda: all(harmonic(2 * m) - harmonic(m) >= Fraction(1, 2)
                                    for m in range(1, 60)),
        }),
    ),
    printed=(
        Forall(1 / (n + 1) + 1 / (n + 2) <= 1 / n, (n > 0,),
               name="a step below 1/n leaves less than 1/n to go (steps 1/k)"),
        Forall(after - before < eps, (before - after < eps, before > after - 2, eps > 0),
               name="without a norm: theta^{k+1} - theta^k < eps says that the step is small"),
    ),
    assumptions=("counterexample: steps 1/k",),
)
