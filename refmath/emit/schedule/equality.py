"""Whether two forms of a schedule are equal: proved by algebra, region by region.

The conditions of both forms cut the parameters into regions. On each the alternatives are decided;
where two sides of a condition are equal, that is put in. The forms are equal if their difference
simplifies to 0 on every region.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

from sympy import (
    Dummy,
    Piecewise,
    Rational,
    S,
    Symbol,
    cancel,
    ceiling,
    cos,
    expand,
    expand_trig,
    floor,
    powsimp,
    together,
)
from sympy.core.relational import Relational

from refmath.notation import Hyper
from refmath.schedule import Count, Resolved, t

__all__ = ["equal", "equal_forms", "recursion_holds"]

_MOST_CONDITIONS = 4


def equal_forms(a: Resolved, b: Resolved) -> str | None:
    """Why two forms are equal, or None where that is not proved."""
    if a.formula is not None and b.formula is not None:
        return equal(a.formula, b.formula)
    if a.recursion is None or b.recursion is None:
        return None
    ours, theirs = a.recursion.steps, b.recursion.steps
    if [x for x, _ in ours] != [x for x, _ in theirs]:
        return None
    reasons = [equal(e, f) for (_, e), (_, f) in zip(ours, theirs, strict=True) if e != f]
    return None if None in reasons else "; ".join(r for r in reasons if r) or "the same"


def equal(a: Any, b: Any) -> str | None:
    """Why two expressions are equal, or None where that is not proved."""
    try:
        return _equal(_assumed(a), _assumed(b))
    except RecursionError:  # SymPy turns the conditions of some alternatives round for ever
        return None


def _equal(a: Any, b: Any) -> str | None:
    gaps = _gaps(a, b)
    if len(gaps) > _MOST_CONDITIONS:
        return None
    differ = []
    for signs in product((-1, 0, 1), repeat=len(gaps)):
        known = dict(zip(gaps, signs, strict=True))
        if _impossible(known):
            continue
        left, right = _decided(a, known), _decided(b, known)
        if left == right:
            continue
        if not _same_on(left, right, known):
            return None
        differ += [g for g, s in known.items() if s == 0]
    if not differ:
        return "the two are the same by algebra"
    shown = sorted({f"{_plain(g)} = 0" for g in differ})
    return f"they differ only in which alternative holds where {' or '.join(shown)}; both agree"


def recursion_holds(form: Resolved) -> bool:
    """Whether the formula satisfies the recursion, at the start and from t - 1 to t."""
    recursion = form.recursion
    assert recursion is not None
    ((target, expr),) = recursion.steps
    base = target.base
    start = equal(form.formula.subs(t, 0), base.start)
    stepped = expr.xreplace({base[t - 1]: form.formula.subs(t, t - 1)})
    return start is not None and equal(stepped, form.formula) is not None


def _assumed(expr: Any) -> Any:
    """The same with what the domains say of the symbols."""
    return expr.xreplace({h: _knowing(h) for h in expr.atoms(Hyper)})


_KNOWN: dict[Any, Any] = {}


def _knowing(symbol: Any) -> Any:
    """An expression in a symbol without bounds that takes just the values of the domain."""
    if symbol not in _KNOWN:
        low, high = symbol.domain.low, symbol.domain.high
        name, whole = symbol.name, True if isinstance(symbol, Count) else None
        if low is None:
            _KNOWN[symbol] = Symbol(name, real=True, integer=whole)
        elif whole and low == 1:
            _KNOWN[symbol] = Symbol(name, integer=True, positive=True)
        else:
            free = Symbol(
                name, real=True, integer=whole, positive=True if symbol.domain.low_open else None,
                nonnegative=True,
            )
            inside = low == 0 and high == 1 and symbol.domain.high_open
            _KNOWN[symbol] = free / (1 + free) if inside else Rational(str(low)) + free
    return _KNOWN[symbol]


def _plain(expr: Any) -> Any:
    return expr.xreplace({s: Symbol(s.name) for s in expr.atoms(Symbol)})


def _gaps(*exprs: Any) -> list[Any]:
    found: dict[Any, None] = {}
    for expr in exprs:
        for relation in sorted(expr.atoms(Relational), key=str):
            gap = _gap(relation)
            if gap not in found and -gap not in found:
                found[gap] = None
    return list(found)


def _gap(relation: Any) -> Any:
    return relation.lhs - relation.rhs


def _decided(expr: Any, known: Mapping[Any, int]) -> Any:
    """An expression with its alternatives decided."""
    truths = {}
    for relation in expr.atoms(Relational):
        gap = _gap(relation)
        sign = known[gap] if gap in known else -known[-gap]
        truths[relation] = _TRUE[relation.func.__name__](sign)
    for _ in range(8):
        pieces = sorted(expr.atoms(Piecewise), key=lambda p: len(str(p)))
        if not pieces:
            return expr
        expr = expr.xreplace({pieces[0]: _first(pieces[0], truths)})
    return expr


def _first(piece: Any, truths: Mapping[Any, bool]) -> Any:
    for value, cond in piece.args:
        if cond.xreplace({k: S.true if v else S.false for k, v in truths.items()}) == S.true:
            return value
    return S.NaN


_TRUE: dict[str, Any] = {
    "StrictLessThan": lambda s: s < 0, "LessThan": lambda s: s <= 0,
    "StrictGreaterThan": lambda s: s > 0, "GreaterThan": lambda s: s >= 0,
    "Equality": lambda s: s == 0, "Unequality": lambda s: s != 0,
}


def _same_on(a: Any, b: Any, known: Mapping[Any, int]) -> bool:
    if a.has(S.NaN) or b.has(S.NaN):
        return False
    rounded = {f: Dummy(integer=True) for e in (a, b, *known) for f in e.atoms(floor, ceiling)}
    a, b = a.xreplace(rounded), b.xreplace(rounded)
    zeros = [g.xreplace(rounded) for g, s in known.items() if s == 0]
    return any(_vanishes(a.xreplace(c) - b.xreplace(c)) for c in _substitutions(zeros))


def _impossible(known: Mapping[Any, int]) -> bool:
    """Whether the domains exclude a region, or no whole numbers lie in it."""
    for (a, left), (b, right) in combinations(known.items(), 2):
        apart = expand(a - b)
        if apart.is_Integer and a.is_integer and b.is_integer:
            near = range(-abs(int(apart)) - 1, abs(int(apart)) + 2)
            if not any(_sign(g + int(apart)) == left and _sign(g) == right for g in near):
                return True
    for change in _substitutions([g for g, s in known.items() if s == 0]):
        for gap, sign in known.items():
            x = cancel(gap.xreplace(change))
            never = {-1: x.is_nonnegative, 0: x.is_nonzero, 1: x.is_nonpositive}[sign]
            if never:
                return True
    return False


def _sign(x: int) -> int:
    return (x > 0) - (x < 0)


def _substitutions(zeros: list[Any]) -> Iterator[dict[Any, Any]]:
    """What follows from some differences being 0: one symbol by the others."""
    if not zeros:
        yield {}
        return
    gap = expand(zeros[0])
    for symbol in sorted(gap.free_symbols, key=lambda s: (s != t, str(s))):
        slope = gap.diff(symbol)
        if slope != 0 and not slope.has(symbol):
            yield {symbol: -gap.xreplace({symbol: S.Zero}) / slope}


def _vanishes(difference: Any) -> bool:
    if difference == 0:
        return True
    for turned in (lambda x: cos(expand(x)), lambda x: expand_trig(cos(expand(x)))):
        plain = difference.replace(cos, turned)
        if plain == 0 or cancel(together(powsimp(expand(plain)))) == 0:
            return True
    return False
