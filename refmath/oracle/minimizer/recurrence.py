"""The recurrences that give a direction from points and gradients, right and wrong ones.

Each is evaluated on the points and gradients that the subject itself went through, so that one
wrong step does not make the next one wrong.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, takewhile
from typing import Any

import numpy as np

from refmath.oracle.minimizer.balls import UNIT, Ball, dot, exact, outer

__all__ = ["Pair", "Recurrence", "directions", "inverse", "inverses"]

Array = Any


@dataclass(frozen=True)
class Pair:
    """A step and the change of the gradient along it."""

    s: Ball
    y: Ball

    @property
    def curvature(self) -> float:
        """The product s'y."""
        return float(self.s.mid @ self.y.mid)

    @property
    def doubt(self) -> float:
        """How far rounding may have moved it; within this of 0, tests of it may differ."""
        return float(dot(self.s, self.y).rad)


@dataclass(frozen=True)
class Recurrence:
    """How a direction comes from the pairs; the defaults are right.

    Attributes:
        text: What it is, as a sentence says what a subject behaves like.
        kind: "lbfgs", "bfgs" or "newton".
        real: Whether it is a form in real use, and no mistake.
        memory: How many pairs count; None for as many as the case asks for.
        more: How many pairs more than the case asks for are kept.
        first: H0 of BFGS: "identity", or "scaled" by y's/y'y of the first pair, "inverse" by
            the inverse of that, "always" scaled and started from again.
        gamma: H0 of L-BFGS: "newest", "oldest", "one", "inverse", "first", or "long" for
            s's/y's.
        backward: Whether the pairs are gone through in the wrong order.
        late: How many steps late a pair comes.
        roomy: Whether a late pair is kept beside the memory, or takes room in it.
        exchanged: Whether s and y are.
        checked: Whether a pair needs positive curvature.
        floor: What its curvature must be above.
        stale: Whether s, y, or rho, is that of another pair: "s", "y" or "rho".
        s: "step", or "direction" if the step length is missing.
        y: "change", "gradient" if the old gradient is not subtracted, "negated" if the new one
            is subtracted from the old.
        rho: What 1 / y's is: "ys", "yy" or "ss".
        at: Whose gradient is multiplied: "new", or "old" for that of the point before.
        loops: "both", or the one that is run: "first"; "no beta", "beta - alpha", "plus",
            or "one order" for a slip in one of them.
        last: The sign of rho s s' in BFGS: 1, 0 or -1.
        shape: The update of BFGS: "bfgs", "dfp", "same side", "half", "transposed",
            "one side", "dual" or "sr1".
        flat: What stands for 1 / y's where y's = 0; None if the pair is left out.
        rotated: Whether pairs are in the order of a circular buffer's places.
        unit: The rounding unit of the subject.
    """

    text: str
    kind: str
    real: bool = False
    memory: int | None = None
    more: int = 0
    first: str = "identity"
    gamma: str = "newest"
    backward: bool = False
    late: int = 0
    roomy: bool = True
    exchanged: bool = False
    checked: bool = True
    floor: float = 0.0
    stale: str = ""
    s: str = "step"
    y: str = "change"
    rho: str = "ys"
    at: str = "new"
    loops: str = "both"
    last: int = 1
    shape: str = "bfgs"
    flat: float | None = None
    rotated: bool = False
    unit: float = UNIT

    def pair(
        self, x: Sequence[Array], g: Sequence[Array], k: int, along: Ball | None = None
    ) -> Pair:
        """The pair of step k, from point k to point k + 1, which went along this direction."""
        at = max(k - 1, 0) if self.stale == "s" else k
        s = exact(x[at + 1], self.unit) - exact(x[at])
        s = s.widened(self.unit * (abs(x[at]) + 2 * abs(x[at + 1])))
        if self.s == "direction" and along is not None:
            s = along
        if self.y == "gradient":
            return Pair(s, exact(g[k + 1], self.unit))
        at = max(k - 1, 0) if self.stale == "y" else k
        y = exact(g[at + 1], self.unit) - exact(g[at])
        if self.y == "negated":
            y = -y
        return Pair(y, s) if self.exchanged else Pair(s, y)

    def over(self, pair: Pair) -> Ball:
        """What it takes for 1 / y's."""
        u, v = {"ys": (pair.y, pair.s), "yy": (pair.y, pair.y), "ss": (pair.s, pair.s)}[self.rho]
        return exact(1.0) / dot(u, v)

    def slope(self, g: Sequence[Array], k: int) -> Array:
        """The gradient that it multiplies at point k."""
        return g[max(k - 1, 0) if self.at == "old" else k]


def directions(
    rule: Recurrence, x: Sequence[Array], g: Sequence[Array], memory: int
) -> Iterator[Ball | None]:
    """The direction at each point but the last, up to a positive factor; None if it is open.

    Args:
        rule: The recurrence.
        x: The subject's iterates.
        g: The gradients there.
        memory: How many pairs L-BFGS keeps, if the recurrence does not say.
    """
    for k, times in zip(range(len(g) - 1), inverses(rule, x, g, memory), strict=False):
        yield None if times is None else -times(rule.slope(g, k))


@dataclass(frozen=True)
class _Memory:
    """What is known at a point: the pairs that count, with 1 / y's, the oldest first.

    Attributes:
        pairs: The pairs.
        first: gamma of the first pair of all.
        is_open: Whether rounding leaves open which pairs count.
    """

    pairs: tuple[tuple[Pair, Ball], ...]
    first: Ball | None
    is_open: bool


def _memories(
    rule: Recurrence, x: Sequence[Array], g: Sequence[Array], memory: int
) -> Iterator[_Memory]:
    """What is known at each point."""
    pairs: list[Pair] = []
    rhos: list[Ball] = []
    first: Ball | None = None
    is_open, taken = False, 0
    known = _Memory((), None, False)
    for k in takewhile(lambda k: k < len(x), count()):
        if k:
            along = -_two_loops(rule, known, g[k - 1]) if rule.s == "direction" else None
            new = rule.pair(x, g, k - 1, along)
            is_open = is_open or _doubtful(new, rule.floor)
            if new.curvature > rule.floor or (not rule.checked and new.curvature != 0):
                pairs.append(new)
                rhos.append(rule.over(new))
                first = first or dot(new.s, new.y) / dot(new.y, new.y)
                taken += 1
                if len(pairs) > memory + (rule.late if rule.roomy else 0):
                    pairs.pop(0)
                    if rule.stale != "rho":
                        rhos.pop(0)
        used = list(zip(pairs[: len(pairs) - rule.late], rhos, strict=False))
        if rule.rotated and taken > memory:
            shift = taken % memory
            used = used[len(used) - shift :] + used[: len(used) - shift]
        known = _Memory(tuple(used), first, is_open)
        yield known


def inverses(
    rule: Recurrence, x: Sequence[Array], g: Sequence[Array], memory: int
) -> Iterator[Callable[[Array], Ball] | None]:
    """The product with the inverse Hessian that the recurrence has at each point.

    The points and gradients may be lists that grow while this is gone through.

    Yields:
        A function of a vector; None if rounding leaves the matrix open.
    """
    if rule.kind == "bfgs":
        for matrix, is_open in _matrices(rule, x, g):
            yield None if is_open else partial(_times, matrix)
        return
    kept = memory + rule.more if rule.memory is None else rule.memory
    for known in _memories(rule, x, g, kept):
        yield None if known.is_open else partial(_two_loops, rule, known)


@np.errstate(all="ignore")
def inverse(
    rule: Recurrence, x: Sequence[Array], g: Sequence[Array], memory: int
) -> Callable[[Array], Ball] | None:
    """The product at the last point."""
    *_, last = inverses(rule, x, g, memory)
    return last


def _times(matrix: Ball, v: Array) -> Ball:
    return matrix @ exact(v)


def _doubtful(pair: Pair, floor: float) -> bool:
    """Whether rounding decides the test of the curvature."""
    return abs(pair.curvature - floor) <= pair.doubt and bool(pair.y.mid.any())


def _two_loops(rule: Recurrence, known: _Memory, g: Array) -> Ball:
    q = exact(g)
    if not known.pairs:
        return q
    ordered = known.pairs[::-1] if rule.backward else known.pairs
    shares = []
    for pair, rho in reversed(ordered):
        share = rho * dot(pair.s, q)
        shares.append(share)
        q = q + share * pair.y if rule.loops == "plus" else q - share * pair.y
    q = _gamma(rule, [p for p, _ in known.pairs], known.first) * q
    if rule.loops == "first":
        return q
    back = list(zip(ordered, reversed(shares), strict=True))
    for (pair, rho), share in reversed(back) if rule.loops == "one order" else back:
        beta = rho * dot(pair.y, q)
        change = share if rule.loops == "no beta" else share - beta
        q = q - change * pair.s if rule.loops == "beta - alpha" else q + change * pair.s
    return q


def _gamma(rule: Recurrence, pairs: list[Pair], first: Ball | None) -> Ball:
    if rule.gamma == "one":
        return exact(1.0)
    if rule.gamma == "first":
        assert first is not None
        return first
    pair = pairs[0] if rule.gamma == "oldest" else pairs[-1]
    above, below = dot(pair.s, pair.y), dot(pair.y, pair.y)
    if rule.gamma == "long":
        return dot(pair.s, pair.s) / above
    return below / above if rule.gamma == "inverse" else above / below


def _matrices(
    rule: Recurrence, x: Sequence[Array], g: Sequence[Array]
) -> Iterator[tuple[Ball, bool]]:
    """H at each point, and whether rounding leaves it open."""
    matrix = eye = exact(np.eye(len(x[0])))
    is_open, scaled = False, rule.first == "identity"
    for k in takewhile(lambda k: k < len(x), count()):
        if k > rule.late:
            along = -(matrix @ exact(g[k - 1])) if rule.s == "direction" else None
            pair = rule.pair(x, g, k - 1 - rule.late, along)
            is_open = is_open or _doubtful(pair, 0.0)
            if rule.first == "always" or not scaled:
                scale = dot(pair.s, pair.y) / dot(pair.y, pair.y)
                scale = exact(1.0) / scale if rule.first == "inverse" else scale
                matrix, scaled = scale * (eye if rule.first == "always" else matrix), True
            matrix = _updated(rule, matrix, pair, eye)
        yield matrix, is_open


def _updated(rule: Recurrence, inverse: Ball, pair: Pair, eye: Ball) -> Ball:
    s, y = pair.s, pair.y
    if pair.curvature == 0:
        if rule.flat is None:
            return inverse
        rho = exact(rule.flat)
    elif pair.curvature < 0 and rule.checked:
        return inverse
    else:
        rho = rule.over(pair)
    if rule.shape in ("dfp", "dual"):
        u, v = (s, y) if rule.shape == "dfp" else (y, s)
        product = inverse @ v
        return inverse - outer(product, product) * (exact(1.0) / dot(v, product)) + (
            rho * outer(u, u)
        )
    if rule.shape == "sr1":
        u = s - inverse @ y
        return inverse + outer(u, u) * (exact(1.0) / dot(u, y))
    if rule.shape == "half":
        rho = rho * exact(0.5)
    left = eye - (rho * outer(y, s) if rule.shape == "transposed" else rho * outer(s, y))
    if rule.shape == "one side":
        inverse = left @ inverse
    else:
        inverse = left @ inverse @ (left if rule.shape == "same side" else left.T)
    if rule.last:
        last = rho * outer(s, s)
        inverse = inverse + (last if rule.last > 0 else -last)
    return inverse
