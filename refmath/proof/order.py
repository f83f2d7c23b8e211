"""Inequalities: proved by the signs of coefficients, after every symbol is made nonnegative.

A polynomial in nonnegative symbols without negative coefficients is nonnegative. What that does
not see may be helped by squares and by hypotheses, each with a nonnegative weight. What is not
known of a maximum, an alternative or a function is tried in all ways that it may be.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sympy import And, Eq, Ge, Gt, Le, Lt, Ne, Pow, S, Symbol, sympify

from refmath.proof.intervals import atoms_of, positive_symbols, settled
from refmath.proof.normal import Field
from refmath.proof.polynomial import Backend, Terms

__all__ = ["holds", "sign_known"]


def _sign(terms: Terms, symbols: Sequence[Any], strict: set[Any]) -> tuple[int, bool]:
    """1, -1 or 0 for unknown, and whether it is certainly not 0."""
    values = list(terms.values())
    if not values:
        return 1, False
    way = 1 if values[0] > 0 else -1
    if any((c > 0) != (way > 0) for c in values):
        return 0, False
    positive = [
        all(e == 0 or s in strict for s, e in zip(symbols, powers, strict=False))
        for powers in terms
    ]
    return way, any(positive)


def _nonnegative(expr: Any, given: Sequence[Any], field: Field) -> tuple[bool, bool]:
    """Whether an expression is proved >= 0, and whether it is proved > 0."""
    if sympify(expr).is_Rational:
        return bool(expr >= 0), bool(expr > 0)
    if field.is_zero(expr):
        return True, False
    symbols = expr.free_symbols | {s for r in given for s in r.free_symbols}
    weak, strong = True, True
    for change, strict in settled(given, symbols):
        own = Field(field.backend, set(change.values()) & strict, _symbols(change))
        plain = own.plain(expr.xreplace(change))
        found = _all_generators(plain, own, set(strict), 0)
        weak, strong = weak and found[0], strong and found[1]
        if not weak:
            return False, False
    return weak, strong


def _symbols(change: Mapping[Any, Any]) -> set[Any]:
    return {s for v in change.values() for s in v.free_symbols}


_NONNEGATIVE = ("sqrt", "abs", "exp")
"""Kinds of generators that are never negative where they have a value."""


def _all_generators(
    plain: Any, field: Field, strict: set[Any], depth: int, put: Mapping[Any, Any] | None = None
) -> tuple[bool, bool]:
    """The sign of an expression, with what is known of roots, maxima and alternatives.

    What is not known is tried with both signs.

    Args:
        plain: The expression, in symbols that are not negative and generators.
        field: What the generators stand for.
        strict: Symbols that are positive.
        depth: How many maxima have been replaced.
        put: What has been put in the place of generators.
    """
    put = put or {}
    present = [x for x in reversed(field.kinds) if x[2] in plain.free_symbols]
    extremes = [x for x in present if x[0] in ("max", "min")]
    if extremes:  # which of them is decided first may matter
        best = (False, False)
        for x in extremes:
            found = _extreme(plain, field, strict, x, depth, put)
            best = best[0] or found[0], best[1] or found[1]
            if best[0]:
                break
        return best
    for kind, arguments, symbol in present:
        ways: list[Any] = []
        if kind == "cases":
            ways = list(arguments[: (len(arguments) + 2) // 3])
        elif kind == "pow" and _is_unit_power(arguments, field, put):
            u = Symbol(f"w_{symbol.name}")
            ways = [u / (1 + u), S.One]
        elif kind not in _NONNEGATIVE and not _is_power(kind, arguments, field, put):
            u = Symbol(f"v_{symbol.name}")
            ways = [u, -u]
        if ways:
            return _both(
                (plain.xreplace({symbol: w}), field, strict, depth, {**put, symbol: w})
                for w in ways
            )
    return _by_roots(plain, field, strict, put)


def _both(cases: Iterable[Any]) -> tuple[bool, bool]:
    found = [_all_generators(*c) for c in cases]
    return all(w for w, _ in found), all(s for _, s in found)


def _within(plain: Any, field: Field, put: Mapping[Any, Any]) -> Any:
    """What is inside a generator, with what was put in; None if the sign of a part is open."""
    value = plain.xreplace(put)
    for kind, arguments, symbol in field.kinds:
        if symbol in value.free_symbols and kind not in _NONNEGATIVE and not _is_power(
            kind, arguments, field, put
        ):
            return None
    return value


def _is_power(kind: str, arguments: Any, field: Field, put: Mapping[Any, Any]) -> bool:
    """Whether a generator is a power of a base that is not negative."""
    if kind != "pow":
        return False
    base = _within(arguments[0], field, put)
    return base is not None and _sign_of(base, field)[0]


def _is_unit_power(arguments: Any, field: Field, put: Mapping[Any, Any]) -> bool:
    """Whether b**(t - 1) has b in [0, 1) and an exponent from 0."""
    base, exponent = (_within(x, field, put) for x in arguments)
    if base is None or exponent is None:
        return False
    inside = _sign_of(1 - base, field)[1] and _sign_of(base, field)[0]
    return inside and _sign_of(exponent, field)[0]


def _sign_of(plain: Any, field: Field, strict: Iterable[Any] = ()) -> tuple[bool, bool]:
    (engine, top, bottom), symbols = field.quotient(plain)
    above = _sign(engine.terms(top), symbols, set(strict))
    below = _sign(engine.terms(bottom), symbols, set(strict))
    if not engine.terms(top):
        return True, False
    way = above[0] * below[0]
    return way > 0, way > 0 and above[1]


def _extreme(
    plain: Any, field: Field, strict: set[Any], generator: Any, depth: int,
    put: Mapping[Any, Any],
) -> tuple[bool, bool]:
    """Max(a, b) is a + w and b + w' with w, w' >= 0: either may be used; and it is a or b."""
    kind, arguments, symbol = generator
    w = Symbol(f"w{depth}_{symbol.name}")
    best = (False, False)
    for a in arguments:
        value = a + w if kind == "max" else a - w
        own = {**put, symbol: value}
        found = _all_generators(plain.xreplace({symbol: value}), field, strict, depth + 1, own)
        best = best[0] or found[0], best[1] or found[1]
    if best[0]:
        return best
    return _both(
        (plain.xreplace({symbol: a}), field, strict, depth + 1, {**put, symbol: a})
        for a in arguments
    )


def _by_roots(
    plain: Any, field: Field, strict: set[Any], put: Mapping[Any, Any]
) -> tuple[bool, bool]:
    """The sign with roots as nonnegative symbols; a larger root is the smaller one and more."""
    inside = {
        r: _within(x, field, put) for r, x in field.roots.items() if r in plain.free_symbols
    }
    roots = {r: x for r, x in inside.items() if x is not None}
    for r, x in roots.items():
        if _sign_of(x, field, strict)[1]:
            strict = {*strict, r}
    best = _sign_of(plain, field, strict)
    if best[0]:
        return best
    for r in roots:
        for smaller in roots:
            if r != smaller and _sign_of(roots[r] - roots[smaller], field, strict)[0]:
                found = _sign_of(
                    plain.xreplace({r: smaller + Symbol(f"w_{r.name}")}), field, strict
                )
                best = best[0] or found[0], best[1] or found[1]
    return best


def holds(
    relation: Any, given: Sequence[Any], backend: type[Backend],
    using: Sequence[tuple[Any, Any]] = (),
) -> bool:
    """Whether a relation is proved to follow from hypotheses; not if a side may have no value.

    Args:
        relation: An equation, inequality, or conjunction.
        given: Hypotheses; equations that give a symbol are put in.
        backend: The library that calculates.
        using: Pairs of a weight and of a square or hypothesis that is nonnegative.
    """
    try:
        return _holds(relation, given, backend, using)
    except ZeroDivisionError:
        return False


def _holds(
    relation: Any, given: Sequence[Any], backend: type[Backend], using: Sequence[tuple[Any, Any]]
) -> bool:
    if isinstance(relation, And):
        return all(_holds(r, given, backend, using) for r in relation.args)
    if relation in (True, S.true):
        return True
    if relation in (False, S.false):
        return False
    given, change = _solved(given)
    gap = (relation.lhs - relation.rhs).xreplace(change)
    field = Field(
        backend, positive_symbols(given),
        is_positive=lambda e: _nonnegative(e, given, Field(backend))[1],
    )
    if isinstance(relation, Eq):
        return field.is_zero(gap) or all(
            _nonnegative(x, given, field)[0] for x in (gap, -gap)
        )
    if isinstance(relation, Ne):
        weak = _nonnegative(gap, given, field)[1] or _nonnegative(-gap, given, field)[1]
        return bool(weak)
    gap = gap if isinstance(relation, Ge | Gt) else -gap
    sure = False
    for weight, fact in using:
        weight, fact = sympify(weight).xreplace(change), sympify(fact).xreplace(change)
        if not (_nonnegative(weight, given, field)[0] and _is_fact(fact, given, field)):
            return False
        gap = gap - weight * fact
        if isinstance(relation, Gt | Lt) and _strictly(fact, given, field):
            sure = sure or _nonnegative(weight, given, field)[1]
    weak, strong = _nonnegative(gap, given, field)
    return weak and (strong or sure) if isinstance(relation, Gt | Lt) else weak


def sign_known(expr: Any, given: Sequence[Any]) -> int:
    """1 or -1 where hypotheses say the sign of an expression, else 0."""
    for way in (1, -1):
        if _nonnegative(way * expr, given, Field(positive=positive_symbols(given)))[0]:
            return way
    return 0


def _solved(given: Sequence[Any]) -> tuple[list[Any], dict[Any, Any]]:
    """Hypotheses without the equations that give a symbol, and what these put in."""
    change: dict[Any, Any] = {}
    rest = []
    for r in atoms_of(given):
        if isinstance(r, Eq) and isinstance(r.lhs, Symbol) and not r.rhs.has(r.lhs):
            value = r.rhs.xreplace(change)
            change = {k: v.xreplace({r.lhs: value}) for k, v in change.items()}
            change[r.lhs] = value
        else:
            rest.append(r)
    return [r.xreplace(change) for r in rest], change


def _is_fact(fact: Any, given: Sequence[Any], field: Field) -> bool:
    """Whether an expression is a square, or one of the hypotheses says that it is nonnegative."""
    if isinstance(fact, Pow) and fact.exp.is_Integer and fact.exp % 2 == 0:
        return True
    return any(field.equal(fact, side) for side, _ in _sides(given))


def _strictly(fact: Any, given: Sequence[Any], field: Field) -> bool:
    return any(strict and field.equal(fact, side) for side, strict in _sides(given))


def _sides(given: Sequence[Any]) -> Iterator[tuple[Any, bool]]:
    for r in atoms_of(given):
        if isinstance(r, Ge | Gt):
            yield r.lhs - r.rhs, isinstance(r, Gt)
        elif isinstance(r, Le | Lt):
            yield r.rhs - r.lhs, isinstance(r, Lt)
