"""For a function below its chords every local minimum is global: a lower point y would lie below x
along the whole chord.

Source: Scaling Optimization.
"""

from sympy import symbols

from refmath.proof import Claim, Forall

here, there, between, s = symbols("here there between s", real=True)
chord = between <= (1 - s) * here + s * there
claim = Claim(
    id="S4",
    holds=(
        Forall(between < here, (chord, there < here, s > 0, s <= 1),
               using=((1, (1 - s) * here + s * there - between), (s, here - there)),
               script="nra.", name="arbitrarily near x there are lower points"),
    ),
    controls=(
        Forall(between < here, (there < here, s > 0, s <= 1), name="not below its chords"),
    ),
    assumptions=("f((1 - s) x + s y) <= (1 - s) f(x) + s f(y) for 0 <= s <= 1",),
)
