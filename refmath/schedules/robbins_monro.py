"""Robbins and Monro's conditions, decided symbolically for a schedule.

Stochastic approximation converges if the rates sum to infinity and their squares do not (Robbins
and Monro 1951, equations 3 and 4). Both depend on the tail alone: which alternative holds for all
large t, and how it decays there. A rate that oscillates is judged by its mean over a cycle.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import (
    Add,
    And,
    Eq,
    Ge,
    Gt,
    Interval,
    Le,
    Lt,
    Max,
    Min,
    Mul,
    Ne,
    Or,
    Piecewise,
    Pow,
    Rational,
    S,
    Symbol,
    ceiling,
    exp,
    expand,
    false,
    floor,
    to_dnf,
    true,
)
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from refmath.errors import InvalidInput
from refmath.schedule import Count, Schedule, t

__all__ = ["RobbinsMonro", "robbins_monro"]

_HALF = Rational(1, 2)


@dataclass(frozen=True)
class RobbinsMonro:
    """What is asked of a schedule, as conditions on its hyperparameters, by their names.

    Attributes:
        diverges: When the sum of the rates is infinite.
        square_summable: When the sum of their squares is finite.
        holds: When both hold.
    """

    diverges: Any
    square_summable: Any
    holds: Any


@dataclass(frozen=True)
class _Tail:
    """Where a condition holds, the rate is about ``level * t**(-power) * ratio**t``."""

    condition: Any
    level: Any
    power: Any = S.Zero
    ratio: Any = S.One


def robbins_monro(schedule: Schedule) -> RobbinsMonro:
    """When the rates of a schedule sum to infinity while their squares do not.

    Args:
        schedule: Any form of a schedule that is a function of t.

    Raises:
        InvalidInput: It reacts to metrics, or is not defined for all t.
    """
    formula = schedule.resolved.formula
    if formula is None:
        raise InvalidInput(
            f"{schedule.name} depends on metrics, not on t alone; its sums are not decided"
        )
    known = {h: _symbol(h) for h in schedule.resolved.hypers}
    if schedule.setting_of("phases").endswith("extrapolated"):
        raise InvalidInput(
            f"{schedule.name} in this form ends with its cycle: beyond it is not meant; ask for "
            "the held form, --vary phases=cos_two"
        )
    if schedule.name in ("cyclic", "cosine_restarts") or schedule.setting_of("after") in (
        "cycle", "rise"
    ):
        diverges, finite = _by_mean(schedule, {h.key: s for h, s in known.items()})
    else:
        diverges, finite = _by_tail(formula.replace(_is_listed, _last).xreplace(known))
    domains = {s: _region(h.domain) for h, s in known.items()}
    first, second = (_plainest(c, domains) for c in (diverges, finite))
    return RobbinsMonro(first, second, _plainest(And(first, second), domains))


def _by_tail(formula: Any) -> tuple[Any, Any]:
    """When the sum diverges and when that of squares is finite, by the tails of a formula."""
    diverges, finite = [], []
    for tail in _tails(formula):
        some = And(tail.condition, Gt(tail.level, 0))
        flat = Eq(tail.ratio, 1)
        diverges.append(And(some, Or(Gt(tail.ratio, 1), And(flat, Le(tail.power, 1)))))
        finite.append(Or(
            ~tail.condition, Eq(tail.level, 0), Lt(tail.ratio, 1),
            And(flat, Gt(tail.power, _HALF)),
        ))
    return Or(*diverges), And(*finite)


def _symbol(h: Any) -> Any:
    """A symbol of the same key that knows its domain."""
    low = h.domain.low
    positive = low is not None and (low > 0 or (low == 0 and h.domain.low_open))
    return Symbol(h.key, real=True, integer=True if isinstance(h, Count) else None,
                  positive=True if positive else None,
                  nonnegative=True if low is not None and low >= 0 else None)


def _is_listed(expr: Any) -> bool:
    return isinstance(expr, AppliedUndef)


def _last(expr: Any) -> Any:
    """What a function of listed hyperparameters is after all milestones."""
    name = expr.func.__name__
    if name == "entry":
        return Symbol("last_value", nonnegative=True)
    return Symbol("milestones_passed" if name.startswith("passed") else "all_scales",
                  positive=True)


def _by_mean(schedule: Schedule, h: dict[str, Any]) -> tuple[Any, Any]:
    """A rate that oscillates: its mean over a cycle, and that of its square, over all cycles.

    Cycle i has a length of about ``q**i`` and a height of ``m**i`` over the lowest rate.
    """
    lowest = h.get("lr", S.Zero) if schedule.name == "cyclic" else h.get(
        "end", h.get("end_fraction", S.Zero) * h["lr"]
    )
    if schedule.setting_of("after") == "cycle":
        # The j-th cycle starts at (1/j)**p of the height.
        above = And(Eq(lowest, 0), Gt(h["lr"], 0))
        return (
            Or(Gt(lowest, 0), And(above, Le(h["power"], 1))),
            And(Eq(lowest, 0), Or(Eq(h["lr"], 0), Gt(h["power"], _HALF))),
        )
    top = h["max_lr"] if schedule.name == "cyclic" else h["lr"]
    grows = h.get("mult", S.One)
    falls = h.get("shrink", h.get("gamma", S.One))
    if schedule.setting_of("scale") == "triangular2":
        falls = _HALF
    above = And(Eq(lowest, 0), Gt(top, 0))
    return (
        Or(Gt(lowest, 0), And(above, Ge(grows * falls, 1))),
        And(Eq(lowest, 0), Or(Eq(top, 0), Lt(grows * falls**2, 1))),
    )


def _tails(expr: Any) -> list[_Tail]:
    """How an expression ends, for each way its hyperparameters may lie."""
    if not expr.has(t):
        return list(_constant(expr))
    if isinstance(expr, Piecewise):
        return list(_cases(expr))
    if isinstance(expr, Mul):
        return [_times(parts) for parts in _products([_tails(a) for a in expr.args])]
    if isinstance(expr, Pow | exp):
        return _power(expr)
    if isinstance(expr, Max | Min):
        return _bounded(expr)
    if isinstance(expr, Add):
        return _sum(expr)
    raise InvalidInput(f"the tail of {expr} is of an unknown kind")


def _constant(expr: Any) -> Iterator[_Tail]:
    """An expression without t, its alternatives apart."""
    if not isinstance(expr, Piecewise):
        yield _Tail(true, expr)
        return
    rest: Any = true
    for value, cond in expr.args:
        yield _Tail(And(rest, cond), value)
        rest = And(rest, ~cond)


def _cases(expr: Any) -> Iterator[_Tail]:
    rest: Any = true
    for value, cond in expr.args:
        decided = _eventually(cond)
        if decided is not false:
            for tail in _tails(value):
                yield _Tail(And(rest, decided, tail.condition), tail.level, tail.power, tail.ratio)
        rest = And(rest, ~decided)
        if rest is false:
            return


def _eventually(cond: Any) -> Any:
    """A condition for all large t."""
    if not cond.has(t):
        return cond
    slope, _ = _affine(cond.lhs - cond.rhs)
    if slope.is_positive:
        return true if cond.func in (Gt, Ge) else false
    if slope.is_negative:
        return true if cond.func in (Lt, Le) else false
    raise InvalidInput(f"{cond} is not decided for large t")


def _affine(expr: Any) -> tuple[Any, Any]:
    """Slope and intercept in t; rounding to whole numbers does not change a slope."""
    plain = expand(expr.replace(floor, lambda x: x).replace(ceiling, lambda x: x))
    plain = plain.replace(Max, lambda *a: next((x for x in a if x.has(t)), Max(*a)))
    slope = expand(plain).diff(t)
    if slope.has(t):
        raise InvalidInput(f"{expr} is not linear in t")
    return slope, plain.xreplace({t: S.Zero})


def _products(lists: list[list[_Tail]]) -> Iterator[list[_Tail]]:
    if not lists:
        yield []
        return
    for tail in lists[0]:
        for others in _products(lists[1:]):
            yield [tail, *others]


def _times(parts: list[_Tail]) -> _Tail:
    return _Tail(
        And(*(p.condition for p in parts)), Mul(*(p.level for p in parts)),
        Add(*(p.power for p in parts)), Mul(*(p.ratio for p in parts)),
    )


def _power(expr: Any) -> list[_Tail]:
    base, exponent = (S.Exp1, expr.args[0]) if isinstance(expr, exp) else expr.args
    if not base.has(t):
        slope, _ = _affine(exponent)
        # Above, below or equal to 1 is what counts of the ratio, and that the n-th root keeps.
        ratio = base if slope.is_positive else 1 / base
        return [_Tail(true, S.One, ratio=ratio)]
    slope, start = _affine(base)
    grown = _Tail(Gt(slope, 0), S.One, -exponent)
    return [grown] if slope.is_positive else [grown, _Tail(Eq(slope, 0), start**exponent)]


def _bounded(expr: Any) -> list[_Tail]:
    """The larger or smaller of something that decays or grows, and a bound."""
    moving = [a for a in expr.args if a.has(t)]
    fixed = [a for a in expr.args if not a.has(t)]
    (tail,), bound = _tails(moving[0]), expr.func(*fixed)
    if isinstance(expr, Max):
        return [_Tail(And(tail.condition, Gt(bound, 0)), bound),
                _Tail(And(tail.condition, Eq(bound, 0)), tail.level, tail.power, tail.ratio)]
    return [_Tail(And(tail.condition, Gt(tail.ratio, 1)), Min(bound, bound * tail.level)),
            _Tail(And(tail.condition, Eq(tail.ratio, 1)), Min(bound, tail.level))]


def _sum(expr: Any) -> list[_Tail]:
    """A constant and something that vanishes beside it."""
    fixed = Add(*(a for a in expr.args if not a.has(t)))
    (moving,) = [a for a in expr.args if a.has(t)]
    (tail,) = _tails(moving)
    if tail.ratio.is_positive and (tail.ratio < 1) == true:
        return [_Tail(Gt(fixed, 0), fixed), _Tail(Eq(fixed, 0), tail.level, tail.power, tail.ratio)]
    raise InvalidInput(f"the tail of {expr} is of an unknown kind")


def _region(domain: Any) -> Any:
    """A domain as a set of SymPy's."""
    low = -S.Infinity if domain.low is None else Rational(str(domain.low))
    high = S.Infinity if domain.high is None else Rational(str(domain.high))
    return Interval(low, high, domain.low_open, domain.high_open)


def _plainest(condition: Any, domains: Mapping[Any, Any]) -> Any:
    """A condition without what the domains decide, and without clauses that nothing meets."""
    split = condition.replace(lambda e: isinstance(e, Relational), _split)
    if split in (true, false):
        return split
    clauses = [_clause(c, domains) for c in Or.make_args(to_dnf(split))]
    return Or(*(c for c in clauses if not any(o != c and _within(c, o) for o in clauses)))


def _within(clause: Any, other: Any) -> bool:
    """Whether a clause says all that another one says, and more."""
    return set(And.make_args(other)) < set(And.make_args(clause))


def _split(relation: Any) -> Any:
    """A product or minimum of what is not negative, held against 0, factor by factor."""
    if relation.lhs.is_number:
        relation = relation.reversed
    left = relation.lhs
    if relation.rhs != 0 or not left.is_nonnegative:
        return relation
    parts = [f for f in left.args if not f.is_positive] if isinstance(left, Mul | Min) else [left]
    positive, none = And(*(Gt(f, 0) for f in parts)), Or(*(Eq(f, 0) for f in parts))
    return {Gt: positive, Ne: positive, Eq: none, Le: none}.get(relation.func, relation)


def _clause(clause: Any, domains: Mapping[Any, Any]) -> Any:
    """A conjunction with the conditions on each symbol made one, false if they exclude another."""
    regions: dict[Any, Any] = {}
    rest = []
    for relation in And.make_args(clause):
        free = relation.free_symbols
        if len(free) != 1 or relation.func is Ne:
            rest.append(relation)
            continue
        (symbol,) = free
        real = Symbol(symbol.name, real=True)
        own = regions.get(symbol, domains.get(symbol, Interval(0, S.Infinity)))
        regions[symbol] = own.intersect(relation.xreplace({symbol: real}).as_set())
    for symbol, region in regions.items():
        if region.is_empty:
            return false
        rest += _ends(symbol, region, domains.get(symbol, Interval(0, S.Infinity)))
    return And(*rest)


def _ends(symbol: Any, region: Any, domain: Any) -> list[Any]:
    """A region within a domain as relations, the symbol on the left."""
    if region == domain:
        return []
    if region.inf == region.sup:
        return [Eq(symbol, region.inf)]
    out = []
    if region.inf != domain.inf or region.left_open != domain.left_open:
        out.append(Gt(symbol, region.inf) if region.left_open else Ge(symbol, region.inf))
    if region.sup != domain.sup or region.right_open != domain.right_open:
        out.append(Lt(symbol, region.sup) if region.right_open else Le(symbol, region.sup))
    return out
