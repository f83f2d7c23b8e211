"""The error of a forward difference is O(h), that of a central one O(h**2): exactly 3 x h + h**2
and h**2 for x**3; a forward difference takes n + 1 evaluations, a complex step has the error
-h**2 without subtraction.

Source: Lecture 4: neural networks, backprop, optimization, numeric and analytic gradients.
"""

from sympy import Eq, symbols

from refmath.proof import Claim, Forall

x, h = symbols("x h", real=True)


def forward(f: object) -> object:
    return (f(x + h) - f(x)) / h


def central(f: object) -> object:
    return (f(x + h) - f(x - h)) / (2 * h)


def cube(z: object) -> object:
    return z**3


def square(z: object) -> object:
    return z**2


imaginary = 3 * x**2 * h - h**3  # the imaginary part of (x + i h)**3
claim = Claim(
    id="T8",
    holds=(
        Forall(Eq(forward(cube) - 3 * x**2, 3 * x * h + h**2), (h > 0,), name="forward"),
        Forall(Eq(central(cube) - 3 * x**2, h**2), (h > 0,), name="central"),
        Forall(Eq(central(square), 2 * x), (h > 0,), name="central is exact for parabolas"),
        Forall(Eq(imaginary / h - 3 * x**2, -(h**2)), (h > 0,), name="complex step"),
    ),
    controls=(Forall(Eq(forward(square), 2 * x), (h > 0,), name="forward is exact too"),),
    assumptions=("h > 0", "exact arithmetic"),
)
