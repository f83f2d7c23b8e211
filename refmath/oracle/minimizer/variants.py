"""The recurrences by name: the declared ones, forms in real use, and mistakes that are made."""

from refmath.oracle.minimizer.recurrence import Recurrence

__all__ = ["RULES", "others"]

RULES: dict[str, Recurrence] = {
    "lbfgs": Recurrence("L-BFGS", "lbfgs"),
    "bfgs": Recurrence("BFGS", "bfgs"),
    "newton": Recurrence("Newton's method", "newton"),
}
"""What a minimizer may be held against."""

_LARGEST = 12
_STEEPEST = "steepest descent: what was learned is not used"


def others(kind: str, memory: int) -> list[Recurrence]:
    """What else a subject may be, the likelier first.

    Args:
        kind: "lbfgs", "bfgs" or "newton".
        memory: How many pairs it was asked to keep; 0 if cases differ.
    """
    if kind == "lbfgs":
        return [*_LBFGS, *_memories(memory)]
    return list(_BFGS) if kind == "bfgs" else list(_NEWTON)


def _memories(memory: int) -> list[Recurrence]:
    return [Recurrence("L-BFGS that forgets no pair", "lbfgs", True, memory=10**6)] + [
        Recurrence(f"L-BFGS with a memory of {m}, whatever is asked for", "lbfgs", True, memory=m)
        for m in range(1, _LARGEST + 1)
        if m != memory
    ]


_LBFGS = (
    Recurrence("L-BFGS, but the history is gone through in the wrong order", "lbfgs",
               backward=True),
    Recurrence("L-BFGS, but each pair enters one step late", "lbfgs", late=1),
    Recurrence("L-BFGS, but each pair enters one step late", "lbfgs", late=1, roomy=False),
    Recurrence("L-BFGS, but gamma is that of the oldest pair", "lbfgs", gamma="oldest"),
    Recurrence("L-BFGS, but gamma is 1", "lbfgs", gamma="one"),
    Recurrence("L-BFGS, but gamma is y'y / s'y in place of s'y / y'y", "lbfgs", gamma="inverse"),
    Recurrence("L-BFGS, but gamma stays that of the first pair of all", "lbfgs", gamma="first"),
    Recurrence("L-BFGS, but s and y are exchanged", "lbfgs", exchanged=True),
    Recurrence("L-BFGS, but 1 / y's is not evicted with its pair", "lbfgs", stale="rho"),
    Recurrence("L-BFGS, but pairs of negative curvature are kept", "lbfgs", checked=False),
    Recurrence("L-BFGS, but y is the change of the gradient on the step before", "lbfgs",
               stale="y"),
    Recurrence("L-BFGS, but y is the new gradient: the old one is not subtracted", "lbfgs",
               y="gradient"),
    Recurrence("L-BFGS, but the second loop is missing", "lbfgs", loops="first"),
    Recurrence(_STEEPEST, "lbfgs", memory=0),
    Recurrence("BFGS from the identity", "bfgs", True),
)  # fmt: skip

_BFGS = (
    Recurrence("BFGS with the identity scaled by y's / y'y before the first update "
               "(Nocedal and Wright, equation 6.20)", "bfgs", True, first="scaled"),
    Recurrence("BFGS with 1000 for 1 / y's where y's = 0, as SciPy has it", "bfgs", True,
               flat=1000.0),
    Recurrence("DFP", "bfgs", True, shape="dfp"),
    Recurrence("BFGS, but each pair enters one step late", "bfgs", late=1),
    Recurrence("BFGS, but s and y are exchanged", "bfgs", exchanged=True),
    Recurrence("BFGS, but rho s s' is missing", "bfgs", last=0),
    Recurrence("BFGS, but rho s s' is subtracted", "bfgs", last=-1),
    Recurrence("BFGS, but the factor on the right is not transposed", "bfgs", shape="same side"),
    Recurrence("BFGS, but rho is half of 1 / y's", "bfgs", shape="half"),
    Recurrence("BFGS, but pairs of negative curvature are kept", "bfgs", checked=False),
    Recurrence("BFGS, but H starts again from the scaled identity at every step", "bfgs",
               first="always"),
    Recurrence("BFGS, but y is the change of the gradient on the step before", "bfgs", stale="y"),
    Recurrence("BFGS, but y is the new gradient: the old one is not subtracted", "bfgs",
               y="gradient"),
    Recurrence(_STEEPEST, "lbfgs", memory=0),
    *(Recurrence(f"L-BFGS with a memory of {m}", "lbfgs", True, memory=m) for m in (1, 5, 10)),
)  # fmt: skip

_NEWTON = (Recurrence(_STEEPEST, "lbfgs", memory=0),)
