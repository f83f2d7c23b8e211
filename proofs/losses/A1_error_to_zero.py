"""The squared error reaches 0 exactly where y is the ground truth; cross entropy of a softmax
never does: its probability of the true class stays below 1.

Printed: the error goes to 0, whatever the loss.
Source: Optimization in Deep Learning (after Goodfellow et al.), error eps = L(y, y_GT) -> 0.
"""

from sympy import Eq, symbols

from refmath.proof import Claim, Forall, Verdict

y, truth, a, b = symbols("y truth a b", real=True)  # a = exp(o_true), b the other exponentials
claim = Claim(
    id="A1",
    declared=Verdict.REFUTED,
    holds=(
        Forall(Eq((y - truth) ** 2, 0), (Eq(y, truth),), name="reached by the squared error"),
        Forall(a / (a + b) < 1, (a > 0, b > 0), name="not by cross entropy",
               script="apply Rmult_lt_reg_r with (a + b); [lra | field_simplify; lra]."),
    ),
    printed=(Forall(Eq(a / (a + b), 1), (a > 0, b > 0), name="softmax reaches 1"),),
    definition=("refmath.objectives:squared_error", "refmath.objectives:cross_entropy"),
    assumptions=("finite logits, at least two classes",),
)
