"""The squared error reaches 0 exactly where y is the ground truth; cross entropy of a softmax
never does: its probability of the true class stays below 1, so that -log of it stays above 0,
though it comes as near to 0 as one likes.

Printed: the error goes to 0, whatever the loss.
Source: Optimization in Deep Learning (after Goodfellow et al.), error eps = L(y, y_GT) -> 0.
"""

from sympy import Eq, symbols

from refmath.proof import Claim, Computed, Forall, Verdict
from refmath.proof.computed import of_parts

# a = exp(o_true), b the sum of the other exponentials, e a small number
y, truth, a, b, e = symbols("y truth a b e", real=True)
below = Forall(a / (a + b) < 1, (a > 0, b > 0), name="the probability is below 1",
               script="apply Rmult_lt_reg_r with (a + b); [lra | field_simplify; lra].")
above = Forall(a / (a + b) > 0, (a > 0, b > 0), name="and above 0",
               script="apply Rdiv_lt_0_compat; lra.")
COQ = """Theorem NAME : forall a b, 0 < a -> 0 < b -> 0 < - ln (a / (a + b)).
Proof.
  intros a b Ha Hb. assert (Q : 0 < a / (a + b)) by (apply Rdiv_lt_0_compat; lra).
  assert (a / (a + b) < 1) by (apply Rmult_lt_reg_r with (a + b); [lra | field_simplify; lra]).
  pose proof (ln_increasing _ _ Q H) as K. rewrite ln_1 in K. lra.
Qed."""

claim = Claim(
    id="A1",
    declared=Verdict.REFUTED,
    holds=(
        Forall(Eq((y - truth) ** 2, 0), (Eq(y, truth),), name="squared error: 0 at the truth"),
        Forall((y - truth) ** 2 > 0, (y > truth,), name="more than 0 above it", script="nra."),
        Forall((y - truth) ** 2 > 0, (y < truth,), name="and below it", script="nra."),
        below, above,
        Computed("cross entropy -log p is above 0", of_parts(below, above),
                 coq=lambda name: COQ.replace("NAME", name)),
        Forall(a / (a + b) > 1 - e, (b > 0, e > 0, e < 1, a > b / e), script=None,
               name="p exceeds 1 - e where the other exponentials are below e times its own"),
    ),
    printed=(Forall(Eq(a / (a + b), 1), (a > 0, b > 0), name="softmax reaches 1"),),
    controls=(
        Forall(a / (a + b) > 1 - e, (b > 0, e > 0, e < 1, a > 1 / e), name="whatever b is"),
    ),
    definition=("refmath.objectives:squared_error", "refmath.objectives:cross_entropy"),
    assumptions=("finite logits, at least two classes",),
)
