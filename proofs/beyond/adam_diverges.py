"""Adam with beta1 = 0 and beta2 = 1/(1 + C**2) goes uphill on the losses C x, -x, -x, repeated, for
every C > 2: a cycle takes it from x to more than x, though their mean slope (C - 2)/3 is positive.
AMSGrad goes downhill, by (C - 2) lr over its divisor.

Source: Reddi, Kale and Kumar 2018, theorem 1 (with a constant rate, before the projection).
"""

from sympy import Eq, Integer, Max, Rational, symbols

from refmath.proof import Claim, Forall, Run
from refmath.rules import adam

C, v, top, one, two, three, e, lr = symbols("C v top d1 d2 d3 e lr", real=True)
beta2 = 1 / (1 + C**2)
slopes = (C, Integer(-1), Integer(-1))


def states(rule: object, start: dict[str, object], name: str) -> list[object]:
    """What a state is after each step of a cycle, by the declared rule."""
    now, out = dict(start), []
    for slope in slopes:
        run = Run("a", rule, {"beta1": 0, "beta2": beta2}, lambda _, s=slope: s)
        known = {run.before(k): x for k, x in now.items()}
        after = {k: x.xreplace(known) for k, x in run.steps().items()}
        now = {k: after[run[k]] for k in now}
        out.append(now[name])
    return out


raw = adam.vary(correct_second="no")
kept = (C > 2, v >= 0, v <= C**2)
v1, v2, v3 = states(raw, {"theta": Integer(0), "m": Integer(0), "v": v}, "v")
half = Rational(3, 2)  # more than sqrt 2
drift = lr * (-C / one + 1 / two + 1 / three)
share = C**2 / (1 + C**2)  # e**2 = 1 - beta2
claim = Claim(
    id="adam-diverges",
    holds=(
        Forall(v1 >= share * C**2, kept, name="the divisor of C is at least e C", script="signs."),
        Forall(v2 <= half**2 * share, kept, name="the next is at most 3/2 e", script="signs."),
        Forall(v3 <= half**2 * share, kept, name="and the third", script=None),
        Forall(v3 <= C**2, kept, name="so that the next cycle begins alike", script=None),
        Forall(drift >= lr / (3 * e), (
            C > 2, e > 0, lr > 0, one >= e * C, two > 0, two <= half * e, three > 0,
            three <= half * e,
        ), name="uphill by lr/(3 e) at least", script=None),
        Forall(Eq(Max(Max(top, v1), v2), Max(top, v1)), (*kept, top >= 0), script=None,
               name="AMSGrad's divisor is that of C at the second step"),
        Forall(v3 <= v1, kept, name="and at the third", script=None),
        Forall(lr * (-C / one + 1 / one + 1 / one) < 0, (C > 2, one > 0, lr > 0), script="signs.",
               name="downhill"),
    ),
    controls=(
        Forall(lr * (-C / one + 1 / two + 1 / three) > 0, (C > 2, one > 0, two > 0, three > 0,
               lr > 0), name="uphill whatever the divisors"),
        Forall(v3 <= v1, (C > 0, v >= 0, v <= C**2), name="for smaller C as well"),
    ),
    assumptions=("C > 2", "epsilon = 0", "a constant learning rate", "no correction of the bias"),
    definition=("refmath.rules:adam", "refmath.rules:amsgrad"),
)
