"""The error of a forward difference is O(h), that of a central one O(h**2): at most M h/2 and M
h**2/6 with M a bound of the second or third derivative, exactly 3 x h + h**2 and h**2 for
x**3. They take n + 1 and 2 n evaluations. Values that are known up to delta add 2 delta/h to a
forward difference, whose bound is least, 2 sqrt(M delta), at h = 2 sqrt(delta/M). A complex step
has an error of at most M h**2/6 without subtraction.

Source: Lecture 4: neural networks, backprop, optimization, numeric and analytic gradients;
Nocedal and Wright 2006, section 8.1; Squire and Trapp 1998.
"""

from collections.abc import Callable
from fractions import Fraction

from sympy import Eq, symbols

from refmath.proof import Claim, Computed, Forall

x, h, M, delta = symbols("x h M delta", real=True)
f, d, c, ahead, behind = symbols("f d c f_ahead f_behind", real=True)  # f, f', f'', f(x +- h)
r, s, p, q = symbols("r s p q", real=True)  # remainders, and errors of the values
a, b = symbols("a b", real=True)  # sqrt(M), sqrt(delta)
second = (h > 0, M >= 0, r >= -M * h**2 / 2, r <= M * h**2 / 2, Eq(ahead, f + d * h + r))
third = (
    h > 0, M >= 0, r >= -M * h**3 / 6, r <= M * h**3 / 6, s >= -M * h**3 / 6, s <= M * h**3 / 6,
    Eq(ahead, f + d * h + c * h**2 / 2 + r), Eq(behind, f - d * h + c * h**2 / 2 - s),
)
rounded = (*second, p >= -delta, p <= delta, q >= -delta, q <= delta, delta >= 0)
imaginary = (h > 0, M >= 0, r >= -M * h**3 / 6, r <= M * h**3 / 6, Eq(ahead, d * h + r))


DIVIDED = "apply Rmult_le_reg_r with h; [lra|]. field_simplify; [|lra..]. lra."


def within(
    error: object, bound: object, given: tuple[object, ...], name: str
) -> tuple[Forall, Forall]:
    """|error| <= bound: from above, and from below."""
    put = {r.lhs: r.rhs for r in given if isinstance(r, Eq)}
    keep = tuple(r for r in given if not isinstance(r, Eq))
    inner = error.xreplace(put)
    return (
        Forall(inner <= bound, keep, script=DIVIDED, name=f"{name}, above"),
        Forall(inner >= -bound, keep, script=f"apply Rle_ge. {DIVIDED}", name=f"{name}, below"),
    )


def forward(at: Callable[[object], object]) -> object:
    return (at(x + h) - at(x)) / h


def central(at: Callable[[object], object]) -> object:
    return (at(x + h) - at(x - h)) / (2 * h)


def cube(z: object) -> object:
    return z**3


def square(z: object) -> object:
    return z**2


def times(u: tuple[object, object], v: tuple[object, object]) -> tuple[object, object]:
    """A product of complex numbers."""
    return u[0] * v[0] - u[1] * v[1], u[0] * v[1] + u[1] * v[0]


complex_cube = times(times((x, h), (x, h)), (x, h))[1]


def evaluations(n: int, two_sided: bool) -> tuple[int, int]:
    """Calls of a gradient by differences at 0 in n dimensions, and its distinct points."""
    calls: list[tuple[Fraction, ...]] = []

    def at(z: list[Fraction]) -> Fraction:
        calls.append(tuple(z))
        return sum((v * v for v in z), Fraction(0))

    zero, step = [Fraction(0)] * n, Fraction(1, 10)
    middle = None if two_sided else at(zero)
    for i in range(n):
        moved = [step if j == i else Fraction(0) for j in range(n)]
        at(moved)
        if middle is None:
            at([-v for v in moved])
    return len(calls), len(set(calls))


def counted(two_sided: bool, formula: Callable[[int], int], name: str) -> Computed:
    return Computed(
        f"{name}, n = 1 to 12",
        {"calls": lambda: all(evaluations(n, two_sided)[0] == formula(n) for n in range(1, 13)),
         "points": lambda: all(evaluations(n, two_sided)[1] == formula(n) for n in range(1, 13))},
        lambda: f"n = 2: {evaluations(2, two_sided)[0]}",
    )


claim = Claim(
    id="T8",
    holds=(
        *within((ahead - f) / h - d, M * h / 2, second, "forward"),
        *within((ahead - behind) / (2 * h) - d, M * h**2 / 6, third, "central"),
        *within((ahead + p - f - q) / h - d, M * h / 2 + 2 * delta / h, rounded,
                "forward, values up to delta"),
        *within(ahead / h - d, M * h**2 / 6, imaginary, "complex step"),
        Forall(a**2 * h / 2 + 2 * b**2 / h >= 2 * a * b, (a > 0, b > 0, h > 0),
               using=((1 / (2 * h), (a * h - 2 * b) ** 2),), script="combine.",
               name="the bound is at least 2 sqrt(M delta)"),
        Forall(Eq(a**2 * h / 2 + 2 * b**2 / h, 2 * a * b), (a > 0, b > 0, Eq(h, 2 * b / a)),
               script="subst; field; lra.", name="and reaches it at h = 2 sqrt(delta/M)"),
        Forall(Eq(forward(cube) - 3 * x**2, 3 * x * h + h**2), (h > 0,), name="forward, x**3"),
        Forall(Eq(central(cube) - 3 * x**2, h**2), (h > 0,), name="central, x**3"),
        Forall(Eq(central(square), 2 * x), (h > 0,), name="central is exact for parabolas"),
        Forall(Eq(complex_cube / h - 3 * x**2, -(h**2)), (h > 0,), name="complex step, x**3"),
        counted(False, lambda n: n + 1, "forward takes n + 1 evaluations"),
        counted(True, lambda n: 2 * n, "central takes 2 n evaluations"),
    ),
    controls=(
        Forall(Eq(forward(square), 2 * x), (h > 0,), name="forward is exact for parabolas too"),
        Forall((ahead - f) / h - d <= M * h / 4, second, name="half of the error"),
        Forall(a**2 * h / 2 + 2 * b**2 / h <= 2 * a * b, (a > 0, b > 0, Eq(h, b)),
               name="the best h is sqrt(delta), whatever M"),
        counted(False, lambda n: 2 * n, "forward takes 2 n evaluations"),
    ),
    assumptions=("h > 0", "Taylor's remainders: at most M h**2/2 and M h**3/6 in size",
                 "complex step: analytic, f(x + i h) by its imaginary part", "exact arithmetic but "
                 "for delta"),
)
