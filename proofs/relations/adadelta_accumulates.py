"""With learning rate 1, Adadelta averages the same whether it squares the direction or the step.

Source: Zeiler 2012, arXiv:1212.5701, Algorithm 1.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.rules import adadelta

steps = adadelta.vary(accumulate="step")
claim = Claim(
    id="adadelta-accumulates",
    holds=(same_path(adadelta, steps, hyper={"lr": 1}, to={"lr": 1}),),
    controls=(same_path(adadelta, steps, hyper={"lr": "1/2"}, to={"lr": "1/2"},
                        name="learning rate 1/2"),),
    assumptions=("learning rate 1",),
    relation=True,
)
