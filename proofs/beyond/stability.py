"""On a quadratic the heavy ball converges from every start if and only if 0 <= beta < 1 and 0 < h <
2 (1 + beta)/lambda, Nesterov's method if and only if 0 < h < (2 + 2 beta)/((1 + 2 beta) lambda):
Jury's conditions on the roots of their recursions.

Source: Polyak 1964; Jury 1964; O'Donoghue and Candes 2015, section 4.
"""

from sympy import And, Eq, symbols

from refmath.closed_form import critical_rate_heavy_ball, critical_rate_nesterov
from refmath.closed_form.rates import highest
from refmath.proof import Along, Claim, Forall, Run
from refmath.proof.names import lam
from refmath.proof.names import lr as h
from refmath.proof.names import mu as beta
from refmath.rules import momentum, nesterov

a, b, r, s = symbols("a b r s", real=True)  # roots r and s, or a + b i and a - b i
real = (beta >= 0, beta < 1, lam > 0, h > 0)
heavy = (1 + beta - h * lam, beta)  # sum and product of the roots
ahead = ((1 + beta) * (1 - h * lam), beta * (1 - h * lam))
put = {highest: lam}
heavy_limit = critical_rate_heavy_ball.results["lr"].xreplace(put)
ahead_limit = critical_rate_nesterov.results["lr"].xreplace(put)


def jury(total: object, product: object) -> object:
    return And(1 - total + product > 0, 1 + total + product > 0, product < 1)


def recursion(rule: object, roots: tuple[object, object], name: str) -> Along:
    """theta_t = total theta_{t-1} - product theta_{t-2}, where v is theta - theta_{t-1}."""
    run = Run("a", rule, gradient=lambda p: lam * p)
    now, v = run.before("theta"), run.before("v")
    total, product = roots
    return Along((run,), results=(
        Eq(run["theta"], total * now - product * (now - v)), Eq(run["v"], run["theta"] - now),
    ), name=f"the recursion of {name}")


def fails(conditions: tuple[object, ...], goal: object, name: str) -> Forall:
    return Forall(goal, conditions, name=f"necessary: {name}", script="nra.")


claim = Claim(
    id="stability",
    holds=(
        recursion(momentum, heavy, "the heavy ball"),
        recursion(nesterov, ahead, "Nesterov's method"),
        Forall(jury(r + s, r * s), (r > -1, r < 1, s > -1, s < 1), script="repeat split; nra.",
               name="real roots inside meet Jury's conditions"),
        fails((r >= 1, s <= 1), (1 - r) * (1 - s) <= 0, "a root from 1, the other up to it"),
        fails((r >= 1, s >= 1), r * s >= 1, "both from 1"),
        fails((r <= -1, s >= -1), (1 + r) * (1 + s) <= 0, "a root up to -1, the other from it"),
        fails((r <= -1, s <= -1), r * s >= 1, "both up to -1"),
        Forall(1 - 2 * a + a**2 + b**2 > 0, (b > 0,), using=((1, (1 - a) ** 2),), script="nra.",
               name="complex roots meet the first condition"),
        Forall(1 + 2 * a + a**2 + b**2 > 0, (b > 0,), using=((1, (1 + a) ** 2),), script="nra.",
               name="and the second; the third says that they are inside"),
        Forall(jury(*heavy), (*real, h < heavy_limit), script="quotients. finish.",
               name="heavy ball, below"),
        Forall(1 + heavy[0] + heavy[1] <= 0, (*real, h >= heavy_limit), script="signs.",
               name="heavy ball, from the critical rate on"),
        Forall(jury(*ahead), (*real, h < ahead_limit), script=None, name="Nesterov, below"),
        Forall(1 + ahead[0] + ahead[1] <= 0, (*real, h >= ahead_limit), script="signs.",
               name="Nesterov, from the critical rate on"),
    ),
    controls=(
        Forall(jury(*ahead), (*real, h < heavy_limit), name="Nesterov as far as the heavy ball"),
        Forall(jury(*heavy), (beta >= 0, lam > 0, h > 0, h < heavy_limit), name="any momentum"),
    ),
    assumptions=("a quadratic", "along an eigen-direction of curvature lambda > 0"),
    definition=("refmath.closed_form:critical_rate_heavy_ball",
                "refmath.closed_form:critical_rate_nesterov"),
)
