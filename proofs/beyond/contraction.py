"""On a mu-strongly convex L-smooth function a step of gradient descent shrinks the distance of any
two points by max(|1 - h mu|, |1 - h L|), and a quadratic attains it.

Source: Polyak 1987, section 1.4.2, theorem 3; Nesterov 2004, theorem 2.1.15. At L = 1, mu = 1/10,
h = 1 PEPit's example of contraction finds the same 0.81.
"""

from sympy import symbols

from refmath.proof import Along, Claim, Forall, Run
from refmath.proof.gram import Space
from refmath.proof.names import lam, lr, t, theta0
from refmath.rules import sgd

L, mu = symbols("L mu", real=True)
space = Space("e g")  # the difference of two points, and that of their gradients
e, g = space.vectors
after = space.square(e - lr * g)
coercive = (L + mu) * space.inner(g, e) >= space.square(g) + mu * L * space.square(e)
short = (mu > 0, mu < L, lr > 0, lr <= 2 / (L + mu))
long = (mu > 0, mu < L, lr >= 2 / (L + mu))


def shrinks(end: object, given: tuple[object, ...], name: str) -> Forall:
    """By (1 - h end)**2: a multiplier of coercivity, and a square that vanishes at that end."""
    way, inner = (1, 1 - mu * lr) if end == mu else (-1, L * lr - 1)
    weight, rest = 2 * lr * inner / (L - mu), way * lr * (2 - lr * (L + mu)) / (L - mu)
    square = space.positive(g - end * e)
    return Forall(
        after <= (1 - lr * end) ** 2 * space.square(e), (*given, coercive, square),
        using=((weight, coercive.lhs - coercive.rhs), (rest, space.square(g - end * e))),
        name=name, script="combine.",
    )


a = Run("a", sgd, gradient=lambda p: lam * p)
claim = Claim(
    id="contraction",
    holds=(
        shrinks(mu, short, "up to h = 2/(L + mu), by |1 - h mu|"),
        shrinks(L, long, "from there on, by |1 - h L|"),
        Along((a,), {a["theta"]: theta0 * (1 - lr * lam) ** t}, name="attained by lambda = mu, L"),
        Forall((1 - lr * mu) ** 2 >= (1 - lr * L) ** 2, short, name="the larger of both, below",
               script="signs."),
        Forall((1 - lr * L) ** 2 >= (1 - lr * mu) ** 2, long, name="the larger of both, above",
               script="signs."),
    ),
    controls=(
        Forall((1 - lr * L) ** 2 <= (1 - lr * mu) ** 2, (mu > 0, mu < L, lr > 0),
               name="|1 - h mu| for every rate"),
    ),
    assumptions=("coercivity, Nesterov 2004, theorem 2.1.12", "h > 0", "0 < mu < L"),
    definition=("refmath.rules:sgd",),
)
