"""A network of ReLUs is not differentiable where a pre-activation is 0: the slopes from both sides
are 0 and 1. Every value from 0 to 1 is a sub-gradient; the declared one is 0.

Printed: only require that the functions are differentiable.
Source: Learning Deep Network, only require that the functions are differentiable.
"""

from sympy import Eq, Max, symbols

from refmath.proof import Claim, Forall, Verdict

h, z, c = symbols("h z c", real=True)
claim = Claim(
    id="L1",
    declared=Verdict.REFUTED,
    holds=(
        Forall(Max(0, z) >= c * z, (c >= 0, c <= 1), name="sub-gradients at 0"),
        Forall(Eq((Max(0, z + h) - Max(0, z)) / h, 1), (z > 0, h > 0), script="quotients. finish.",
               name="the slope where z > 0"),
    ),
    printed=(
        Forall(Eq(Max(0, h) / h, Max(0, -h) / (-h)), (h > 0,), name="one slope at 0"),
    ),
    controls=(Forall(Max(0, z) >= c * z, (c >= 0,), name="any c"),),
    definition=("refmath.objectives:rectified_network",),
)
