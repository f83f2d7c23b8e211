"""Classic test functions: sphere, ellipsoid, Booth, Himmelblau."""

from typing import Any

from sympy import Integer, Rational

from refmath.objective import Minimum, Objective, given, parameter
from refmath.tensor import Tensor, tensors
from refmath.tensor import sum as sum_of

x, a = tensors("x[n] a[n]")
p = tensors("p[2]")

_SOURCE = "Hansen, Finck, Ros and Auger 2009, Real-Parameter Black-Box Optimization Benchmarking"


def _sphere() -> Tensor:
    return sum_of(x**2)


sphere = Objective(
    name="sphere",
    title="Sphere",
    source=f"{_SOURCE}, function 1 (not shifted)",
    inputs=(parameter(x, "unknowns"),),
    formula=_sphere,
    start={"x": lambda n: [1] * n},
    minima=(Minimum(0, {"x": lambda n: [0] * n}),),
)


def _condition(n: int) -> Any:
    return [Integer(10) ** Rational(6 * i, n - 1) if n > 1 else 1 for i in range(n)]


def _ellipsoid() -> Tensor:
    return sum_of(a * x**2)


ellipsoid = Objective(
    name="ellipsoid",
    title="Ill-conditioned ellipsoid",
    source=f"{_SOURCE}, function 2 (neither shifted nor transformed)",
    inputs=(
        parameter(x, "unknowns"),
        given(a, "weights from 1 to 10**6, equally spaced in the exponent", "(0, oo)",
              data=_condition),
    ),
    formula=_ellipsoid,
    start={"x": lambda n: [1] * n},
    minima=(Minimum(0, {"x": lambda n: [0] * n}),),
    sizes={"n": 4},
)


def _booth() -> Any:
    return (p[0] + 2 * p[1] - 7) ** 2 + (2 * p[0] + p[1] - 5) ** 2


booth = Objective(
    name="booth",
    title="Booth",
    source="Jamil and Yang 2013, A Literature Survey of Benchmark Functions, function 17",
    inputs=(parameter(p, "unknowns"),),
    formula=_booth,
    start={"p": [0, 0]},
    minima=(Minimum(0, {"p": [1, 3]}),),
)


def _himmelblau() -> Any:
    return (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2


himmelblau = Objective(
    name="himmelblau",
    title="Himmelblau",
    source="Himmelblau 1972, Applied Nonlinear Programming, p. 428; Jamil and Yang 2013, "
           "function 65",
    inputs=(parameter(p, "unknowns"),),
    formula=_himmelblau,
    start={"p": [0, 0]},
    minima=(
        Minimum(0, {"p": [3, 2]}, note="also at (-2.805..., 3.131...), (-3.779..., -3.283...) and "
                                       "(3.584..., -1.848...)"),
    ),
)
