"""Problems 28 to 35 of More, Garbow and Hillstrom: discretized, banded and linear systems."""

from fractions import Fraction
from typing import Any

from sympy import Rational, Symbol, chebyshevt_poly

from refmath.objective import Minimum, given
from refmath.objectives.problems._residuals import after, before, problem
from refmath.tensor import Tensor, dims, map_scalar, mean, ones, tensors, windows
from refmath.tensor import sum as sum_of

x, t, j, J, L = tensors("x[n] t[n] j[n] J[n] L[n,n]")
i, I = tensors("i[m] I[m]")  # noqa: E741  (capital letters: with zeros at the ends)
m, n = dims("m n")
HALF = Rational(1, 2)

times = given(t, "i/(n + 1)", data=lambda n: [Fraction(k + 1, n + 1) for k in range(n)])


def _parabola(n: int) -> Any:
    return [Fraction(k, n + 1) * (Fraction(k, n + 1) - 1) for k in range(1, n + 1)]


discrete_boundary_value = problem(
    28, "discrete_boundary_value", "Discrete boundary value", x,
    lambda: [2 * x - before(x) - after(x) + HALF * (x + t + 1) ** 3 / (n + 1) ** 2],
    _parabola,
    [Minimum(0)],
    data=[times],
    sizes={"n": 10},
)


def _integral() -> list[Tensor]:
    cubes = (x + t + 1) ** 3
    below, above = L @ (t * cubes), (1 - L) @ ((1 - t) * cubes)
    return [x + ((1 - t) * below + t * above) * HALF / (n + 1)]


discrete_integral_equation = problem(
    29, "discrete_integral_equation", "Discrete integral equation", x, _integral, _parabola,
    [Minimum(0)],
    data=[
        times,
        given(L, "1 where the column is not beyond the row, else 0",
              data=lambda n: [[int(c <= r) for c in range(n)] for r in range(n)]),
    ],
    sizes={"n": 10},
)

broyden_tridiagonal = problem(
    30, "broyden_tridiagonal", "Broyden tridiagonal", x,
    lambda: [(3 - 2 * x) * x - before(x) - 2 * after(x) + 1],
    lambda n: [-1] * n,
    [Minimum(0)],
    sizes={"n": 10},
)


def _banded() -> list[Tensor]:
    near = x * (1 + x)
    band = sum_of(windows(near, 0, 7, padding=5)[:n], axis=1) - near
    return [x * (2 + 5 * x**2) + 1 - band]


broyden_banded = problem(
    31, "broyden_banded", "Broyden banded", x, _banded,
    lambda n: [-1] * n,
    [Minimum(0)],
    sizes={"n": 10},
)


def _full_rank() -> list[Tensor]:
    shared = 2 * sum_of(x) / m + 1
    return [x - shared, -shared * ones(m - n)]


linear_full_rank = problem(
    32, "linear_full_rank", "Linear function, full rank", x, _full_rank,
    lambda n: [1] * n,
    [Minimum(lambda m, n: m - n, {"x": lambda n: [-1] * n})],
    sizes={"n": 5, "m": 10},
)

linear_rank_1 = problem(
    33, "linear_rank_1", "Linear function, rank 1", x,
    lambda: [i * (j @ x) - 1],
    lambda n: [1] * n,
    [
        Minimum(
            lambda m: Fraction(m * (m - 1), 2 * (2 * m + 1)),
            {"x": lambda n, m: [Fraction(3, 2 * m + 1), *[0] * (n - 1)]},
            note="wherever the sum of j x_j is 3/(2 m + 1)",
        ),
    ],
    data=[
        given(i, "the numbers 1, ..., m", data=lambda m: list(range(1, m + 1))),
        given(j, "the numbers 1, ..., n", data=lambda n: list(range(1, n + 1))),
    ],
    sizes={"n": 5, "m": 10},
)

linear_rank_1_with_zeros = problem(
    34, "linear_rank_1_with_zeros", "Linear function, rank 1 with zero columns and rows", x,
    lambda: [I * (J @ x) - 1],
    lambda n: [1] * n,
    [
        Minimum(
            lambda m: Fraction(m**2 + 3 * m - 6, 2 * (2 * m - 3)),
            {"x": lambda n, m: [0, Fraction(3, 2 * (2 * m - 3)), *[0] * (n - 2)]},
            note="wherever the sum of j x_j over 1 < j < n is 3/(2 m - 3)",
        ),
    ],
    data=[
        given(I, "0, 1, ..., m - 2, 0", data=lambda m: [*range(m - 1), 0]),
        given(J, "0, 2, ..., n - 1, 0", data=lambda n: [0, *range(2, n), 0]),
    ],
    sizes={"n": 5, "m": 10},
)

_DEGREE = 8


def _chebyquad() -> list[Tensor]:
    w = Symbol("w", real=True)
    out = []
    for degree in range(1, _DEGREE + 1):
        integral = 0 if degree % 2 else Rational(-1, degree**2 - 1)
        polynomial = chebyshevt_poly(degree, w)
        out.append(mean(map_scalar(polynomial, {w: 2 * x - 1})) - integral)
    return out


chebyquad = problem(
    35, "chebyquad", "Chebyquad", x, _chebyquad,
    lambda n: [Fraction(k, n + 1) for k in range(1, n + 1)],
    [Minimum(printed="3.51687e-3", sizes={"n": 8})],
    sizes={"n": 8},
    notes=("with m = 8 residuals, that is polynomials up to degree 8",),
)
