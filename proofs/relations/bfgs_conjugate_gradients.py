"""On a quadratic with exact line searches, BFGS from H = I takes the iterates of conjugate
gradients, which end at the minimum after n steps; from H = diag(1, 2, ..) it ends as soon, on
another way.

Shown on three quadratics of 2, 3 and 4 variables, in rational numbers. What carries it for any n is
claim T29: the update keeps the pairs before, so that every new direction is conjugate to them.

Source: Nocedal and Wright 2006, theorem 6.4 and equation 5.24.
"""

from collections.abc import Callable
from fractions import Fraction

from refmath.proof import Claim, Computed

Vector = list[Fraction]
Matrix = list[Vector]
CASES = tuple(
    ([[Fraction(x) for x in row] for row in A], [Fraction(x) for x in b]) for A, b in (
        ([[2, 1], [1, 3]], [1, -2]), ([[4, 1, 0], [1, 3, -1], [0, -1, 2]], [1, 2, -1]),
        ([[5, 1, 0, 2], [1, 4, 1, 0], [0, 1, 3, 1], [2, 0, 1, 6]], [1, 0, -3, 2]),
    )
)


def dot(a: Vector, b: Vector) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def times(A: Matrix, v: Vector) -> Vector:
    return [dot(row, v) for row in A]


def moved(x: Vector, rate: Fraction, d: Vector) -> Vector:
    return [a + rate * b for a, b in zip(x, d, strict=True)]


def gradient(A: Matrix, b: Vector, x: Vector) -> Vector:
    return moved(times(A, x), Fraction(-1), b)


def bfgs(A: Matrix, b: Vector, first: Callable[[int], int]) -> list[Vector]:
    n = len(b)
    H = [[Fraction(first(i) if i == j else 0) for j in range(n)] for i in range(n)]
    x = [Fraction(0)] * n
    path = [x]
    for _ in range(n):
        g = gradient(A, b, x)
        if not any(g):
            break
        d = [-v for v in times(H, g)]
        new = moved(x, -dot(g, d) / dot(d, times(A, d)), d)
        s = moved(new, Fraction(-1), x)
        y = times(A, s)
        rho, u = 1 / dot(y, s), times(H, y)
        bend = rho + rho**2 * dot(y, u)
        H = [[H[i][j] - rho * (s[i] * u[j] + u[i] * s[j]) + bend * s[i] * s[j]
              for j in range(n)] for i in range(n)]
        x = new
        path.append(x)
    return path


def conjugate_gradients(A: Matrix, b: Vector) -> list[Vector]:
    x = [Fraction(0)] * len(b)
    path, r = [x], list(b)
    d = r
    while any(r):
        Ad = times(A, d)
        rate = dot(r, r) / dot(d, Ad)
        x, new = moved(x, rate, d), moved(r, -rate, Ad)
        d, r = moved(new, dot(new, new) / dot(r, r), d), new
        path.append(x)
    return path


def krylov(A: Matrix, b: Vector) -> list[Vector]:
    """The minimum over the span of b, A b, .., A**(k - 1) b for every k: by elimination."""
    path, basis, power = [[Fraction(0)] * len(b)], [], list(b)
    for k in range(1, len(b) + 1):
        basis.append(power)
        rows = [[dot(u, times(A, v)) for v in basis] + [dot(u, b)] for u in basis]
        for i in range(k):  # positive definite: no pivot is 0
            rows[i] = [x / rows[i][i] for x in rows[i]]
            for j in range(k):
                if j != i:
                    rows[j] = moved(rows[j], -rows[j][i], rows[i])
        x = [Fraction(0)] * len(b)
        for row, v in zip(rows, basis, strict=True):
            x = moved(x, row[-1], v)
        path.append(x)
        power = times(A, power)
    return path


def alike(first: Callable[[int], int], name: str) -> Computed:
    return Computed(name, {
        "conjugate gradients": lambda: all(
            bfgs(A, b, first) == conjugate_gradients(A, b) for A, b in CASES),
        "Krylov spaces": lambda: all(bfgs(A, b, first) == krylov(A, b) for A, b in CASES),
    }, lambda: "the first quadratic, after one step")


def ends(steps: Callable[[int], int], name: str) -> Computed:
    def done(first: Callable[[int], int]) -> bool:
        return all(
            len(path) == steps(len(b)) + 1 and times(A, path[-1]) == b
            for A, b in CASES for path in [bfgs(A, b, first)]
        )

    def by_paths() -> bool:
        return all(
            len(path) == steps(len(b)) + 1 and not any(gradient(A, b, path[-1]))
            for A, b in CASES for path in (conjugate_gradients(A, b), bfgs(A, b, lambda i: i + 1))
        )

    return Computed(name, {
        "normal equations": lambda: done(lambda _: 1) and done(lambda i: i + 1),
        "gradients": by_paths,
    }, lambda: "n = 2")


claim = Claim(
    id="bfgs-conjugate-gradients",
    holds=(
        alike(lambda _: 1, "n = 2, 3, 4: the iterates of conjugate gradients"),
        ends(lambda n: n, "n = 2, 3, 4: the minimum after n steps, from I and from diag(1, 2, ..)"),
    ),
    controls=(
        alike(lambda i: i + 1, "from diag(1, 2, ..) the same iterates"),
        ends(lambda n: n - 1, "the minimum after n - 1 steps"),
    ),
    assumptions=("exact line searches", "three positive definite quadratics; for any n see T29"),
    relation=True,
)
