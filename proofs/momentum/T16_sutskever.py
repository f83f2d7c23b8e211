"""Sutskever's Nesterov looks ahead at theta + alpha v; at theta + v it is another method.

Printed: theta~ = theta_k + v_k; v_{k+1} = alpha v_k - eps grad L(theta~), as Sutskever 2013.
Source: Lecture 4: neural networks, backprop, optimization, credited there to Sutskever 2013.
"""

from refmath.proof import Claim, Verdict
from refmath.proof.laws import same_path
from refmath.proof.names import G, lam, lr, mu
from refmath.proof.runs import state
from refmath.rules import nesterov


def curved(point: object) -> object:
    return lam * point


ahead = {"theta": state("a", "theta") + mu * state("a", "v")}
undecayed = nesterov.vary(form="lookahead_undecayed")
claim = Claim(
    id="T16",
    declared=Verdict.REFUTED,
    holds=(
        same_path(nesterov, nesterov.vary(form="shifted"), states=ahead, gradient=G, varying=(lr,),
                  name="Sutskever's method, as frameworks write it"),
    ),
    printed=(
        same_path(nesterov, undecayed, gradient=curved, name="looking at theta + v is the same"),
    ),
    definition=("refmath.rules:nesterov",),
    assumptions=("counterexample: a parabola",),
)
