"""Backward costs at most 4 times forward, for all sizes.

Source: Learning Deep Network, compositionality; Griewank and Walther 2008, chapter 4.
"""

from refmath import objectives
from refmath.emit.tensor.graph import graph
from refmath.proof import Claim, Computed

NAMES = ("least_squares", "logistic_regression", "network_2", "network_3")


def cheap(name: str, factor: int) -> bool:
    return bool(graph(objectives.ALL[name].expr).is_cheap(factor))


def at_sizes(name: str, factor: int) -> bool:
    counts = graph(objectives.ALL[name].expr).counts
    back, ahead = counts["backward"].total, counts["forward"].total
    symbols = sorted(back.free_symbols | ahead.free_symbols, key=str)
    return all(
        factor * ahead.subs(dict.fromkeys(symbols, k)) >= back.subs(dict.fromkeys(symbols, k))
        for k in (1, 2, 3, 10)
    )


def bound(name: str, factor: int) -> Computed:
    return Computed(
        f"{name}: {factor} times",
        {"polynomial": lambda: cheap(name, factor), "at sizes 1 to 10": lambda: at_sizes(
            name, factor)},
        lambda: None if at_sizes(name, factor) else "all sizes equal, from 1 to 10",
    )


claim = Claim(
    id="L7",
    holds=tuple(bound(n, 4) for n in NAMES),
    controls=(bound("network_2", 0),),
    definition=("refmath:graph",),
    assumptions=("operations are counted alike", "the catalogued losses and networks"),
)
