"""Learning rates and momenta on a quadratic: optimal and critical, held against the recurrences."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Abs, Matrix, Max, Rational, Symbol, cancel, simplify, solve, sqrt, symbols

from refmath.closed_form import (
    ALL,
    ClosedForm,
    critical_rate,
    critical_rate_heavy_ball,
    critical_rate_nesterov,
    curvatures,
    exactly,
    get,
    momentum_quadratic,
    monotone_rate,
    nesterov_quadratic,
    optimal_heavy_ball,
    optimal_nesterov,
    optimal_rate,
)
from refmath.closed_form.recurrences import growth
from refmath.errors import InvalidInput, UnknownName
from refmath.notation import t
from refmath.rules import momentum, nesterov, sgd

CASES = [("1", "9"), ("1/4", "4"), ("2", "3"), ("5", "5"), ("1/100", "1")]


def radius(rule: Any, curvature: Any, **hyper: Any) -> Any:
    """The exact spectral radius of a declared rule on curvature*theta**2/2, from its own steps."""
    rec = rule.recurrence
    before = {q: Symbol(f"old_{q.name}", real=True) for q in rec.states}
    known = {q[t - 1]: x for q, x in before.items()}
    known |= {rule.hyper[name]: value for name, value in hyper.items()}
    known[rec.gradient[t]] = curvature * rec.at.xreplace(known)
    for step in rec.steps:
        known[step.target] = step.rhs.xreplace(known).expand()
    after = Matrix([known[q[t]] for q in rec.states])
    matrix = after.jacobian(list(before.values()))
    if matrix.shape == (1, 1):
        return abs(matrix[0])
    s, p = matrix.trace(), matrix.det().expand()
    gap = (s**2 - 4 * p).expand()
    return sqrt(p) if gap <= 0 else (abs(s) + sqrt(gap)) / 2


def worst(rule: Any, low: Any, high: Any, **hyper: Any) -> Any:
    """The largest radius over the ends of the spectrum and some curvatures between."""
    between = [low + (high - low) * Rational(i, 4) for i in range(5)]
    return max((radius(rule, x, **hyper) for x in between), key=lambda x: x.evalf(30))


@pytest.mark.parametrize(("low", "high"), CASES)
def test_the_optimal_rate_of_descent(low: str, high: str) -> None:
    """Both ends shrink by (kappa - 1)/(kappa + 1); any other rate is worse, by a certificate.

    mu*(alpha*L - 1) + L*(1 - alpha*mu) = L - mu for all alpha, and the weights add up to L + mu.
    """
    found = exactly(optimal_rate, lambda_min=low, lambda_max=high)
    mu, L = Rational(low), Rational(high)
    kappa = found["kappa"]
    assert found["rate"] == (kappa - 1) / (kappa + 1)
    assert worst(sgd, mu, L, lr=found["lr"]) == found["rate"]
    alpha, m, top = symbols("alpha mu L", real=True)
    certificate = m * (alpha * top - 1) + top * (1 - alpha * m)
    assert certificate.expand() == top - m
    for wrong in (1 / L, 2 / L, 1 / (mu + L), 2 / (mu + L) * Rational(11, 10)):
        if wrong != found["lr"]:
            assert worst(sgd, mu, L, lr=wrong) > found["rate"]


@pytest.mark.parametrize(("low", "high"), CASES)
def test_the_critical_rate_of_descent(low: str, high: str) -> None:
    """|1 - alpha*lambda| is 1 at 2/lambda_max, less below and more above."""
    (lr,) = exactly(critical_rate, lambda_max=high).values()
    top = Rational(high)
    assert radius(sgd, top, lr=lr) == 1
    assert worst(sgd, Rational(low), top, lr=lr * Rational(999, 1000)) < 1
    assert radius(sgd, top, lr=lr * Rational(1001, 1000)) > 1
    assert radius(sgd, top, lr=1 / top) != 1


@pytest.mark.parametrize(("low", "high"), CASES)
def test_the_largest_rate_that_does_not_oscillate(low: str, high: str) -> None:
    """1 - alpha*lambda stays at or above 0 up to 1/lambda_max, and is negative beyond."""
    (lr,) = exactly(monotone_rate, lambda_max=high).values()
    alpha, curvature = symbols("alpha lambda", positive=True)
    factor = ALL["descent_quadratic"].results["theta"].subs({Symbol("theta0", real=True): 1})
    hyper = sgd.hyper["lr"]
    once = factor.xreplace({Symbol("t", integer=True, positive=True): Rational(1)})
    at = {hyper: alpha, Symbol("lambda", real=True): curvature}
    assert solve(once.xreplace(at), alpha) == [1 / curvature]
    for x in (Rational(low), Rational(high)):
        assert once.xreplace({hyper: lr, Symbol("lambda", real=True): x}) >= 0
    beyond = {hyper: lr * Rational(1001, 1000), Symbol("lambda", real=True): Rational(high)}
    assert once.xreplace(beyond) < 0


@pytest.mark.parametrize(("rule", "form", "low", "high"), [
    (momentum, optimal_heavy_ball, low, high)
    for low, high in (("1", "9"), ("1/4", "4"), ("5", "5"), ("1/100", "1"))
] + [
    (nesterov, optimal_nesterov, low, high)
    for low, high in (("1", "5"), ("2", "16"), ("1/16", "1"), ("5", "5"), ("1/33", "1"))
])
def test_optimal_momentum(rule: Any, form: ClosedForm, low: str, high: str) -> None:
    """The worst radius over the spectrum is the rate, and every neighbour's is larger."""
    found = exactly(form, lambda_min=low, lambda_max=high)
    mu, L = Rational(low), Rational(high)
    best = {"lr": found["lr"], "momentum": found["momentum"]}
    assert worst(rule, mu, L, **best) == found["rate"]
    if low == high:
        assert found["rate"] == 0
        return
    for name, factor in (("lr", "0.99"), ("lr", "1.01"), ("momentum", "0.9"), ("momentum", "1.1")):
        neighbour = {**best, name: best[name] * Rational(factor)}
        assert worst(rule, mu, L, **neighbour) > found["rate"]


def test_optimal_momentum_at_every_condition_number() -> None:
    """The characteristic polynomials at both ends have the rate, or minus the rate, as a root."""
    root = Symbol("w", positive=True)
    names = {n: Symbol(n, real=True) for n in ("lambda_min", "lambda_max", "lambda")}
    for form, iterate, ratio in (
        (optimal_heavy_ball, momentum_quadratic, root**2),
        (optimal_nesterov, nesterov_quadratic, (root**2 - 1) / 3),
    ):
        at = {names["lambda_min"]: Rational(1), names["lambda_max"]: ratio}
        lr, decay, rate = (form.results[x].xreplace(at) for x in ("lr", "momentum", "rate"))
        (u,) = iterate.results["v"].atoms(growth)
        hyper = {iterate.symbols["lr"]: lr, iterate.symbols["momentum"]: decay}
        for end, sign in ((Rational(1), 1), (ratio, -1)):
            _, s, p = (x.xreplace({**hyper, names["lambda"]: end}) for x in u.args)
            assert simplify(rate**2 - sign * s * rate + p) == 0
            assert simplify(rate**2 + sign * s * rate + p) != 0


def test_momentum_takes_the_root_of_the_condition_number() -> None:
    """(kappa - 1)/(kappa + 1) becomes (sqrt(kappa) - 1)/(sqrt(kappa) + 1), at all kappa."""
    kappa = Symbol("kappa", positive=True)
    at = {Symbol("lambda_min", real=True): Rational(1), Symbol("lambda_max", real=True): kappa}
    plain = optimal_rate.results["rate"].xreplace(at)
    heavy = optimal_heavy_ball.results["rate"].xreplace(at)
    assert cancel(plain - (kappa - 1) / (kappa + 1)) == 0
    assert simplify(heavy - plain.subs(kappa, sqrt(kappa))) == 0
    decay = optimal_heavy_ball.results["momentum"].xreplace(at)
    assert simplify(decay - heavy**2) == 0


@pytest.mark.parametrize(("rule", "form"), [
    (momentum, critical_rate_heavy_ball), (nesterov, critical_rate_nesterov),
])
@pytest.mark.parametrize("beta", ["0", "1/3", "1/2", "9/10"])
def test_the_critical_rates_of_momentum(rule: Any, form: ClosedForm, beta: str) -> None:
    """The radius is 1 at the bound, less below, more above; and 2/lambda is it without momentum."""
    top = Rational(3)
    (lr,) = exactly(form, lambda_max=3, momentum=beta).values()
    mu = Rational(beta)
    assert radius(rule, top, lr=lr, momentum=mu) == 1
    for x in (top, Rational(1), Rational(1, 50)):
        assert (radius(rule, x, lr=lr * Rational(99, 100), momentum=mu) - 1).evalf(30) < 0
    assert (radius(rule, top, lr=lr * Rational(101, 100), momentum=mu) - 1).evalf(30) > 0
    assert (lr == 2 / top) == (beta == "0")
    plain = radius(rule, top, lr=2 / top, momentum=mu)
    assert (plain == 1) == (beta == "0")


def test_numbers_and_curvatures() -> None:
    """Floats come from the exact value; the spectrum is read off a matrix's symmetric part."""
    found = optimal_heavy_ball(lambda_min=1.0, lambda_max=np.float32(9))
    assert found == {"lr": 0.25, "momentum": 0.25, "rate": 0.5, "kappa": 9.0}
    assert critical_rate(lambda_max=Fraction(1, 3)) == 6.0
    assert exactly(critical_rate, lambda_max="0.1") == {"lr": 20}
    assert exactly(critical_rate, lambda_max=0.1)["lr"] != 20
    spectrum = curvatures(np.diag([4.0, 1.0, 2.0]) + np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 0]]))
    assert spectrum == {"lambda_min": 1.0, "lambda_max": 4.0}
    assert optimal_rate(**spectrum)["lr"] == 0.4


@pytest.mark.parametrize(("form", "values", "message"), [
    (optimal_rate, {"lambda_min": 0, "lambda_max": 1}, "0 < lambda_min <= lambda_max, found"),
    (optimal_rate, {"lambda_min": 2, "lambda_max": 1}, "lambda_max=1, lambda_min=2"),
    (optimal_heavy_ball, {"lambda_min": -1, "lambda_max": 1}, "0 < lambda_min"),
    (critical_rate, {"lambda_max": 0}, "lambda_max > 0, found lambda_max=0"),
    (critical_rate, {"lambda_max": float("nan")}, "finite number"),
    (critical_rate, {"lambda_max": "one"}, "finite number"),
    (critical_rate, {}, "needs lambda_max="),
    (critical_rate, {"lambda_max": 1, "lr": 2}, "no argument 'lr'"),
    (critical_rate_heavy_ball, {"lambda_max": 1, "momentum": 1}, "0 <= momentum < 1, found"),
    (critical_rate_nesterov, {"lambda_max": 1, "momentum": -0.5}, "momentum=-1/2"),
])
def test_where_a_condition_fails_it_is_refused(
    form: ClosedForm, values: dict[str, Any], message: str
) -> None:
    """The message has what was expected and the values found."""
    with pytest.raises(InvalidInput, match=message):
        form(**values)


def test_a_matrix_that_is_no_hessian_is_refused() -> None:
    """Shape and finiteness."""
    with pytest.raises(InvalidInput, match=r"square matrix, found shape \(2, 3\)"):
        curvatures(np.ones((2, 3)))
    with pytest.raises(InvalidInput, match="NaN or infinity"):
        curvatures(np.array([[np.nan]]))


def test_every_closed_form_is_complete() -> None:
    """Each has a name, title, source, statement, results, condition, text and LaTeX."""
    for name, form in ALL.items():
        assert get(name) is form
        assert form.name == name
        assert all(x.strip() for x in (form.title, form.source, form.statement, form.condition))
        assert form.results
        assert len(form.text().splitlines()) >= len(form.results) + 1
        assert form.latex().count("&=") == len(form.results)
    with pytest.raises(UnknownName, match="Did you mean 'ridge'"):
        get("rigde")


def test_the_roots_of_the_iterates_are_those_of_the_rules() -> None:
    """The sum and product of roots in the closed iterates give the same radius as the steps."""
    at = {"lr": Rational(1, 5), "momentum": Rational(1, 2)}
    for rule, form in ((momentum, momentum_quadratic), (nesterov, nesterov_quadratic)):
        (first,) = form.results["v"].atoms(growth)
        values = {rule.hyper[k]: x for k, x in at.items()} | {Symbol("lambda", real=True): 3}
        _, s, p = (x.xreplace(values) for x in first.args)
        root = sqrt(s**2 - 4 * p)
        found = Max(Abs((s + root) / 2), Abs((s - root) / 2))
        assert simplify(found - radius(rule, Rational(3), **at)) == 0
