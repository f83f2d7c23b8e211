"""Hypotheses as intervals of symbols, and symbols made nonnegative.

A symbol with bounds is replaced by a function of a new symbol u >= 0 that reaches all of its
interval: low + u, high - u, or (low + high u)/(1 + u), and high itself where it belongs to it. A
symbol without bounds is tried as u and as -u.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from sympy import And, Ge, Gt, Le, Lt, S, Symbol

__all__ = ["Bound", "atoms_of", "bounds", "positive_symbols", "settled"]

_FLIP = {Le: Ge, Lt: Gt, Ge: Le, Gt: Lt}


@dataclass(frozen=True)
class Bound:
    """An interval of one symbol; its ends may contain other symbols."""

    symbol: Any
    low: Any = None
    low_strict: bool = False
    high: Any = None
    high_strict: bool = False


def atoms_of(relations: Iterable[Any]) -> list[Any]:
    """Relations with every conjunction taken apart."""
    out: list[Any] = []
    for r in relations:
        if isinstance(r, And):
            out += atoms_of(r.args)
        elif r not in (True, S.true):
            out.append(r)
    return out


def positive_symbols(given: Iterable[Any]) -> set[Any]:
    """Symbols that the hypotheses say are positive."""
    found = set()
    for bound in bounds(given).values():
        low = bound.low
        if low is not None and low.is_number and (low > 0 or (low == 0 and bound.low_strict)):
            found.add(bound.symbol)
    return found


def bounds(given: Iterable[Any]) -> dict[Any, Bound]:
    """The intervals of symbols that hypotheses of the form ``x <= ...`` give."""
    found: dict[Any, Bound] = {}
    for r in sorted(atoms_of(given), key=lambda r: len(r.free_symbols)):
        sides = [(r.lhs, r.rhs, r.func), (r.rhs, r.lhs, _FLIP.get(r.func))]
        for left, right, kind in sorted(sides, key=lambda s: s[0] in found):
            if not isinstance(left, Symbol) or right.has(left) or kind not in _FLIP:
                continue
            _narrow(found, left, right, kind)
            break
    return found


def _narrow(found: dict[Any, Bound], symbol: Any, end: Any, kind: Any) -> None:
    old = found.get(symbol, Bound(symbol))
    strict = kind in (Lt, Gt)
    if kind in (Ge, Gt):
        if old.low is None or not (old.low.is_number and end.is_number and old.low >= end):
            old = Bound(symbol, end, strict, old.high, old.high_strict)
    elif old.high is None or not (old.high.is_number and end.is_number and old.high <= end):
        old = Bound(symbol, old.low, old.low_strict, end, strict)
    found[symbol] = old


def _ordered(known: Mapping[Any, Bound]) -> list[Bound]:
    """Bounds in an order in which each uses only symbols that come after it."""
    left = dict(known)
    out: list[Bound] = []
    while left:
        used = {
            s for b in left.values() for end in (b.low, b.high) if end is not None
            for s in end.free_symbols
        }
        free = [b for s, b in left.items() if s not in used]
        if not free:  # a circle: these bounds are left unused
            return out
        out += [left.pop(b.symbol) for b in free]
    return out


def settled(
    given: Iterable[Any], symbols: Collection[Any]
) -> Iterator[tuple[dict[Any, Any], set[Any]]]:
    """Replacements that make every symbol nonnegative, with the new symbols that are positive.

    Together the cases cover every point at which the hypotheses hold.
    """
    known = bounds(given)
    for s in symbols:
        if s.is_integer and s.is_positive:
            known.setdefault(s, Bound(s, S.One))
    ways: list[tuple[Any, tuple[Any, ...]]] = []
    strict: set[Any] = set()
    done = set()
    for b in _ordered(known):
        u = Symbol(f"u_{b.symbol.name}")
        done.add(b.symbol)
        if b.low is not None and b.high is not None:
            inside = (b.low + b.high * u) / (1 + u)  # from low to below high, which it never is
            ways.append((b.symbol, (inside,) if b.high_strict else (inside, b.high)))
            loose = not b.low_strict
        elif b.low is not None:
            ways.append((b.symbol, (b.low + u,)))
            loose = not b.low_strict
        else:
            ways.append((b.symbol, (b.high - u,)))
            loose = not b.high_strict
        strict |= set() if loose else {u}
    others = {
        s for b in known.values() for end in (b.low, b.high) if end is not None
        for s in end.free_symbols
    }
    free = sorted((set(symbols) | others) - done, key=str)
    signs = [[way * Symbol(f"u_{s.name}") for way in (1, -1)] for s in free]
    for values in product(*(values for _, values in ways)):
        for choice in product(*signs):
            change: dict[Any, Any] = {}
            renamed = dict(zip(free, choice, strict=True))
            for (symbol, _), value in zip(ways, values, strict=True):
                change = {k: v.xreplace({symbol: value}) for k, v in change.items()}
                change[symbol] = value
            yield {k: v.xreplace(renamed) for k, v in change.items()} | renamed, strict
