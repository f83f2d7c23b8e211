"""The moments start at 0 and are biased towards it by the factor 1 - beta**t; the corrected ones
are unbiased for gradients of the same mean and mean square at every step.

An outcome w has the probability q_w, and after it moments and gradients are the rows of M and G.
Expectation of a step is the same step of the expectations, so that these run like Adam on a
constant gradient: of m with the mean in its place, of v with the mean square S = root**2 in the
place of the square.

Source: Lecture 4: neural networks, backprop, optimization; Kingma and Ba 2015, section 3.
"""

from sympy import Eq

import refmath as rm
from refmath.proof import Along, Claim, Run, same
from refmath.proof.laws import domains
from refmath.proof.names import beta1, beta2, t
from refmath.proof.runs import symbol_of
from refmath.rules import adam
from refmath.tensor import tensors

mean, root = symbol_of("mean"), symbol_of("root")
q, M, G = tensors("q[w] M[w,d] G[w,d]")
b = rm.scalar("b")
first, second = Run("a", adam, gradient=lambda _: mean), Run("a", adam, gradient=lambda _: root)
claim = Claim(
    id="T22",
    holds=(
        same(q @ (b * M + (1 - b) * G), b * (q @ M) + (1 - b) * (q @ G), coq={"w": 2, "d": 1},
             name="expectation of a step of m is the step of the expectations"),
        same(q @ (b * M + (1 - b) * G**2), b * (q @ M) + (1 - b) * (q @ G**2),
             coq={"w": 2, "d": 1}, name="so it is of v, with the expectation of the squares"),
        Along((first,), {first["m"]: (1 - beta1**t) * mean},
              results=(Eq(first["mhat"], mean),), given=domains(first),
              name="E m_t = (1 - beta1**t) E g, corrected E g"),
        Along((second,), {second["v"]: (1 - beta2**t) * root**2},
              results=(Eq(second["vhat"], root**2),), given=domains(second),
              name="E v_t = (1 - beta2**t) E g**2, corrected E g**2"),
    ),
    controls=(
        Along((first,), {first["m"]: mean}, given=domains(first), name="the raw m is unbiased"),
        Along((second,), {second["v"]: root**2}, given=domains(second),
              name="the raw v is unbiased"),
        same(q @ (b * M + (1 - b) * G**2), b * (q @ M) + (1 - b) * (q @ G) ** 2,
             name="the square of the mean for the mean square"),
    ),
    assumptions=("E g_t and E g_t**2 are the same at every step", "0 <= beta1, beta2 < 1"),
)
