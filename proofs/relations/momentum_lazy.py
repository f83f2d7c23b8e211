"""Lazy momentum is momentum where no gradient is zero; where one is, parameter and velocity rest,
which those of momentum do not.

Source: sparse updates of TensorFlow (issue 6460), DyNet (issue 1009) and PyTorch (PR 101465).
"""

from sympy import Eq, Piecewise, Symbol

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains, same_path
from refmath.proof.names import lr, t
from refmath.rules import momentum

G = Symbol("G", real=True, nonzero=True)
lazy = momentum.vary(rows="lazy")
still = Run("a", lazy, gradient=lambda _: 0)


def same(gradient: object, **options: object) -> Along:
    return same_path(momentum, lazy, gradient=lambda _: gradient, script=None, **options)


claim = Claim(
    id="momentum-lazy",
    holds=(
        same(G, varying=(lr, G)),
        Along((still,), results=tuple(Eq(still[n], still.before(n)) for n in still.states),
              given=domains(still), script=None, name="a gradient of 0"),
    ),
    controls=(same(Piecewise((G, Eq(t, 1)), (0, True)), name="no gradient after the first"),),
    assumptions=("G is not 0",),
)
