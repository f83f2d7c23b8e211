"""Gradient descent with the rate 1/L on a convex L-smooth function ends at f(x_N) - f* <= L R**2/(4
N + 2), R the distance of its start from a minimizer; a Huber function attains it, for every N.

Source: Drori and Teboulle 2014, theorems 3.1 and 3.2; with L = 3 and N = 4 PEPit's example of
gradient descent finds the same 1/6.
"""

from sympy import Eq, Max, Min, Rational, symbols

from refmath.proof import Along, Claim, Forall, Run
from refmath.proof.gram import Space, interpolated
from refmath.proof.names import t
from refmath.rules import sgd

L, R, N, k, x = symbols("L R N k x", real=True)
slope = L * R / (2 * N + 1)  # of the Huber function outside [-bend, bend]
bend = R / (2 * N + 1)
real = (L > 0, R > 0, N >= 1)
linear = Run("a", sgd, {"lr": 1 / L}, gradient=lambda _: slope, start=R)

COQ = (
    "unfold Rdiv in *. assert (0 < / (1 + 2 * x_N)) by (apply Rinv_0_lt_compat; lra). "
    "set (i := / (1 + 2 * x_N)) in *. assert (0 < L * x_R * i) by positive. "
    "assert (L * x_R * i <= L * x) by (rewrite Rmult_assoc; apply Rmult_le_compat_l; lra). "
    "open_extremes; lra."
)


def value(at: object) -> object:
    """The Huber function where it is linear."""
    return slope * at - slope * bend / 2


def bound(steps: int, share: int) -> Forall:
    """f(x_N) - f* <= 1/share, in units of L R**2, by multipliers of interpolation conditions."""
    space = Space("x " + " ".join(f"g{i}" for i in range(steps + 1)))
    start, *g = space.vectors
    f, zero = symbols(f"f0:{steps + 1} f_min", real=True), 0 * start
    *f, least = f
    x = [start - sum(g[:i]) for i in range(steps + 1)]
    step = [Rational(i, 2 * steps + 1 - i) for i in range(1, steps + 1)]
    rest = [b - a for a, b in zip((0, *step), (*step, 1), strict=True)]
    points = list(zip(f, x, g, strict=True))
    conditions = [
        (w, interpolated(space, points[i], points[i + 1])) for i, w in enumerate(step)
    ]
    end = (least, zero, zero)
    conditions += [(w, interpolated(space, end, p)) for w, p in zip(rest, points, strict=True)]
    return space.certified(
        space.square(start) / share >= f[-1] - least, conditions, f"the bound for N = {steps}"
    )


claim = Claim(
    id="descent-worst-case",
    holds=(
        *(bound(n, 4 * n + 2) for n in (1, 2, 3, 4)),
        Along((linear,), {linear["theta"]: R * (1 - t / (2 * N + 1))}, given=real,
              name="the iterates where the slope is constant", script="field; lra."),
        Forall(R * (1 - k / (2 * N + 1)) >= bend, (*real, k >= 0, k <= N), script="signs.",
               name="all of them are there"),
        Forall(Eq(Max(Min(L * x, slope), -slope), slope), (*real, x >= bend), script=COQ,
               name="so is the slope"),
        Forall(Eq(value(R * (1 - N / (2 * N + 1))), L * R**2 / (4 * N + 2)), real,
               name="the value after N steps", script="field; lra."),
    ),
    controls=(
        Forall(value(R * (1 - N / (2 * N + 1))) <= L * R**2 / (4 * N + 4), real,
               name="L R**2/(4 N + 4)"),
    ),
    assumptions=("convex, L-smooth, with a minimizer",
                 "the bound for N = 1, 2, 3, 4, in units of L",
                 "interpolation conditions: Taylor, Hendrickx and Glineur 2017, theorem 4"),
    definition=("refmath.rules:sgd",),
)
