"""Minimizers under the oracle: right ones conform, wrong ones are caught and named."""

import json
from typing import Any

import numpy as np
import pytest
import scipy.optimize

from refmath import check_minimizer
from refmath.errors import InvalidInput, UnknownName
from refmath.oracle.minimizer.audit import (
    C1,
    C2,
    CONDITIONS,
    Wrong,
    caught,
    minimizer_of,
    wrong_minimizers,
)
from refmath.oracle.minimizer.balls import UNIT, Ball, dot, exact
from refmath.oracle.minimizer.cases import cases
from refmath.oracle.minimizer.judge import use
from refmath.oracle.minimizer.recurrence import directions, inverse
from refmath.oracle.minimizer.variants import RULES
from refmath.quasi_newton import product_form, two_loops

Array = Any

KNOWN = [
    "refmath.optimizers:BFGS", "refmath.optimizers:LBFGS", "refmath.optimizers:Newton",
    "scipy:BFGS", "torch.optim:LBFGS",
]  # fmt: skip
MEMORIES = range(2, 12)
MUTANTS = [
    w for w in wrong_minimizers()
    if not any(w.name == f"L-BFGS with a memory of {m}, whatever is asked for" for m in MEMORIES)
]  # fmt: skip


@pytest.mark.parametrize("target", KNOWN)
def test_minimizers_conform(target: str) -> None:
    """Every direction is that of the recurrence, and every step satisfies its conditions."""
    found = check_minimizer(target)
    assert found.verdict == "CONFORMS", str(found)
    assert sum(r["directions"] for r in found.results[0].runs) >= 20
    assert 0 < found.results[0].worst < 1


def test_optax_conforms() -> None:
    """So does Optax's, which keeps pairs of negative curvature."""
    found = check_minimizer("optax:lbfgs", examples=2, seconds=60)
    assert found.verdict == "CONFORMS", str(found)


def test_scipys_iterates_conform_and_its_inverse_hessian_does_not() -> None:
    """L-BFGS-B goes right; what it returns as hess_inv violates the secant equation.

    Its pairs are in the order of the circular buffer's places once that is full, and gamma is 1.
    """
    iterates, matrix, _ = check_minimizer("scipy:L-BFGS-B").results
    assert iterates.verdict == "CONFORMS"
    assert matrix.verdict == "DEVIATES"
    assert matrix.rule == "lbfgs hess_inv"
    assert "circular buffer" in matrix.diagnosis[0]
    assert "gamma = 1" in matrix.diagnosis[0]
    assert "secant equation H y = s fails" in matrix.slips[0]
    points: list[Array] = [np.array([-1.2, 1.0])]
    result = scipy.optimize.minimize(
        scipy.optimize.rosen, points[0], jac=scipy.optimize.rosen_der, method="L-BFGS-B",
        callback=points.append, options={"maxcor": 2, "maxiter": 3},
    )  # fmt: skip
    s = points[-1] - points[-2]
    y = scipy.optimize.rosen_der(points[-1]) - scipy.optimize.rosen_der(points[-2])
    assert np.abs(result.hess_inv @ y - s).max() > 0.1 * np.abs(s).max()


def test_findings_beside_the_iterates_are_notes_where_nobody_asked() -> None:
    """In a check of everything the matrix is a note of the one result, which conforms."""
    (found,) = check_minimizer("scipy:L-BFGS-B", by_name=False).results
    assert found.verdict == "CONFORMS"
    assert found.notes[0].startswith("finding: lbfgs hess_inv: ")


@pytest.mark.parametrize("rule", ["lbfgs", "bfgs"])
def test_the_right_recurrence_conforms(rule: str) -> None:
    """The loop that wrong recurrences are put into conforms with the right one: the control."""
    found = check_minimizer(minimizer_of(RULES[rule]), rule)
    assert found.verdict == "CONFORMS", str(found)


def test_the_right_conditions_conform() -> None:
    """So does the line search that wrong conditions are put into."""
    made = minimizer_of(RULES["lbfgs"], CONDITIONS["the Wolfe conditions"])
    found = check_minimizer(made, "lbfgs", constants={"c1": C1, "c2": C2})
    assert found.verdict == "CONFORMS", str(found)


@pytest.mark.parametrize("wrong", MUTANTS, ids=[f"{w.rule}-{w.name}" for w in MUTANTS])
def test_every_wrong_minimizer_is_caught_and_named(wrong: Wrong) -> None:
    """Each wrong recurrence is diagnosed as itself, each wrong condition as a condition."""
    found = caught(wrong)
    assert found.killed, found.result.summary()
    assert found.named, found.result.summary()


def test_the_reference_is_the_declared_recursion() -> None:
    """The balls hold what the generated kernels of the two loops and of the product form give."""
    rng = np.random.default_rng(1)
    x = [rng.standard_normal(4) for _ in range(4)]
    matrix = np.diag([1.0, 2.0, 3.0, 4.0])
    g = [matrix @ p for p in x]
    *_, last = directions(RULES["lbfgs"], [*x, x[-1]], [*g, g[-1]], 3)
    assert last is not None
    given = {"g": g[-1]}
    for i in range(1, 4):
        given |= {f"s{i}": x[i] - x[i - 1], f"y{i}": g[i] - g[i - 1]}
    for formula in (two_loops(3), product_form(3)):
        found = -formula.kernel()(**given)
        assert (np.abs(found - last.mid) <= last.rad).all()
    times = inverse(RULES["lbfgs"], x, g, 3)
    assert times is not None
    y, s = g[-1] - g[-2], x[-1] - x[-2]
    assert (np.abs(times(y).mid - s) <= times(y).rad).all()


def test_balls_hold_what_exact_arithmetic_gives() -> None:
    """Products, sums, quotients and inner products of doubles, in fractions."""
    from fractions import Fraction

    rng = np.random.default_rng(2)
    for _ in range(200):
        a, b, c = (rng.standard_normal(5) * 10.0 ** rng.integers(-3, 4) for _ in range(3))
        found = (exact(a) * exact(b) + exact(c)) / exact(b) - exact(a)
        right = [
            (Fraction(p) * Fraction(q) + Fraction(r)) / Fraction(q) - Fraction(p)
            for p, q, r in zip(a, b, c, strict=True)
        ]
        gaps = [abs(Fraction(m) - t) for m, t in zip(found.mid, right, strict=True)]
        assert all(g <= Fraction(r) for g, r in zip(gaps, found.rad, strict=True))
        product = dot(exact(a), exact(b))
        whole = sum(Fraction(p) * Fraction(q) for p, q in zip(a, b, strict=True))
        assert abs(Fraction(float(product.mid)) - whole) <= Fraction(float(product.rad))


def test_the_use_of_a_bound_is_the_least_that_some_multiple_takes() -> None:
    """0 for an exact multiple but for rounding, 1 at the edge, infinite the other way."""
    r = Ball(np.array([1.0, 2.0]), np.array([0.0, 0.1]))
    nothing = np.zeros(2)
    assert use(np.array([3.0, 6.0]), nothing, r) < 1e-3
    assert use(np.array([3.0, 6.3]), nothing, r) == pytest.approx(1, rel=1e-6)
    assert use(np.array([3.0, 6.0 * (1 + 1e-3)]), nothing, r) < 1
    assert use(np.array([3.0, 7.0]), nothing, r) > 1
    assert use(np.array([-3.0, -6.0]), nothing, r) == np.inf
    assert use(np.array([1.0 + UNIT * 2, 2.0]), np.full(2, UNIT), exact([1.0, 2.0])) <= 1


def test_the_cases_are_what_they_say() -> None:
    """Solvable ones have a known minimum; the small come first; some wrap every memory."""
    for case in cases():
        problem = case.problem
        assert not case.solvable or problem.minima
        step = 1e-6
        slope = problem.jac(problem.x0)
        for i, e in enumerate(np.eye(problem.x0.size)):
            ahead, back = problem.fun(problem.x0 + step * e), problem.fun(problem.x0 - step * e)
            assert abs((ahead - back) / (2 * step) - slope[i]) <= 1e-4 * (1 + np.abs(slope).max())
    assert len({c.problem.name for c in cases()}) == len(cases())


def test_a_report_is_plain_data() -> None:
    """JSON with the runs, the slips, and the smallest run with its code."""
    wrong = MUTANTS[0]
    data = json.loads(check_minimizer(wrong.minimize, wrong.rule).to_json())["subjects"][0]
    assert data["verdict"] == "DEVIATES"
    assert data["slips"]
    assert data["runs"][0]["case"] == cases()[0].problem.name
    small = data["smallest_case"]
    assert len(small["points"]) == len(small["gradients"]) == small["step"]
    compile(small["code"], "code", "exec")


REFUSED = [
    ("scipy:Newton-CG", {}, UnknownName, "unknown method of SciPy"),
    ("scipy:BFGS", {"rule": "lbfgs"}, InvalidInput, "is held against bfgs"),
    ("scipy:BFGS", {"vary": {"gamma": "1"}}, UnknownName, "unknown axis of bfgs"),
    ("scipy:BFGS", {"vary": {"first": "one"}}, UnknownName, "unknown option of first"),
    (lambda fun, x0, jac: x0, {"rule": "lbfgs"}, InvalidInput, "expected an argument callback"),
    (lambda fun, x0, jac, callback: x0, {"rule": "newton"}, InvalidInput, "an argument hess"),
    (lambda fun, x0, jac, callback: x0, {}, InvalidInput, "which rule should"),
    (3, {"rule": "bfgs"}, InvalidInput, "expected a function minimize"),
    (minimizer_of(RULES["bfgs"]), {"rule": "bfsg"}, UnknownName, "minimizer's rule"),
    (minimizer_of(RULES["bfgs"]), {"rule": "bfgs", "constants": {"c3": 1.0}}, UnknownName,
     "constant of a minimizer"),
    (minimizer_of(RULES["bfgs"]), {"rule": "bfgs", "constants": {"memory": 0.0}}, InvalidInput,
     "memory=0: expected a whole number"),
    (minimizer_of(RULES["bfgs"]), {"rule": "bfgs", "constants": {"memory": 2.5}}, InvalidInput,
     "memory=2.5: expected a whole number"),
    (minimizer_of(RULES["bfgs"]), {"rule": "bfgs", "constants": {"c1": -1.0}}, InvalidInput,
     "c1=-1, c2=1: expected 0 < c1 < c2"),
    (minimizer_of(RULES["bfgs"]), {"rule": "bfgs", "constants": {"c1": 0.5, "c2": 0.4}},
     InvalidInput, "c1=0.5, c2=0.4: expected"),
    ("scipy:BFGS", {"constants": {"memory": 3.0}}, InvalidInput, "asked for what it needs"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "options", "kind", "text"), REFUSED,
    ids=[f"{i}-{r[3]}" for i, r in enumerate(REFUSED)],
)  # fmt: skip
def test_what_cannot_be_checked_is_refused(
    target: Any, options: dict[str, Any], kind: type[Exception], text: str
) -> None:
    """With what was expected, found, and the cure."""
    with pytest.raises(kind, match=text):
        check_minimizer(target, options.pop("rule", None), **options)


def raising(fun: Any, x0: Array, jac: Any, callback: Any) -> Any:
    """It raises."""
    raise ValueError("no good")


def speaking(fun: Any, x0: Array, jac: Any, callback: Any) -> Any:
    """It returns text."""
    return "done"


def flattening(fun: Any, x0: Array, jac: Any, callback: Any) -> Any:
    """Its iterates have another size."""
    callback(x0[:1])
    return x0


@pytest.mark.parametrize(
    ("subject", "text"),
    [(raising, "ValueError: no good"), (speaking, "returned str"), (flattening, "1 entries")],
    ids=["raises", "returns text", "another size"],
)
def test_a_subject_that_fails_by_itself(subject: Any, text: str) -> None:
    """The verdict is FAILED, with what it did."""
    found = check_minimizer(subject, "bfgs")
    assert found.verdict == "FAILED"
    assert text in found.diagnosis[0]


def test_one_that_goes_nowhere_gives_up() -> None:
    """A minimizer that returns its start deviates: it is not at the minimum."""
    found = check_minimizer(lambda fun, x0, jac, callback: x0, "bfgs")
    assert found.verdict == "DEVIATES"
    assert any("gives up" in text for text in found.gravest.slips)  # type: ignore[attr-defined]


def test_a_smaller_memory_is_a_variant_with_a_switch() -> None:
    """One that keeps 3 pairs whatever it is asked: named, and asked for so it conforms."""
    full = minimizer_of(RULES["lbfgs"])

    def minimize(fun: Any, x0: Array, jac: Any, callback: Any) -> Any:
        return full(fun, x0, jac, callback, memory=3)

    found = check_minimizer(minimize, "lbfgs")
    assert found.verdict == "VARIANT", str(found)
    assert found.gravest.switch == "--fix memory=3"
    assert check_minimizer(minimize, "lbfgs", constants={"memory": 3}).verdict == "CONFORMS"
