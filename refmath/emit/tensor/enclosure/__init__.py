"""Certified enclosures of tensor expressions: what any reasonable implementation can compute.

The inputs are exact floats. Each entry is evaluated in Arb balls, and beside it a bound of the
distance at which an implementation in a format with unit roundoff u may be.

Covered are sums in any order and grouping; products associated and distributed over sums in any
way, up to writing everything out; fused steps, hoisted scalars and reciprocals (twice the number of
products is allowed); elementary functions within ``FUNCTION`` unit roundoffs; log-sum-exp, softmax
and log-softmax in each form that takes out a maximum, or a value near it, before the exponential;
the maximum, gathers and slices, which round nothing; choices, also where both branches are computed
and added; inverse and log-determinant by
backward stable elimination, within ``ELIMINATION`` n condition numbers of u. Underflow costs at
most the smallest magnitude of the format, an operation.

Not covered are forms that overflow although the result does not, and differences of nearly equal
functions for what the expression has as one function. Where rounding decides on which side of a
kink an implementation is, all values between those of the two sides are allowed.
"""

from refmath.emit.tensor.enclosure.entries import FUNCTION as FUNCTION
from refmath.emit.tensor.enclosure.entries import Model as Model
from refmath.emit.tensor.enclosure.machine import ELIMINATION as ELIMINATION
from refmath.emit.tensor.enclosure.machine import PRECISION as PRECISION
from refmath.emit.tensor.enclosure.machine import Bounds as Bounds
from refmath.emit.tensor.enclosure.machine import enclose as enclose
