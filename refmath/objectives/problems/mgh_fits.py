"""Problems 17 to 19 of More, Garbow and Hillstrom: fits of exponentials."""

from fractions import Fraction

from refmath.objective import Minimum, given
from refmath.objectives.problems._residuals import counted, decimals, problem
from refmath.tensor import exp, tensors

t, y = tensors("t[m] y[m]")
x5, x6, x11 = tensors("x[5]"), tensors("x[6]"), tensors("x[11]")

osborne_1 = problem(
    17, "osborne_1", "Osborne 1", x5,
    lambda: [y - (x5[0] + x5[1] * exp(-t * x5[3]) + x5[2] * exp(-t * x5[4]))],
    ["0.5", "1.5", -1, "0.01", "0.02"],
    [Minimum(printed="5.46489e-5")],
    data=[
        given(t, "times, 10 (i - 1)", data=[10 * i for i in range(33)]),
        given(y, "observations", data=decimals(
            "0.844 0.908 0.932 0.936 0.925 0.908 0.881 0.850 0.818 0.784 0.751 0.718 0.685 0.658 "
            "0.628 0.603 0.580 0.558 0.538 0.522 0.506 0.490 0.478 0.467 0.457 0.448 0.438 0.431 "
            "0.424 0.420 0.414 0.411 0.406"
        )),
    ],
    sizes={"m": 33},
)

biggs_exp6 = problem(
    18, "biggs_exp6", "Biggs EXP6", x6,
    lambda: [
        x6[2] * exp(-t * x6[0]) - x6[3] * exp(-t * x6[1]) + x6[5] * exp(-t * x6[4])
        - (exp(-t) - 5 * exp(-10 * t) + 3 * exp(-4 * t))
    ],
    [1, 2, 1, 1, 1, 1],
    [
        Minimum(0, {"x": [1, 10, 1, 5, 4, 3]}),
        Minimum(printed="5.65565e-3", sizes={"m": 13}, kind="local"),
    ],
    data=[given(t, "i/10", data=counted(Fraction(1, 10)))],
    sizes={"m": 13},
)

osborne_2 = problem(
    19, "osborne_2", "Osborne 2", x11,
    lambda: [
        y - (
            x11[0] * exp(-t * x11[4])
            + x11[1] * exp(-((t - x11[8]) ** 2) * x11[5])
            + x11[2] * exp(-((t - x11[9]) ** 2) * x11[6])
            + x11[3] * exp(-((t - x11[10]) ** 2) * x11[7])
        )
    ],
    ["1.3", "0.65", "0.65", "0.7", "0.6", 3, 5, 7, 2, "4.5", "5.5"],
    [Minimum(printed="4.01377e-2")],
    data=[
        given(t, "times, (i - 1)/10", data=counted(Fraction(1, 10), 0)),
        given(y, "observations", data=decimals(
            "1.366 1.191 1.112 1.013 0.991 0.885 0.831 0.847 0.786 0.725 0.746 0.679 0.608 0.655 "
            "0.616 0.606 0.602 0.626 0.651 0.724 0.649 0.649 0.694 0.644 0.624 0.661 0.612 0.558 "
            "0.533 0.495 0.500 0.423 0.395 0.375 0.372 0.391 0.396 0.405 0.428 0.429 0.523 0.562 "
            "0.607 0.653 0.672 0.708 0.633 0.668 0.645 0.632 0.591 0.559 0.597 0.625 0.739 0.710 "
            "0.729 0.720 0.636 0.581 0.428 0.292 0.162 0.098 0.054"
        )),
    ],
    sizes={"m": 65},
)
