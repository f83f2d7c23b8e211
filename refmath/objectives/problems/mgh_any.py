"""Problems 20 to 27 of More, Garbow and Hillstrom: any number of unknowns."""

from fractions import Fraction
from typing import Any

from sympy import Integer, Rational, sqrt
from sympy import exp as scalar_exp

from refmath.objective import Minimum, given
from refmath.objectives._shapes import tensor_of
from refmath.objectives.problems._residuals import problem
from refmath.tensor import Tensor, cos, dims, exp, sin, tensors, windows
from refmath.tensor import sum as sum_of

x, j, P, D = tensors("x[n] j[n] P[29,n] D[29,n]")
n, b = dims("n b")
numbers = given(j, "the numbers 1, ..., n", data=lambda n: list(range(1, n + 1)))
SMALL = sqrt(Rational(1, 10**5))


def _powers(n: int) -> Any:
    return [[Fraction(i, 29) ** k for k in range(n)] for i in range(1, 30)]


def _slopes(n: int) -> Any:
    return [
        [k * Fraction(i, 29) ** (k - 1) if k else 0 for k in range(n)] for i in range(1, 30)
    ]


watson = problem(
    20, "watson", "Watson", x,
    lambda: (D @ x - (P @ x) ** 2 - 1, x[0], x[1] - x[0] ** 2 - 1),
    lambda n: [0] * n,
    [
        Minimum(printed="2.28767e-3", sizes={"n": 6}),
        Minimum(printed="1.39976e-6", sizes={"n": 9}),
        Minimum(printed="4.72238e-10", sizes={"n": 12}),
    ],
    data=[
        given(P, "powers of t = i/29: t**(j - 1)", data=_powers),
        given(D, "their derivatives by t", data=_slopes),
    ],
    sizes={"n": 6},
)


def _blocks(x: Tensor, width: int) -> list[Tensor]:
    """The entries of consecutive blocks: the first ones, the second ones, and so on."""
    blocks = windows(x, 0, width, stride=width)
    return [blocks[:, i] for i in range(width)]


pairs, fours = tensor_of("x", 2 * b), tensor_of("x", 4 * b)


def _rosenbrock() -> list[Tensor]:
    first, second = _blocks(pairs, 2)
    return [10 * (second - first**2), 1 - first]


extended_rosenbrock = problem(
    21, "extended_rosenbrock", "Extended Rosenbrock", pairs, _rosenbrock,
    lambda b: ["-1.2", 1] * b,
    [Minimum(0, {"x": lambda b: [1] * (2 * b)})],
    sizes={"b": 5},
    notes=("b is the number of pairs",),
)


def _powell() -> list[Tensor]:
    p, q, r, s = _blocks(fours, 4)
    return [p + 10 * q, sqrt(5) * (r - s), (q - 2 * r) ** 2, sqrt(10) * (p - s) ** 2]


extended_powell_singular = problem(
    22, "extended_powell_singular", "Extended Powell singular", fours, _powell,
    lambda b: [3, -1, 0, 1] * b,
    [Minimum(0, {"x": lambda b: [0] * (4 * b)})],
    sizes={"b": 3},
    notes=("b is the number of blocks of four",),
)

penalty_1 = problem(
    23, "penalty_1", "Penalty I", x,
    lambda: (SMALL * (x - 1), sum_of(x**2) - Rational(1, 4)),
    lambda n: list(range(1, n + 1)),
    [
        Minimum(printed="2.24997e-5", sizes={"n": 4}),
        Minimum(printed="7.08765e-5", sizes={"n": 10}),
    ],
    sizes={"n": 4},
)


def _penalty() -> list[Tensor]:
    now, past = exp(x / 10), exp(j / 10) + exp((j - 1) / 10)
    return [
        x[0] - Rational(1, 5),
        SMALL * (now[1:] + now[:-1] - past[1:]),
        SMALL * (now[1:] - scalar_exp(Rational(-1, 10))),
        sum_of((n - j + 1) * x**2) - 1,
    ]


penalty_2 = problem(
    24, "penalty_2", "Penalty II", x, _penalty,
    lambda n: ["1/2"] * n,
    [
        Minimum(printed="9.37629e-6", sizes={"n": 4}),
        Minimum(printed="2.93660e-4", sizes={"n": 10}),
    ],
    data=[numbers],
    sizes={"n": 4},
)


def _weighted() -> Tensor:
    return sum_of(j * (x - 1))


variably_dimensioned = problem(
    25, "variably_dimensioned", "Variably dimensioned", x,
    lambda: (x - 1, _weighted(), _weighted() ** 2),
    lambda n: [1 - Fraction(i, n) for i in range(1, n + 1)],
    [Minimum(0, {"x": lambda n: [1] * n})],
    data=[numbers],
    sizes={"n": 10},
)

trigonometric = problem(
    26, "trigonometric", "Trigonometric", x,
    lambda: [n - sum_of(cos(x)) + j * (1 - cos(x)) - sin(x)],
    lambda n: [Fraction(1, n)] * n,
    [Minimum(0, {"x": lambda n: [0] * n})],
    data=[numbers],
    sizes={"n": 10},
)

_COUNT = 10
ten = tensors(f"x[{_COUNT}]")


def _almost_linear() -> list[Tensor]:
    product = ten[0]
    for i in range(1, _COUNT):
        product = product * ten[i]
    return [ten[:-1] + sum_of(ten) - Integer(_COUNT + 1), product - 1]


brown_almost_linear = problem(
    27, "brown_almost_linear", "Brown almost-linear", ten, _almost_linear,
    ["1/2"] * _COUNT,
    [
        Minimum(0, {"x": [1] * _COUNT}, note="also at (a, ..., a, a**(1 - n)) for another a"),
        Minimum(1, {"x": [*[0] * (_COUNT - 1), _COUNT + 1]}, kind="local"),
    ],
    notes=(
        "with 10 unknowns: a product over a symbolic number of entries is no tensor expression",
    ),
)
