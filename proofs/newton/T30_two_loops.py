"""L-BFGS with all pairs in memory is BFGS: its two loops are the product form of the BFGS updates,
for any number of pairs. A direction takes (4 m + 1) n multiplications, fewer than the n**2 of a
stored matrix while 4 m + 1 < n.

By induction on the pairs: the loops of k pairs are those of k - 1 pairs between two lines for the
newest pair (s, y): q = g - alpha y with alpha = s'g/y's before, r + (alpha - y'r/y's) s after.
If the inner loops give r = H q for every q, these lines give H+ g, whatever symmetric H is. Without
any pair the loops give gamma g.

Source: Lecture 4: neural networks, backprop, optimization; Nocedal and Wright 2006, Algorithm
7.4.
"""

from sympy import Eq, symbols

from refmath.proof import Claim, Computed, Forall, Zero, same
from refmath.quasi_newton import product_form, two_loops
from refmath.quasi_newton.updates import updated
from refmath.tensor import dot, tensors

H, s, y, g = tensors("H[n,n] s[n] y[n] g[n]", symmetric="H")
alpha = dot(s, g) / dot(y, s)
r = H @ (g - alpha * y)
outer_lines = r + (alpha - dot(y, r) / dot(y, s)) * s
N, M = symbols("N M", real=True)


def declared(pairs: int) -> Zero:
    return Zero(product_form(pairs).expr - two_loops(pairs).expr,
                name=f"{pairs} pairs, as declared")


def multiplications(n: int, m: int) -> int:
    """Those of one direction by two loops, counted; y's and gamma are stored."""
    count = 0
    for _ in range(m):
        count += n + n  # s'q and alpha y
    count += n  # gamma q
    for _ in range(m):
        count += n + n  # y'r and the multiple of s
    return count


def costs(power: int) -> Computed:
    """Loops over pairs and entries, none twice: of degree 1 in n and in m, so that 2 x 2 decide."""
    def formula(n: int, m: int) -> int:
        return (4 * m + 1) * n**power

    def grows() -> bool:
        return all(
            multiplications(n, m + 1) - multiplications(n, m) == 4 * n**power
            and multiplications(n, 0) == n**power for n in (1, 2) for m in (0, 1)
        )

    return Computed(f"(4 m + 1) n**{power} multiplications", {
        "counting": lambda: all(multiplications(n, m) == formula(n, m)
                                for n in range(1, 9) for m in range(5)),
        "induction on m": grows,
    }, lambda: "n = 2, m = 1: 10")


claim = Claim(
    id="T30",
    holds=(
        same(outer_lines, updated(H, s, y) @ g, coq={"n": 1},
             name="the step of the induction: one pair more, any symmetric H"),
        declared(1), declared(2), costs(1),
        Forall((4 * M + 1) * N < N**2, (M >= 0, N > 4 * M + 1), script="nra.",
               name="fewer than n**2 while 4 m + 1 < n"),
        Forall(Eq((4 * M + 1) * N, N**2), (M >= 0, Eq(N, 4 * M + 1)), name="as many at 4 m + 1 = n",
               script="subst; ring."),
    ),
    controls=(
        Zero(product_form(2).expr - 2 * two_loops(2).expr, name="twice the direction"),
        same(r + (alpha - dot(y, g) / dot(y, s)) * s, updated(H, s, y) @ g,
             name="the second loop with g in place of r"),
        costs(2),
        Forall((4 * M + 1) * N < N**2, (M >= 0, N >= 1), name="always fewer"),
    ),
    relation=True,
    definition=("refmath.quasi_newton:two_loops", "refmath.quasi_newton:product_form"),
    assumptions=("every y's is not 0", "the same first matrix gamma I",
                 "as declared: up to 2 pairs, as a check of the declaration"),
)
