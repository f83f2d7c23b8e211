"""Problems 7 to 12 of More, Garbow and Hillstrom: three unknowns."""

from fractions import Fraction

from sympy import Rational, Symbol, atan, pi

from refmath.objective import Minimum, given
from refmath.objectives.problems._residuals import counted, decimals, problem
from refmath.tensor import Tensor, absolute, exp, log, map_scalar, norm, tensors, where

x = tensors("x[3]")
a, b, c = x[0], x[1], x[2]
t, y, u, v, w = tensors("t[m] y[m] u[m] v[m] w[m]")
HALF = Rational(1, 2)


def _turns() -> Tensor:
    """The angle of (x1, x2) in turns, from -1/4 to 3/4."""
    slope = Symbol("slope", real=True)
    angle = map_scalar(atan(slope), {slope: b / a}) / (2 * pi)
    return where(a, angle, angle + HALF)


helical_valley = problem(
    7, "helical_valley", "Helical valley", x,
    lambda: (10 * (c - 10 * _turns()), 10 * (norm(x[:2]) - 1), c),
    [-1, 0, 0],
    [Minimum(0, {"x": [1, 0, 0]})],
    notes=(
        "not defined at x1 = 0; it jumps there where x2 < 0, and can be continued where x2 > 0",
    ),
)

bard = problem(
    8, "bard", "Bard", x,
    lambda: [y - (a + u / (v * b + w * c))],
    [1, 1, 1],
    [
        Minimum(printed="8.21487e-3"),
        Minimum(printed="17.4286", kind="local", attained=False,
                note="approached at (0.8406..., -oo, -oo)"),
    ],
    data=[
        given(y, "observations", data=decimals(
            "0.14 0.18 0.22 0.25 0.29 0.32 0.35 0.39 0.37 0.58 0.73 0.96 1.34 2.10 4.39"
        )),
        given(u, "the numbers 1, ..., 15", data=list(range(1, 16))),
        given(v, "16 - u", data=list(range(15, 0, -1))),
        given(w, "the smaller of u and v", data=[min(i, 16 - i) for i in range(1, 16)]),
    ],
    sizes={"m": 15},
)

_GAUSSIAN = decimals("0.0009 0.0044 0.0175 0.0540 0.1295 0.2420 0.3521 0.3989")

gaussian = problem(
    9, "gaussian", "Gaussian", x,
    lambda: [a * exp(-HALF * b * (t - c) ** 2) - y],
    ["0.4", 1, 0],
    [Minimum(printed="1.12793e-8")],
    data=[
        given(t, "(8 - i)/2", data=[Fraction(8 - i, 2) for i in range(1, 16)]),
        given(y, "observations", data=[*_GAUSSIAN, *_GAUSSIAN[-2::-1]]),
    ],
    sizes={"m": 15},
)

_MEYER = [
    34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820,
    3307, 2872,
]

meyer = problem(
    10, "meyer", "Meyer", x,
    lambda: [a * exp(b / (t + c)) - y],
    ["0.02", 4000, 250],
    [Minimum(printed="87.9458")],
    data=[
        given(t, "temperatures, 45 + 5 i", data=[45 + 5 * i for i in range(1, 17)]),
        given(y, "resistances", data=_MEYER),
    ],
    sizes={"m": 16},
)

gulf = problem(
    11, "gulf", "Gulf research and development", x,
    lambda: [
        exp(-(absolute(25 + (-50 * log(t)) ** Rational(2, 3) - b) ** c) / a) - t
    ],
    [5, "2.5", "0.15"],
    [Minimum(0, {"x": [50, 25, "1.5"]})],
    data=[given(t, "i/100", "(0, 1)", data=counted(Fraction(1, 100)))],
    sizes={"m": 99},
    notes=("printed with m i where the difference y_i - x_2 belongs; corrected as in the authors' "
           "program, ACM algorithm 566",),
)

box = problem(
    12, "box", "Box three-dimensional", x,
    lambda: [exp(-t * a) - exp(-t * b) - c * (exp(-t) - exp(-10 * t))],
    [0, 10, 20],
    [
        Minimum(0, {"x": [1, 10, 1]}, note="also wherever x1 = x2 and x3 = 0"),
        Minimum(0, {"x": [10, 1, -1]}),
    ],
    data=[given(t, "i/10", data=counted(Fraction(1, 10)))],
    sizes={"m": 10},
)
