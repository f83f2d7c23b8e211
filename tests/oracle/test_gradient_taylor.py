"""Gradients without a declaration: the order of the Taylor remainder."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

from refmath import check_gradient
from refmath.errors import InvalidInput
from refmath.oracle.report import Report

A = np.random.default_rng(0).normal(size=(6, 6))
POINT = np.random.default_rng(1).normal(size=6)


def value(x: Any) -> Any:
    """Smooth, of moderate size."""
    return np.sum(np.sin(A @ x) ** 2) + 0.1 * np.exp(x).sum()


def slope(x: Any) -> Any:
    """Its gradient."""
    z = A @ x
    return 2 * A.T @ (np.sin(z) * np.cos(z)) + 0.1 * np.exp(x)


def off(factor: float, at: int | None = None) -> Callable[[Any], Any]:
    """The gradient, wrong by a factor, in one coordinate or all."""
    def wrong(x: Any) -> Any:
        g = slope(x)
        g[slice(None) if at is None else at] *= factor
        return g

    return wrong


def order(report: Report) -> list[float]:
    """The fitted orders along all directions."""
    ladders = report.results[0].ladder  # type: ignore[attr-defined]
    return [x["order"] for x in ladders]


@settings(derandomize=True, deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_the_right_gradient_conforms(seed: int) -> None:
    """At any point the remainder falls with order 3."""
    x = np.random.default_rng(seed).normal(size=6)
    report = check_gradient((value, slope), x, seed=seed)
    assert report.verdict == "CONFORMS", str(report)
    assert min(order(report)) > 2.5


@settings(derandomize=True, deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6), at=st.sampled_from([None, 0, 3]),
       factor=st.sampled_from([-1.0, 0.0, 2.0, 1 + 1e-4, 1 - 1e-4, 1 + 1e-6]))
def test_a_wrong_gradient_deviates(seed: int, at: int | None, factor: float) -> None:
    """A factor of 1 + 1e-6 is seen, in all coordinates or a single one: the order is 1."""
    x = np.random.default_rng(seed).normal(size=6)
    report = check_gradient((value, off(factor, at)), x, seed=seed)
    assert report.verdict == "DEVIATES", str(report)
    assert min(order(report)) < 1.25


def test_the_ladder_is_in_the_report() -> None:
    """Steps, remainders, noise and the window are there to be read; so is the order."""
    report = check_gradient((value, slope), POINT)
    ladder = report.results[0].to_dict()["ladder"][0]
    steps = [r["h"] for r in ladder["rungs"]]
    assert steps == sorted(steps, reverse=True)
    first, last = ladder["window"]
    assert all(r["central"] > r["noise"] for r in ladder["rungs"][first:last + 1])
    assert ladder["forward_order"] == pytest.approx(2, abs=0.1)
    assert re.search(r"falls with order [23]\.\d\d over h", str(report))


def test_where_it_is_wrong() -> None:
    """The coordinate is named, with the factor; or the factor alone where it is everywhere."""
    one = check_gradient((value, off(2.0, 3)), POINT)
    assert one.diagnosis == ["the gradient of another function: coordinate 3 is 2 times what it "
                             "should be"]
    every = check_gradient((value, off(1 + 1e-5)), POINT)
    assert every.diagnosis == ["the gradient of another function: every coordinate is 1 + 1.0e-05 "
                               "times what it should be"]
    mixed = check_gradient((value, lambda x: np.arange(6) * slope(x)), POINT)
    assert "it is wrong in coordinate 0, 2, 3, 4, 5" in mixed.diagnosis[0]


def test_shapes_of_functions_and_points() -> None:
    """Value and gradient in one, matrices, several arrays, and single numbers."""
    assert check_gradient(lambda x: (value(x), slope(x)), POINT).verdict == "CONFORMS"
    matrix = check_gradient((lambda M: np.trace(M @ M.T @ M), lambda M: 3 * (M @ M.T).T @ M.T),
                            A[:3, :3])
    assert matrix.verdict == "DEVIATES"
    several = check_gradient((lambda p: p[0] @ np.tanh(p[1]),
                              lambda p: (np.tanh(p[1]), p[0] / np.cosh(p[1]) ** 2)),
                             (POINT, POINT + 1))
    assert several.verdict == "CONFORMS"
    assert check_gradient((np.sin, np.cos), 0.3).verdict == "CONFORMS"
    assert check_gradient((np.sin, np.sin), 0.3).verdict == "DEVIATES"


def test_quadratics_have_no_remainder() -> None:
    """Where nothing but noise remains at any step, a right gradient conforms, a wrong one not."""
    square = lambda x: x @ x  # noqa: E731
    assert check_gradient((square, lambda x: 2 * x), POINT).verdict == "CONFORMS"
    assert check_gradient((square, lambda x: 2.0002 * x), POINT).verdict == "DEVIATES"


def test_at_a_minimum() -> None:
    """Where value and gradient are 0, noise grows with the step; the right gradient conforms."""
    rosen, der = scipy.optimize.rosen, scipy.optimize.rosen_der
    assert check_gradient((rosen, der), np.ones(5)).verdict == "CONFORMS"
    assert check_gradient((rosen, lambda x: der(x) + 1e-3), np.ones(5)).verdict == "DEVIATES"


def test_kinks_are_inconclusive() -> None:
    """At a kink there is no gradient; beside it there is."""
    relu = lambda x: np.maximum(x, 0).sum()  # noqa: E731
    at = check_gradient((relu, lambda x: (x > 0) * 1.0), np.array([0.0, 1.0]))
    assert at.verdict == "INCONCLUSIVE"
    assert "kink" in str(at)
    beside = check_gradient((relu, lambda x: (x > 0) * 1.0), np.array([0.1, 1.0]))
    assert beside.verdict == "CONFORMS"


def test_constants_are_inconclusive() -> None:
    """Nothing stands above the noise."""
    assert check_gradient((lambda x: 1.0, lambda x: 0 * x), POINT).verdict == "INCONCLUSIVE"


def test_single_precision() -> None:
    """In single precision the noise is larger, and a factor of 1.1 is still seen."""
    x = POINT.astype(np.float32)
    single = lambda x: np.float32(value(x))  # noqa: E731
    right = check_gradient((single, slope), x)
    assert (right.verdict, right.results[0].dtype) == ("CONFORMS", "float32")
    assert check_gradient((single, off(1.1)), x).verdict == "DEVIATES"


def test_values_that_are_not_finite() -> None:
    """Outside the domain nothing is said; a gradient that is not finite there deviates."""
    outside = check_gradient((lambda x: np.log(x).sum(), lambda x: 1 / x), -np.ones(2))
    assert outside.verdict == "INCONCLUSIVE"
    lost = check_gradient((lambda x: (x**2).sum(), lambda x: x / 0), np.ones(2))
    assert lost.verdict == "DEVIATES"


def test_failures() -> None:
    """What raises, hangs, or has another shape failed by itself."""
    def hang(x: Any) -> Any:
        while True:
            pass

    raised = check_gradient((lambda x: 1 / 0, slope), POINT)
    assert "ZeroDivisionError" in raised.diagnosis[0]
    shape = check_gradient((value, lambda x: slope(x)[:2]), POINT)
    assert "the gradient has the shape [(2,)]" in shape.diagnosis[0]
    kind = check_gradient((lambda x: "a", slope), POINT)
    assert "expected a real number" in kind.diagnosis[0]
    pair = check_gradient(value, POINT)
    assert "expected a pair of value and gradient" in pair.diagnosis[0]
    hung = check_gradient((hang, slope), POINT, seconds=0.2)
    assert "did not answer within 0.2 s" in hung.diagnosis[0]
    found = [raised, shape, kind, pair, hung]
    assert {r.verdict for r in found} == {"FAILED"}


def test_refused() -> None:
    """Points that are none, and things that are no functions."""
    with pytest.raises(InvalidInput, match="expected a point of finite numbers"):
        check_gradient((value, slope), np.array([np.nan]))
    with pytest.raises(InvalidInput, match="or a pair"):
        check_gradient((value, 3), POINT)
