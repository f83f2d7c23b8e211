"""The runs that minimizers are judged on: functions, starts, memories."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from refmath.oracle.minimizer.problems import Problem, of_expression

__all__ = ["Case", "cases"]

Array = Any


@dataclass(frozen=True)
class Case:
    """One run that is asked of a minimizer.

    Attributes:
        problem: The function and the start.
        memory: How many pairs L-BFGS is to keep.
        steps: The most iterations that are looked at.
        solvable: Whether a sound minimizer ends at the minimum from here.
        text: The function in words for people.
        start: The first inverse Hessian that BFGS is given, where it takes one; None: its own.
    """

    problem: Problem
    memory: int
    steps: int = 60
    solvable: bool = True
    text: str = ""
    start: Array | None = None


_QUADRATIC = "x @ A @ x / 2 - b @ x"
_ROSENBROCK = "100 * sum((x[1:] - x[:-1]**2)**2) + sum((1 - x[:-1])**2)"
_LOGISTIC = "mean(softplus(-X @ x)) + sum(x**2) / 200"
_WAVES = "sum(1 - cos(x)) + sum(x**2) / 50"
_CUBES = "sum(x**4) / 4 - sum(x**2) / 2 + (c @ x)**2 / 10"
_HUBER = "sum(where(abs(x) > w, w * (abs(x) - w / 2), x**2 / 2))"
_BOWL = "sum(sqrt(1 + (x - c)**2))"


@cache
def cases() -> tuple[Case, ...]:
    """The runs, the smaller first."""
    rng = np.random.default_rng(7)
    return (
        _case("quadratic of 3", _QUADRATIC, "x[n] A[n,n] b[n]", np.array([1.0, -2.0, 0.5]),
              _quadratic(rng, 3, 20.0), 2),
        _case("Rosenbrock of 2", _ROSENBROCK, "x[n]", np.array([-1.2, 1.0]), {}, 10, (0.0,)),
        _case("hyperbolas of 4", _BOWL, "x[n] c[n]", np.array([3.0, -1.0, 4.0, 1.5]),
              {"c": np.array([0.5, 0.25, -1.0, 2.0])}, 2, (4.0,)),
        _case("hyperbolas from their minimum", _BOWL, "x[n] c[n]", np.array([0.5, -2.0]),
              {"c": np.array([0.5, -2.0])}, 2, (2.0,)),
        _case("waves of 3", _WAVES, "x[n]", np.array([2.5, 2.0, -2.75]), {}, 4, solvable=False),
        _case("wells of 4", _CUBES, "x[n] c[n]", np.array([0.25, -0.125, 0.0625, 0.1875]),
              {"c": np.array([1.0, 0.5, -0.25, 0.75])}, 3, solvable=False),
        _case("flat sides of 2", _HUBER, "x[n] w[n]", np.array([40.0, -25.0]),
              {"w": np.array([1.0, 2.0])}, 5, (0.0,)),
        _case("quadratic of 8", _QUADRATIC, "x[n] A[n,n] b[n]", np.zeros(8),
              _quadratic(rng, 8, 100.0), 3),
        _case("Rosenbrock of 6", _ROSENBROCK, "x[n]", np.tile([-1.2, 1.0], 3), {}, 5, (0.0,),
              solvable=False),
        _case("logistic of 5", _LOGISTIC, "x[n] X[m,n]", np.zeros(5),
              {"X": _labelled(rng, 30, 5)}, 4, solvable=False),
    )  # fmt: skip


def _case(
    name: str, text: str, declarations: str, x0: Array, data: Mapping[str, Array], memory: int,
    minima: tuple[float, ...] = (), solvable: bool = True,
) -> Case:
    if "A" in data:
        minima = (float(-data["b"] @ np.linalg.solve(data["A"], data["b"]) / 2),)
    problem = of_expression(name, text, declarations, x0, data, minima)
    return Case(problem, memory, solvable=solvable, text=text)


def _quadratic(rng: np.random.Generator, n: int, condition: float) -> dict[str, Array]:
    """A symmetric positive definite matrix and a vector, short in their digits."""
    q, _ = np.linalg.qr(rng.standard_normal((n, n)))
    matrix = (q * np.geomspace(1.0, condition, n)) @ q.T
    matrix = np.round(64 * (matrix + matrix.T) / 2) / 64
    return {"A": matrix, "b": np.round(8 * rng.standard_normal(n)) / 8}


def _labelled(rng: np.random.Generator, m: int, n: int) -> Array:
    """Samples times their labels, -1 or 1."""
    data = rng.standard_normal((m, n))
    label = np.where(data @ rng.standard_normal(n) + rng.standard_normal(m) > 0, 1.0, -1.0)
    return np.round(64 * label[:, np.newaxis] * data) / 64
