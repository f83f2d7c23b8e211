"""Claims about the mathematics, proved by engines that check each other, or refuted."""

from refmath.proof.along import Along as Along
from refmath.proof.claim import Claim as Claim
from refmath.proof.claim import Evidence as Evidence
from refmath.proof.claim import Verdict as Verdict
from refmath.proof.computed import Computed as Computed
from refmath.proof.forall import Forall as Forall
from refmath.proof.judge import Result as Result
from refmath.proof.judge import judge as judge
from refmath.proof.load import load as load
from refmath.proof.relations import Law as Law
from refmath.proof.relations import relations as relations
from refmath.proof.runs import Run as Run
from refmath.proof.runs import g as g
from refmath.proof.runs import t as t
from refmath.proof.runs import theta0 as theta0
from refmath.proof.squares import Semidefinite as Semidefinite
from refmath.proof.tensors import Zero as Zero
from refmath.proof.tensors import bend as bend
from refmath.proof.tensors import same as same
from refmath.proof.tensors import slope as slope
