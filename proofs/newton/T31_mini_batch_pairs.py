"""With mini-batches curvature pairs may have s'y < 0, though every loss is convex: y mixes two
functions.

Source: Lecture 4: neural networks, backprop, optimization, L-BFGS only with full batches.
"""

from sympy import symbols

from refmath.proof import Claim, Forall

s, theta, a, b = symbols("s theta a b", real=True)
# example i has the loss (theta - a)**2 / 2, example j (theta - b)**2 / 2
one_batch = (theta + s - a) - (theta - a)
two_batches = (theta + s - b) - (theta - a)
claim = Claim(
    id="T31",
    holds=(Forall(s * one_batch > 0, (s > 0,), name="the same batch twice"),
           Forall(s * two_batches < 0, (s > 0, b > a + s), name="exhibited: two batches",
                  script="nra.", using=())),
    controls=(Forall(s * two_batches > 0, (s > 0,), name="two batches, always positive"),),
    assumptions=("two convex quadratics",),
)
