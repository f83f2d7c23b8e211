"""The exact line search on a quadratic steps g'g/(g'Hg): there the derivative along the line is 0,
and it is where the parabola is lowest.

Source: Scaling Optimization, optimal step by line search.
"""

import refmath as rm
from refmath.proof import Claim, Zero
from refmath.tensor import tensors

H, b, theta = tensors("H[n,n] b[n] theta[n]", symmetric="H")
value = theta @ H @ theta / 2 - b @ theta
found = rm.line_search(value, theta)
g = rm.gradient(value, theta)
rate = (g @ g) / (g @ H @ g)


def slope(step: object) -> object:
    at = theta - step * g
    return (H @ at - b) @ g


claim = Claim(
    id="S9",
    holds=(
        Zero(slope(rate), name="the slope at the end is 0"),
        Zero(found.slope * (g @ H @ g) - found.bend * (g @ g), name="as declared"),
    ),
    controls=(Zero(slope(rate / 2), name="half of it"),),
    definition=("refmath.closed_form:line_search",),
    assumptions=("g'Hg > 0",),
)
