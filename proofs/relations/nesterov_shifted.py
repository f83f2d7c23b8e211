"""Nesterov's method with the gradient at theta + mu v, and the form that frameworks write for the
look-ahead point itself, take that point through the same values.

Source: Bengio, Boulanger-Lewandowski and Pascanu 2013, section 3.5.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import G, lr, mu
from refmath.proof.runs import state
from refmath.rules import nesterov

a_theta, a_v = state("a", "theta"), state("a", "v")
ahead = {"theta": a_theta + mu * a_v}
claim = Claim(
    id="nesterov-shifted",
    holds=(
        same_path(nesterov, nesterov.vary(form="shifted"), states=ahead, gradient=G,
                  varying=(lr,)),
    ),
    controls=(
        same_path(nesterov, nesterov.vary(form="shifted"), gradient=lambda x: x,
                  name="the shifted form stores theta itself"),
    ),
    assumptions=("any differentiable objective", "any learning rates, also changing ones"),
    relation=True,
)
