"""Problems 13 to 16 of More, Garbow and Hillstrom: four unknowns."""

from fractions import Fraction

from sympy import sqrt

from refmath.objective import Minimum, given
from refmath.objectives.problems._residuals import counted, decimals, problem
from refmath.tensor import cos, exp, sin, tensors

x = tensors("x[4]")
a, b, c, d = (x[i] for i in range(4))
t, y, u = tensors("t[m] y[m] u[m]")

powell_singular = problem(
    13, "powell_singular", "Powell singular", x,
    lambda: (
        a + 10 * b, sqrt(5) * (c - d), (b - 2 * c) ** 2, sqrt(10) * (a - d) ** 2,
    ),
    [3, -1, 0, 1],
    [Minimum(0, {"x": [0, 0, 0, 0]}, note="the Hessian is singular there")],
)

wood = problem(
    14, "wood", "Wood", x,
    lambda: (
        10 * (b - a**2), 1 - a, sqrt(90) * (d - c**2), 1 - c,
        sqrt(10) * (b + d - 2), (b - d) / sqrt(10),
    ),
    [-3, -1, -3, -1],
    [Minimum(0, {"x": [1, 1, 1, 1]})],
)

kowalik_osborne = problem(
    15, "kowalik_osborne", "Kowalik and Osborne", x,
    lambda: [y - a * (u**2 + u * b) / (u**2 + u * c + d)],
    ["0.25", "0.39", "0.415", "0.39"],
    [
        Minimum(printed="3.07505e-4"),
        Minimum(printed="1.02734e-3", kind="local", attained=False,
                note="approached at (oo, -14.07..., -oo, -oo)"),
    ],
    data=[
        given(y, "observations", data=decimals(
            "0.1957 0.1947 0.1735 0.1600 0.0844 0.0627 0.0456 0.0342 0.0323 0.0235 0.0246"
        )),
        given(u, "abscissae", data=decimals(
            "4 2 1 0.5 0.25 0.167 0.125 0.1 0.0833 0.0714 0.0625"
        )),
    ],
    sizes={"m": 11},
)

brown_dennis = problem(
    16, "brown_dennis", "Brown and Dennis", x,
    lambda: [(a + t * b - exp(t)) ** 2 + (c + d * sin(t) - cos(t)) ** 2],
    [25, 5, -5, -1],
    [Minimum(printed="85822.2", sizes={"m": 20})],
    data=[given(t, "i/5", data=counted(Fraction(1, 5)))],
    sizes={"m": 20},
)
