"""The entry of a piece of matrix notation: the index goes in as far as entries are plain."""

from typing import Any

from refmath.emit.tensor.notation import sums
from refmath.emit.tensor.notation.compose import call, is_row, ones, scaled, times
from refmath.emit.tensor.notation.tree import (
    Add,
    Alias,
    Bracket,
    Call,
    Dot,
    Entry,
    Eye,
    Fill,
    Index,
    Indexed,
    Name,
    Notation,
    Power,
    Scaled,
    Slice,
    Times,
    Transpose,
)

__all__ = ["WHOLE", "pushed"]

WHOLE = (
    "argmax", "det", "diag", "diagonal", "inv", "log_softmax", "logdet", "logsumexp", "max",
    "norm", "onehot", "softmax", "sum", "tr",
)
"""Functions of whole tensors, as against elementwise ones."""


def pushed(x: Notation, at: tuple[Any, ...]) -> Notation:
    """The entry of a piece at some indices."""
    if not at:
        return x
    if isinstance(x, Scaled):
        return scaled(x.coefficient, pushed(x.children[0], at))
    if isinstance(x, Fill):
        return ones()
    if isinstance(x, Eye):
        return _equal(*at)
    if isinstance(x, Transpose):
        return pushed(x.children[0], tuple(reversed(at)))
    if isinstance(x, Add | Times | Power):
        inside = [pushed(c, at) if c.rank else c for c in x.children]
        if isinstance(x, Add):
            return sums.add(inside, ())
        return times(inside, ()) if isinstance(x, Times) else Power((), tuple(inside), *x.fields)
    if isinstance(x, Dot) and len(x.children) == 2 and is_row(x.children[1]):
        column, row = x.children
        return times([pushed(column, at[:1]), pushed(row, at[1:])], ())
    if isinstance(x, Call):
        return _call(x, at)
    if isinstance(x, Slice):
        return pushed(x.children[0], _unsliced(x, at))
    return Entry((), (x,), at)


def _call(x: Call, at: tuple[Any, ...]) -> Notation:
    inside = x.children[0]
    if x.name == "diag":
        return times([pushed(inside, at[:1]), _equal(*at)], ())
    if x.name == "diagonal":
        return pushed(inside, (at[0], at[0]))
    if x.name == "onehot":
        label = pushed(inside, at[:-1])
        return Bracket((), (label, Index((), (), at[-1])), ("=",))
    if x.name not in WHOLE and all(_is_light(c) for c in x.children):
        return call(x.name, [pushed(c, at) if c.rank else c for c in x.children], ())
    return Entry((), (x,), at)


def _is_light(x: Notation) -> bool:
    """Whether an entry is made of entries of names."""
    if isinstance(x, Name | Alias | Fill | Indexed):
        return True
    passing = isinstance(x, Scaled | Add | Times | Power | Slice | Transpose)
    return not x.rank or (passing and all(_is_light(c) for c in x.children))


def _unsliced(x: Slice, at: tuple[Any, ...]) -> tuple[Any, ...]:
    """The index into what is sliced."""
    rest, out = list(at), []
    for item in x.items:
        if item is None:
            out.append(rest.pop(0))
        elif isinstance(item, tuple):
            start, _, step = item
            out.append((start + step * rest.pop(0)).expand())
        else:
            out.append(item)
    return tuple(out)


def _equal(a: Any, b: Any) -> Notation:
    return Bracket((), (Index((), (), a), Index((), (), b)), ("=",))
