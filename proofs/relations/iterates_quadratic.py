"""On a quadratic the iterates of gradient descent, momentum and Nesterov's method along an eigen-
direction have closed forms, the declared ones. Gradient descent's shrink by |1 - h lambda| a
step; momentum's, where the roots of its recursion are both r, are (1 + t (1 - r)) r**t: the rate is
r, after a linear factor.

Source: Goh 2017, doi:10.23915/distill.00006; Sutskever, Martens, Dahl and Hinton 2013, theorem
2.1.
"""

from sympy import symbols

from refmath.closed_form import descent_quadratic, momentum_quadratic, nesterov_quadratic
from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import lam, t, theta0
from refmath.proof.runs import symbol_of
from refmath.rules import momentum


def follows(form: object, factor: int = 1, note: str = "") -> Along:
    run = Run("a", form.rule, gradient=lambda p: lam * p)
    put = {s: {"start": theta0, "curvature": lam}.get(n, symbol_of(n))
           for n, s in form.symbols.items()}
    equations = {run[n]: e.xreplace(put) * (factor if n == "theta" else 1)
                 for n, e in form.results.items()}
    return Along((run,), equations, given=domains(run), name=form.title + note, script=None)


r = symbols("r", real=True)
best = Run("a", momentum, {"momentum": r**2, "lr": (1 - r) ** 2 / lam}, lambda p: lam * p)


def double_root(grows: int) -> Along:
    """The iterates where momentum is r**2 and lr lambda is (1 - r)**2."""
    return Along((best,), {
        best["theta"]: theta0 * (1 + grows * t * (1 - r)) * r**t,
        best["v"]: -((1 - r) ** 2) * theta0 * t * r**t / r,
    }, given=(r > 0, r < 1, lam > 0), script=None,
        name=f"momentum at a double root r{'' if grows else ', without the linear factor'}")


claim = Claim(
    id="iterates-quadratic",
    holds=(follows(descent_quadratic), follows(momentum_quadratic), follows(nesterov_quadratic),
           double_root(1)),
    controls=(follows(descent_quadratic, 2, ", twice as far"), double_root(0)),
    definition=("refmath.closed_form:descent_quadratic", "refmath.closed_form:momentum_quadratic",
                "refmath.closed_form:nesterov_quadratic"),
    assumptions=("one direction of curvature lambda", "a constant learning rate and momentum"),
    relation=True,
)
