"""The last steps before printing: in which order terms and factors stand, and with which signs."""

from collections.abc import Callable
from typing import Any

from sympy import S

from refmath.emit.tensor.notation.compose import dot, scaled, split, transpose
from refmath.emit.tensor.notation.letters import reading_order
from refmath.emit.tensor.notation.text import is_implicit
from refmath.emit.tensor.notation.tree import (
    Add,
    Alias,
    Bracket,
    Call,
    Dot,
    Entry,
    Fill,
    Indexed,
    Name,
    Notation,
    Power,
    Sigma,
    Slice,
    Times,
    Transpose,
)

__all__ = ["opened", "sorted_tree", "spelled_out"]

_LAST, _MOST_AXES = 1 << 20, 8


def opened(x: Notation) -> Notation:
    """A whole formula with a common factor multiplied into a sum that has others."""
    if isinstance(x, Indexed):
        return x.rebuilt((opened(x.children[0]),))
    x = _evened(_turned_sign(x))
    own, core = split(x)
    if own == 1 or not isinstance(core, Add):
        return x
    plain = all(split(t)[0] in (S.One, S.NegativeOne) for t in core.children)
    if plain and own != -1:
        return x
    terms = tuple(_turned_sign(scaled(own, t)) for t in core.children)
    return Add(core.shape, terms)


def _turned_sign(x: Notation) -> Notation:
    """A product with its minus sign taken into the only sum among its factors."""
    own, core = split(x)
    turned = _negated(core) if own.could_extract_minus_sign() else None
    return x if turned is None else scaled(-own, turned)


def _negated(x: Notation) -> Notation | None:
    """Minus a piece, if the minus sign can be taken into a sum that has one."""
    if isinstance(x, Add):
        return _minus(x) if any(_is_negative(t) for t in x.children) else None
    if isinstance(x, Transpose) or (isinstance(x, Sigma) and x.over == "sum"):
        inside = _negated(x.children[0])
        if inside is None:
            return None
        return transpose(inside) if isinstance(x, Transpose) else x.rebuilt((inside,))
    if not isinstance(x, Dot | Times):
        return None
    found = [(i, y) for i, c in enumerate(x.children) if (y := _negated(c)) is not None]
    if len(found) != 1:
        return None
    ((place, new),) = found
    return x.rebuilt(tuple(new if i == place else c for i, c in enumerate(x.children)))


def _minus(x: Notation) -> Notation:
    return Add(x.shape, tuple(scaled(-1, t) for t in x.children))


def _is_negative(x: Notation) -> bool:
    return bool(split(x)[0].could_extract_minus_sign())


def _evened(x: Notation) -> Notation:
    """A sum without differences, where ``1 - y`` for ``y - 1`` makes all its signs equal."""
    own, core = split(x)
    if isinstance(core, Sigma) and core.over == "sum":
        sign, inside = split(_evened(core.children[0]))
        return scaled(own * sign, core.rebuilt((inside,)))
    if not isinstance(core, Add):
        return x
    plus = [t for t in core.children if not _is_negative(t)]
    minus = [scaled(-1, t) for t in core.children if _is_negative(t)]
    turned = [_negated(split(t)[1]) if _ends_in_minus_one(t) else None for t in plus]
    if not minus or not plus or None in turned:
        return x
    whole = [scaled(split(t)[0], y) for t, y in zip(plus, turned, strict=True) if y is not None]
    return scaled(-own, Add(core.shape, tuple(whole + minus)))


def _ends_in_minus_one(x: Notation) -> bool:
    """Whether the only sum among the factors of a product has a negative constant."""
    _, core = split(x)
    sums = [_bare(c) for c in core.children if isinstance(_bare(c), Add)]
    found = [t for s in sums for t in s.children if isinstance(split(t)[1], Fill)]
    return isinstance(core, Dot | Times) and len(sums) == 1 and any(map(_is_negative, found))


def _bare(x: Notation) -> Notation:
    return x.children[0] if isinstance(x, Transpose) else x


def spelled_out(x: Notation) -> Notation:
    """A formula whose matrices of ones are products where they could be mistaken for numbers."""
    children = [spelled_out(c) for c in x.children]
    if isinstance(x, Add) and not is_implicit(x):
        for place, c in enumerate(children):
            own, core = split(c)
            if isinstance(core, Fill):
                children[place] = scaled(own, dot([core]))
    return x.rebuilt(tuple(children))


def sorted_tree(x: Notation, text: Callable[[Notation], str]) -> Notation:
    """A formula with its terms and factors in reading order.

    Args:
        x: The formula.
        text: Its text, by which what is otherwise equal is sorted.
    """
    known: dict[Notation, Notation] = {}

    def visit(y: Notation) -> Notation:
        if y not in known:
            children = [visit(_turned_sign(c)) for c in y.children]
            if isinstance(y, Add):
                children.sort(key=lambda t: _term_key(t, text))
            elif isinstance(y, Times):
                children.sort(key=lambda t: _factor_key(t, text))
            known[y] = y.rebuilt(tuple(children))
        return known[y]

    return visit(x)


def _term_key(x: Notation, text: Callable[[Notation], str]) -> tuple[Any, ...]:
    own, core = split(x)
    constant = isinstance(core, Fill)
    negative = own.could_extract_minus_sign()
    return (negative, constant, _has_ones(core), -_count(core), -core.size, text(x))


def _has_ones(x: Notation) -> bool:
    return isinstance(x, Fill) or any(_has_ones(c) for c in x.children)


def _count(x: Notation) -> int:
    """The number of factors of a product."""
    if isinstance(x, Dot | Times):
        return sum(_count(c) for c in x.children)
    return 1


def _factor_key(x: Notation, text: Callable[[Notation], str]) -> tuple[Any, ...]:
    bare = x.children[0] if isinstance(x, Power) else x
    if isinstance(bare, Entry):
        places = [
            min((reading_order(s.name) for s in e.free_symbols), default=_LAST) for e in bare.at
        ]
        places += [_LAST] * (_MOST_AXES - len(places))
        return (0, isinstance(bare.children[0], Alias), places, text(x))
    return (bool(x.rank), _kind(bare), [bare.size], text(x))


def _kind(x: Notation) -> int:
    if isinstance(x, Alias):
        return 1
    if isinstance(x, Name | Slice | Transpose | Entry):
        return 0
    if isinstance(x, Add):
        return 4 if _is_busy(x) else 2
    if isinstance(x, Bracket):
        return 6
    return 7 if isinstance(x, Sigma) else 3 if isinstance(x, Dot) else 5


def _is_busy(x: Notation) -> bool:
    return isinstance(x, Call | Dot) or any(_is_busy(c) for c in x.children)
