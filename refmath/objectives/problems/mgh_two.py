"""Problems 1 to 6 of More, Garbow and Hillstrom: two unknowns."""

from sympy import Rational, sqrt

from refmath.objective import Minimum, given
from refmath.objectives.problems._residuals import counted, problem
from refmath.tensor import exp, tensors

x = tensors("x[2]")
a, b = x[0], x[1]
N = tensors("x[n]")
t = tensors("t[m]")
FOUR = Rational(10**4)

rosenbrock = problem(
    1, "rosenbrock", "Rosenbrock (chained, of any dimension)", N,
    lambda: (10 * (N[1:] - N[:-1] ** 2), 1 - N[:-1]),
    lambda n: ["-1.2" if i % 2 == 0 else 1 for i in range(n)],
    [Minimum(0, {"x": lambda n: [1] * n})],
    sizes={"n": 2},
    notes=("with n = 2 it is the problem of the collection; with more it is the chain of "
           "scipy.optimize.rosen, not the extended function of problem 21",),
)

freudenstein_roth = problem(
    2, "freudenstein_roth", "Freudenstein and Roth", x,
    lambda: (-13 + a + ((5 - b) * b - 2) * b, -29 + a + ((b + 1) * b - 14) * b),
    ["1/2", -2],
    [
        Minimum(0, {"x": [5, 4]}),
        Minimum(
            (316384 - 59840 * sqrt(22)) / 729,
            {"x": [(53 - 4 * sqrt(22)) / 3, (2 - sqrt(22)) / 3]},
            kind="local", note="48.9842... at (11.41..., -0.8968...)",
        ),
    ],
)

powell_badly_scaled = problem(
    3, "powell_badly_scaled", "Powell badly scaled", x,
    lambda: (FOUR * a * b - 1, exp(-a) + exp(-b) - Rational("1.0001")),
    [0, 1],
    [Minimum(0, note="at (1.098...e-5, 9.106...)")],
)

brown_badly_scaled = problem(
    4, "brown_badly_scaled", "Brown badly scaled", x,
    lambda: (a - 10**6, b - Rational("2e-6"), a * b - 2),
    [1, 1],
    [Minimum(0, {"x": [10**6, "2e-6"]})],
)

beale = problem(
    5, "beale", "Beale", x,
    lambda: [
        Rational(y) - a * (1 - b**i) for i, y in enumerate(("1.5", "2.25", "2.625"), start=1)
    ],
    [1, 1],
    [Minimum(0, {"x": [3, "1/2"]})],
)

jennrich_sampson = problem(
    6, "jennrich_sampson", "Jennrich and Sampson", x,
    lambda: [2 + 2 * t - (exp(t * a) + exp(t * b))],
    ["0.3", "0.4"],
    [Minimum(printed="124.362", sizes={"m": 10}, note="at x1 = x2 = 0.2578...")],
    data=[given(t, "the numbers 1, ..., m", data=counted())],
    sizes={"m": 10},
)
