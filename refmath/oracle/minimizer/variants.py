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
    Recurrence("L-BFGS, but y is the old gradient minus the new", "lbfgs", y="negated",
               checked=False),
    Recurrence("L-BFGS, but s is the step before", "lbfgs", stale="s"),
    Recurrence("L-BFGS, but s is the direction: the step length is missing", "lbfgs",
               s="direction"),
    Recurrence("L-BFGS, but rho is 1 / y'y", "lbfgs", rho="yy"),
    Recurrence("L-BFGS, but rho is 1 / s's", "lbfgs", rho="ss"),
    Recurrence("L-BFGS, but gamma is s's / s'y", "lbfgs", gamma="long"),
    Recurrence("L-BFGS, but the second loop is missing", "lbfgs", loops="first"),
    Recurrence("L-BFGS, but beta is not subtracted in the second loop", "lbfgs",
               loops="no beta"),
    Recurrence("L-BFGS, but the second loop adds beta - alpha in place of alpha - beta", "lbfgs",
               loops="beta - alpha"),
    Recurrence("L-BFGS, but the first loop adds alpha y", "lbfgs", loops="plus"),
    Recurrence("L-BFGS, but the second loop goes from the newest pair to the oldest, too",
               "lbfgs", loops="one order"),
    Recurrence("L-BFGS, but with the gradient of the point before", "lbfgs", at="old"),
    Recurrence("L-BFGS with one pair less than it is asked to keep", "lbfgs", more=-1),
    Recurrence("L-BFGS with one pair more than it is asked to keep", "lbfgs", more=1),
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
    Recurrence("BFGS, but the outer product is transposed: I - rho y s' in place of "
               "I - rho s y'", "bfgs", shape="transposed"),
    Recurrence("BFGS, but only one factor is there: (I - rho s y') H + rho s s'", "bfgs",
               shape="one side"),
    Recurrence("BFGS, but the update of the Hessian is used for its inverse", "bfgs",
               shape="dual"),
    Recurrence("the symmetric rank-one update (Nocedal and Wright, equation 6.25)", "bfgs", True,
               shape="sr1", checked=False),
    Recurrence("BFGS, but rho is half of 1 / y's", "bfgs", shape="half"),
    Recurrence("BFGS, but rho is 1 / y'y", "bfgs", rho="yy"),
    Recurrence("BFGS, but rho is 1 / s's", "bfgs", rho="ss"),
    Recurrence("BFGS, but the identity is scaled by y'y / y's in place of y's / y'y", "bfgs",
               first="inverse"),
    Recurrence("BFGS, but s is the step before", "bfgs", stale="s"),
    Recurrence("BFGS, but s is the direction: the step length is missing", "bfgs",
               s="direction"),
    Recurrence("BFGS, but with the gradient of the point before", "bfgs", at="old"),
    Recurrence("BFGS, but pairs of negative curvature are kept", "bfgs", checked=False),
    Recurrence("BFGS, but H starts again from the scaled identity at every step", "bfgs",
               first="always"),
    Recurrence("BFGS, but y is the change of the gradient on the step before", "bfgs", stale="y"),
    Recurrence("BFGS, but y is the new gradient: the old one is not subtracted", "bfgs",
               y="gradient"),
    Recurrence("BFGS that keeps nothing but the last pair, from the identity", "lbfgs", True,
               memory=1, gamma="one"),
    Recurrence(_STEEPEST, "lbfgs", memory=0),
    *(Recurrence(f"L-BFGS with a memory of {m}", "lbfgs", True, memory=m) for m in (1, 5, 10)),
)  # fmt: skip

_NEWTON = (Recurrence(_STEEPEST, "lbfgs", memory=0),)
