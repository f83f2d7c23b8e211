"""Sums of notation: like terms together, and what they have in common in front."""

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

from sympy import Integer, S, gcd_terms, igcd, ilcm

from refmath.emit.tensor.notation.compose import (
    call,
    diagonal_matrix,
    dot,
    inner,
    is_row,
    norm,
    ones,
    power,
    scaled,
    split,
    times,
    transpose,
)
from refmath.emit.tensor.notation.tree import (
    Add,
    Bracket,
    Call,
    Dot,
    Eye,
    Fill,
    Notation,
    Power,
    Sigma,
    Times,
)

__all__ = ["add", "distributed", "multiplied_out", "total"]

Term = tuple[Any, Notation]


def add(terms: Iterable[Notation], shape: Sequence[Any], between: bool = False) -> Notation:
    """The sum of pieces of one shape.

    Args:
        terms: The pieces.
        shape: Their shape.
        between: Whether factors on either side have been taken out already, so that a term which
            is such a factor itself leaves the identity behind.
    """
    found = _collected(terms, tuple(shape))
    for step in (_sums, _constants, _relations, _diagonals, _common_factors):
        found = step(found, tuple(shape))
    found = _common_matrices(found, tuple(shape), between)
    return _sum(found, tuple(shape))


def _collected(terms: Iterable[Notation], shape: tuple[Any, ...]) -> list[Term]:
    """Unlike terms that are no sums, each with its coefficient."""
    found: dict[Notation, Any] = {}
    pending: list[Term] = [(S.One, x) for x in terms]
    while pending:
        outer, x = pending.pop(0)
        own, core = split(x)
        if isinstance(core, Add):
            pending = [(outer * own, y) for y in core.children] + pending
        else:
            found[core] = found.get(core, S.Zero) + outer * own
    kept = [(gcd_terms(c) if c.is_Add else c, core) for core, c in found.items()]
    return sorted(((c, core) for c, core in kept if c != 0), key=lambda x: x[1].key)


def _sum(terms: list[Term], shape: tuple[Any, ...]) -> Notation:
    if not terms:
        return scaled(0, ones(*shape))
    if len(terms) == 1:
        return scaled(*terms[0])
    front = _content([c for c, _ in terms])
    return scaled(front, Add(shape, tuple(scaled(c / front, core) for c, core in terms)))


def _content(scalars: list[Any]) -> Any:
    """What all coefficients contain: the rational content, powers of symbols, and a sign."""
    numbers, powers = [], []
    for scalar in scalars:
        number, rest = scalar.as_coeff_Mul()
        if not number.is_Rational:
            number, rest = S.One, scalar
        numbers.append(number)
        powers.append(dict(rest.as_powers_dict()))
    upper, lower = igcd(*(n.p for n in numbers), 0), ilcm(*(n.q for n in numbers), 1)
    common = Integer(upper) / lower
    if all(abs(n) != common for n in numbers):
        common = S.One
    for base in powers[0]:
        found: list[Any] = [p.get(base, S.Zero) for p in powers]
        if base != 1 and all(e.is_Rational for e in found):
            if all(e > 0 for e in found):
                common = common * base ** min(found)
            elif all(e < 0 for e in found):
                common = common * base ** max(found)
    return -common if all(c.could_extract_minus_sign() for c in scalars) else common


def _relations(terms: list[Term], shape: tuple[Any, ...]) -> list[Term]:
    """Terms that count where the same relations hold as one."""
    groups: dict[frozenset[Notation], list[Term]] = {}
    for term in terms:
        factors = term[1].children if isinstance(term[1], Times) else (term[1],)
        found = frozenset(f for f in factors if isinstance(f, Bracket))
        if found:
            groups.setdefault(found, []).append(term)
    for relations, members in groups.items():
        if 1 < len(members) < len(terms):
            rests = [
                scaled(c, times([f for f in x.children if f not in relations], shape))
                if isinstance(x, Times) else scaled(c, ones(*shape)) for c, x in members
            ]
            own, core = split(add(rests, shape))
            terms = [t for t in terms if t not in members]
            terms += [(own, times([core, *relations], shape))] if own != 0 else []
    return terms


def _constants(terms: list[Term], shape: tuple[Any, ...]) -> list[Term]:
    """Terms that are scalars times ones as one scalar times ones."""
    chosen = [(c, x) for c, x in terms if isinstance(x, Fill | Times) and _is_constant(x)]
    if not shape or len(chosen) < max(2, len(terms)):
        return terms
    scalars = [scaled(c, times([f for f in x.children if not f.rank], ())) for c, x in chosen]
    whole = split(times([add(scalars, ()), ones(*shape)], shape))
    return [whole] if whole[0] != 0 else []


def _is_constant(x: Notation) -> bool:
    return isinstance(x, Fill) or all(not f.rank or isinstance(f, Fill) for f in x.children)


def _diagonals(terms: list[Term], shape: tuple[Any, ...]) -> list[Term]:
    """Several diagonal matrices as one."""
    chosen = [(c, x) for c, x in terms if isinstance(x, Call) and x.name == "diag"]
    if len(chosen) < 2:
        return terms
    vector = add([scaled(c, x.children[0]) for c, x in chosen], shape[:1])
    whole = split(diagonal_matrix(vector))
    return [t for t in terms if t not in chosen] + ([whole] if whole[0] != 0 else [])


def _sums(terms: list[Term], shape: tuple[Any, ...]) -> list[Term]:
    """Sums over the same indices as one, where their terms have something in common."""
    groups: dict[Any, list[Term]] = {}
    for term in terms:
        if isinstance(term[1], Sigma) and term[1].over == "sum":
            groups.setdefault(term[1].indices, []).append(term)
    for indices, members in groups.items():
        if len(members) < 2:
            continue
        own, core = split(add([scaled(c, x.children[0]) for c, x in members], ()))
        if not isinstance(core, Add):
            terms = [t for t in terms if t not in members]
            whole = (own, Sigma((), (core,), "sum", indices))
            terms += [whole] if own != 0 else []
    return terms


def _factors(x: Notation) -> dict[Notation, Any]:
    """The factors of an elementwise product with their exponents."""
    out: dict[Notation, Any] = {}
    for f in x.children if isinstance(x, Times) else (x,):
        rational = isinstance(f, Power) and f.exponent is not None and f.exponent.is_Rational
        base, exponent = (f.children[0], f.fields[0]) if rational else (f, S.One)
        assert base not in out, f
        out[base] = exponent
    return out


def _common_factors(terms: list[Term], shape: tuple[Any, ...]) -> list[Term]:
    """Take out elementwise factors that all terms have, and multiply out what gets shorter."""
    if len(terms) < 2:
        return terms
    if all(isinstance(x, Times) for _, x in terms):
        tables = [_factors(x) for _, x in terms]
        front = {}
        for base, first in tables[0].items():
            found = [t.get(base, S.Zero) for t in tables]
            same = all(e == first for e in found)
            if same or (not base.rank and not base.free and all(e * first > 0 for e in found)):
                front[base] = min(found, key=abs)
        if front:
            rest = [
                scaled(c, times([power(b, e - front.get(b, 0)) for b, e in t.items()], shape))
                for (c, _), t in zip(terms, tables, strict=True)
            ]
            outside = [power(b, e) for b, e in front.items()]
            own, core = split(add(rest, shape))
            return [] if own == 0 else [split(scaled(own, times([*outside, core], shape)))]
    return _shorter(terms, shape)


def _shorter(terms: list[Term], shape: tuple[Any, ...]) -> list[Term]:
    """Multiplied out elementwise, where that is shorter."""
    if not any(isinstance(x, Times) and _has_sum(x) for _, x in terms):
        return terms
    wide = _collected([y for c, x in terms for y in multiplied_out(scaled(c, x))], shape)
    before, after = (sum(x.size for _, x in t) for t in (terms, wide))
    return wide if after < before and len(wide) <= len(terms) else terms


def _has_sum(x: Notation) -> bool:
    return any(isinstance(f, Add) for f in x.children)


def multiplied_out(x: Notation) -> list[Notation]:
    """The terms of an elementwise product of sums."""
    own, core = split(x)
    if isinstance(core, Add):
        return [scaled(own, y) for t in core.children for y in multiplied_out(t)]
    if not isinstance(core, Times) or not _has_sum(core):
        return [x]
    chosen = next(f for f in core.children if isinstance(f, Add))
    rest = [f for f in core.children if f is not chosen]
    inside = [times([*rest, t], core.shape) for t in chosen.children]
    return [scaled(own, y) for t in inside for y in multiplied_out(t)]


def _common_matrices(terms: list[Term], shape: tuple[Any, ...], between: bool) -> list[Term]:
    """Take out a matrix that several products begin or end with."""
    for last in (False, True):
        groups: dict[Notation, list[Term]] = {}
        for term in terms:
            edge = _edge(term[1], last, between)
            if edge is not None:
                groups.setdefault(edge, []).append(term)
        for edge, members in groups.items():
            if len(members) < 2:
                continue
            rests = [scaled(c, _without(x, last)) for c, x in members]
            inside = add(rests, rests[0].shape, between=True)
            whole = dot([inside, edge] if last else [edge, inside])
            others = [t for t in terms if t not in members]
            joined = add([scaled(c, x) for c, x in others] + [whole], shape, between)
            return [] if split(joined)[0] == 0 else [split(joined)]
    return terms


def _edge(x: Notation, last: bool, between: bool) -> Notation | None:
    """The first or last factor of a product that contains more, if it is a matrix."""
    scalars, core = _apart(x)
    del scalars
    if isinstance(core, Dot) and core.rank and not is_row(core):
        edge = core.children[-1 if last else 0]
        return edge if edge.rank == 2 else None
    plain = between and core.rank == 2 and not isinstance(core, Add | Eye | Fill)
    return core if plain else None


def _apart(x: Notation) -> tuple[list[Notation], Notation]:
    """The scalars of a product, and the rest."""
    if not isinstance(x, Times):
        return [], x
    rest = [f for f in x.children if f.rank]
    if len(rest) != 1:
        return [], x
    return [f for f in x.children if not f.rank], rest[0]


def _without(x: Notation, last: bool) -> Notation:
    scalars, core = _apart(x)
    if not isinstance(core, Dot):
        size = core.shape[0 if last else 1]
        rest: Notation = Eye((size, size), (), False)
    else:
        rest = dot(core.children[:-1] if last else core.children[1:])
    return times([*scalars, rest], rest.shape) if scalars else rest


def distributed(x: Notation) -> Notation:
    """A matrix product over a sum of matrices, multiplied out where that is shorter."""
    own, core = split(x)
    scalars, product = _apart(core)
    if not isinstance(product, Dot):
        return x
    for place, f in enumerate(product.children):
        if isinstance(f, Add) and f.rank == 2 and any(_holds_product(t) for t in f.children):
            before, after = product.children[:place], product.children[place + 1:]
            wide = add([dot([*before, t, *after]) for t in f.children], product.shape)
            whole = times([*scalars, split(wide)[1]], product.shape)
            found = scaled(own * split(wide)[0], whole)
            return found if found.size < x.size else x
    return x


def _holds_product(x: Notation) -> bool:
    return isinstance(_apart(split(x)[1])[1], Dot)


def total(x: Notation) -> Notation:
    """The sum of all entries."""
    own, core = split(x)
    if own != 1:
        return scaled(own, total(core))
    if isinstance(x, Fill):
        return scaled(prod(x.shape, start=S.One), ones())
    if isinstance(x, Power) and x.exponent == 2:
        return power(norm(x.children[0]), Integer(2))
    if isinstance(x, Times):
        return _total_of_product(x)
    if isinstance(x, Add):
        parts = [total(t) for t in x.children]
        if any(not _is_plain(p) for p in parts):
            return add(parts, ())
    if isinstance(x, Dot):
        left = [transpose(ones(x.shape[0]))]
        return dot([*left, x, *([ones(x.shape[1])] if x.rank == 2 else [])])
    return call("sum", [x], ())


def _is_plain(x: Notation) -> bool:
    _, core = split(x)
    return isinstance(core, Call) and core.name == "sum"


def _total_of_product(x: Notation) -> Notation:
    scalars = [f for f in x.children if not f.rank]
    factors = [f for f in x.children if f.rank]
    if scalars:
        return times([*scalars, total(times(factors, x.shape))], ())
    if x.rank == 1 and len(factors) == 2:
        return inner(*factors)
    return call("sum", [x], ())


