"""Which ones and identities have to show their size: where nothing else in a formula tells it."""

from refmath.emit.tensor.notation.compose import is_row
from refmath.emit.tensor.notation.tree import (
    Add,
    Call,
    Dot,
    Eye,
    Fill,
    Notation,
    Power,
    Scaled,
    Times,
    Transpose,
)

__all__ = ["sized"]

Known = tuple[bool, ...]


def sized(x: Notation, known: Known, bold: bool = False) -> Notation:
    """A formula whose ones and identities show their size where nothing else tells it.

    Args:
        x: The formula.
        known: For each axis whether what stands around tells its size.
        bold: Whether ones look different from the number 1.
    """
    return _Sizes(bold)(x, known)


class _Sizes:
    def __init__(self, bold: bool) -> None:
        self._bold = bold

    def __call__(self, x: Notation, known: Known) -> Notation:
        if isinstance(x, Fill):
            return Fill(x.shape, (), bool(x.rank) and not all(known))
        if isinstance(x, Eye):
            return Eye(x.shape, (), not any(known))
        if isinstance(x, Transpose):
            return x.rebuilt((self(x.children[0], tuple(reversed(known))),))
        if isinstance(x, Scaled):
            inside = self(x.children[0], known)
            return x.rebuilt((inside if self._bold else _shown(inside),))
        if isinstance(x, Dot):
            return self._chain(x, known)
        if isinstance(x, Add | Times | Power) or (isinstance(x, Call) and _keeps_shape(x)):
            told = [_told(c) for c in x.children if c.shape == x.shape]
            whole = tuple(k or any(t[i] for t in told) for i, k in enumerate(known))
            return x.rebuilt(tuple(
                self._term(c, whole if c.shape == x.shape else (False,) * c.rank, place > 0)
                for place, c in enumerate(x.children)
            ))
        return x.rebuilt(tuple(self(c, (False,) * c.rank) for c in x.children))

    def _term(self, x: Notation, known: Known, follows: bool) -> Notation:
        """A term; behind a minus sign ones need not show that they are no number."""
        if follows and isinstance(x, Scaled) and x.coefficient == -1:
            return x.rebuilt((self(x.children[0], known),))
        return self(x, known)

    def _chain(self, x: Dot, known: Known) -> Notation:
        """A matrix product: neighbours tell each other's sizes."""
        factors = x.children
        last = len(factors) - 1
        outer = list(known)
        left = False if is_row(factors[0]) else outer.pop(0)
        right = outer.pop(0) if outer else False
        out = []
        for place, f in enumerate(factors):
            before = left if place == 0 else _last_told(factors[place - 1])
            after = right if place == last else _first_told(factors[place + 1])
            sides = (before, after) if f.rank == 2 else (after if is_row(f) else before,)
            out.append(self(f, sides))
        return x.rebuilt(tuple(out))


def _shown(x: Notation) -> Notation:
    """Ones right after a number show their size, so that they do not look like one."""
    if not isinstance(x, Dot):
        return x
    first, *rest = x.children
    if isinstance(first, Fill):
        return x.rebuilt((Fill(first.shape, (), True), *rest))
    if isinstance(first, Transpose) and isinstance(first.children[0], Fill):
        bare = Fill(first.children[0].shape, (), True)
        return x.rebuilt((first.rebuilt((bare,)), *rest))
    return x


def _keeps_shape(x: Call) -> bool:
    return any(c.shape == x.shape for c in x.children) and x.name not in ("inv", "onehot")


def _told(x: Notation) -> Known:
    """For each axis whether the formula itself tells its size."""
    if isinstance(x, Fill | Eye):
        return (bool(x.fields[0]),) * x.rank
    if isinstance(x, Scaled):
        return _told(x.children[0])
    if isinstance(x, Transpose):
        return tuple(reversed(_told(x.children[0])))
    if isinstance(x, Dot):
        ends = (x.children[0], x.children[-1])
        rows = () if is_row(ends[0]) else _told(ends[0])[:1]
        columns = _told(ends[1])[-1:] if ends[1].rank == 2 or is_row(ends[1]) else ()
        return (*rows, *columns)
    if isinstance(x, Add | Times | Power) or (isinstance(x, Call) and _keeps_shape(x)):
        told = [_told(c) for c in x.children if c.shape == x.shape]
        return tuple(any(t[i] for t in told) for i in range(x.rank))
    if isinstance(x, Call) and x.name in ("diag", "diagonal", "inv"):
        return (_told(x.children[0])[0],) * x.rank
    if isinstance(x, Call) and x.axes is not None:
        inside = _told(x.children[0])
        return tuple(t for i, t in enumerate(inside) if i not in x.axes)
    return (True,) * x.rank


def _last_told(x: Notation) -> bool:
    return _told(x)[-1] if x.rank == 2 or is_row(x) else False


def _first_told(x: Notation) -> bool:
    return _told(x)[0] if x.rank == 2 or not is_row(x) else False
