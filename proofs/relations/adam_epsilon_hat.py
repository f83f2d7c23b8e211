"""Adam with epsilon beside the corrected root is Adam with epsilon-hat = epsilon sqrt(1 -
beta2**t) beside the raw root.

Source: Kingma and Ba 2015, arXiv:1412.6980v9, section 2.
"""

from sympy import sqrt

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import beta2, eps, t
from refmath.rules import adam

hat = adam.vary(epsilon="hat")
claim = Claim(
    id="adam-epsilon-hat",
    holds=(same_path(adam, hat, to={"eps": eps * sqrt(1 - beta2**t)}, script=None),),
    controls=(same_path(adam, hat, name="one and the same epsilon"),),
    assumptions=("0 <= beta1, beta2 < 1",),
    relation=True,
)
