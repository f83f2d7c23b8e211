"""Iterate until ||theta^{k+1} - theta^k|| < eps: small steps do not mean convergence, since the
steps 1/k pass every eps and go on without end: after 2**k of them 1 + k/2 is reached. Without
a norm not even a small step is asked for.

Printed: |theta^{k+1} - theta^k| < eps, without a norm, as the criterion of convergence.
Source: Scaling Optimization.
"""

from sympy import Abs, Eq, Rational, symbols

from refmath.proof import Claim, Computed, Forall, Verdict
from refmath.proof.computed import of_parts
from refmath.proof.coq.harmonic import HARMONIC

n, m, k, eps, before, after = symbols("n m k eps before after", real=True)
N = symbols("N", real=True)  # 2 n: where a block of n steps ends
SHORTER = """assert (P : 0 < / eps) by (apply Rinv_0_lt_compat; lra).
assert (Q : 0 < x_k) by lra.
assert (E : x_k * eps > 1) by (replace 1 with (/ eps * eps) by (field; lra);
  apply Rmult_gt_compat_r; lra).
apply Rmult_lt_reg_r with x_k; [lra|]. replace (/ x_k * x_k) with 1 by (field; lra). lra."""
term = Forall(1 / (n + m) >= 1 / N, (n >= 1, m >= 1, n + m <= N), script="signs.",
              name="up to N every step is at least 1/N")
block = Forall(Eq(n * (1 / N), Rational(1, 2)), (n >= 1, Eq(N, 2 * n)),
               script="subst; field; lra.",
               name="n steps of at least 1/(2 n) are at least 1/2")

claim = Claim(
    id="S7",
    declared=Verdict.REFUTED,
    holds=(
        term, block,
        Computed("1 + 1/2 + ... + 1/2**k >= 1 + k/2, by induction on k",
                 of_parts(term, block), coq=lambda name: HARMONIC.replace("NAME", name)),
        Forall(1 / k < eps, (eps > 0, k > 1 / eps), script=SHORTER,
               name="yet from k > 1/eps on every step is shorter than eps"),
        Forall(after - before < eps, (eps > 0, Eq(after, before - 2)), script="subst; lra.",
               name="a step of -2 is below every eps if there is no norm"),
    ),
    printed=(
        Forall(Abs(after - before) < eps, (eps > 0, after - before < eps),
               name="theta^{k+1} - theta^k < eps says that the step is small"),
        Forall(1 / (n + 1) + 1 / (n + 2) <= eps, (n > 0, Eq(eps, 1 / n)),
               name="once a step is no longer than eps, no more than eps is left (steps 1/k)"),
    ),
    assumptions=("counterexample: steps 1/k",),
)
