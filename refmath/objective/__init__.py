"""The records of objectives and layers: what a declaration consists of, checked when built."""

from refmath.objective.declaration import Axis as Axis
from refmath.objective.declaration import Declaration as Declaration
from refmath.objective.inputs import Input as Input
from refmath.objective.inputs import activation as activation
from refmath.objective.inputs import given as given
from refmath.objective.inputs import parameter as parameter
from refmath.objective.layer import Layer as Layer
from refmath.objective.record import Minimum as Minimum
from refmath.objective.record import Objective as Objective
