"""Backward costs at most 4 times forward, for all sizes, of every declared loss and model.

Source: Learning Deep Network, compositionality; Griewank and Walther 2008, chapter 4.
"""

from sympy import symbols

from refmath.emit.tensor.graph import graph
from refmath.objectives import ALL, GROUPS
from refmath.proof import Claim, Forall

NAMES = (*GROUPS["losses"], *GROUPS["models"])


def bound(name: str, factor: int) -> Forall:
    """Both counts are polynomials in the sizes, which are whole numbers from 1."""
    counts = graph(ALL[name].expr).counts
    sides = [counts[way].total.expand() for way in ("forward", "backward")]
    sizes = {s: symbols(f"size_{s.name}", real=True) for x in sides for s in x.free_symbols}
    ahead, back = (x.xreplace(sizes) for x in sides)
    return Forall(factor * ahead >= back, tuple(s >= 1 for s in sizes.values()), script=None,
                  name=f"{name}: {factor} times")


claim = Claim(
    id="L7",
    holds=tuple(bound(n, 4) for n in NAMES),
    controls=(bound("network_2", 1), bound("softmax_regression", 1)),
    definition=("refmath:graph",),
    assumptions=("operations are counted alike", "the gradient in all parameters"),
)
