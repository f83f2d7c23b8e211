"""||v|| <= eps B/(1 - alpha) for gradients of at most B; aligned gradients approach it, so that
the step is largest when all point in the same direction.

Source: Lecture 4: neural networks, backprop, optimization; Goodfellow, Bengio and Courville
2016, equation 8.17.
"""

from sympy import symbols

from refmath.proof import Along, Claim, Run
from refmath.proof.names import g, lr, mu, t
from refmath.rules import momentum

B = symbols("B", real=True)
a = Run("a", momentum)
limit = lr * B / (1 - mu)
inside = (mu >= 0, mu < 1, lr >= 0, B >= 0, g >= -B, g <= B)


def bounded(bound: object, name: str) -> Along:
    return Along((a,), bounds=(a["v"] <= bound, a["v"] >= -bound), given=inside, script=None,
                 name=name)


aligned = Run("a", momentum, gradient=lambda _: B)
claim = Claim(
    id="T15",
    holds=(
        bounded(limit, "the bound"),
        Along((aligned,), {a["v"]: -limit * (1 - mu**t)}, given=inside[:4],
              name="aligned gradients approach it"),
    ),
    controls=(bounded(lr * B, "without 1/(1 - alpha)"),),
    assumptions=("0 <= alpha < 1", "gradients of at most B", "a constant learning rate",
                 "elementwise; for norms by the triangle inequality in the same way"),
)
