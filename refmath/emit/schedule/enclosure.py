"""Certified enclosures: every rate that a correct implementation can compute, as Arb balls.

The model. Each operation in a format with unit roundoff u returns ``(a o b)(1 + d) + e`` with
``|d| <= c u``, c = 2, and ``|e|`` below the format's flush magnitude.

- Beside its ball every value carries a magnitude: the sum of its terms' sizes. A sum of n terms is
  widened by ``n c u`` times that, which covers every order and every distribution of factors:
  ``end + (lr - end) w`` and ``lr w + end (1 - w)`` alike. What goes from one rate to another may
  be computed from either of them, and is widened by ``2 c u`` times both.
- A power ``x**y`` is widened by ``(|y| + 2) c u``: repeated multiplication, or ``pow``.
- Whole numbers and quotients of them are exact where something is decided by them, so that
  ``floor(t/n)`` and ``t < T`` have one answer. Where rounding can decide a condition either way,
  both answers are followed, and each gives a ball of its own.

Where the field uses a recursion, it is evaluated as such, too: its errors grow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb
from sympy import Indexed, Integer, Rational, S, pi

from refmath.emit.enclosure import C, working_precision
from refmath.emit.schedule.exact import number
from refmath.errors import DeclarationError
from refmath.formats import FORMATS
from refmath.notation import Hyper
from refmath.schedule import Resolved, metric, t

__all__ = ["Balls", "Evaluator", "Fork", "Num", "Rounding", "both_ends", "enclose",
           "rounding"]

_MOST_PATHS = 64
_ENDS = ("lr", "start", "end", "max_lr")
"""Rates between which a schedule goes: it may be computed from either."""
Balls = list[Any]
"""The balls that a rate may lie in: one, or one for each way that rounding may decide."""


@dataclass(frozen=True)
class Rounding:
    """How a format rounds; with u = 0 not at all."""

    u: Any
    flush: Any


@lru_cache(maxsize=16)
def rounding(dtype: str | None) -> Rounding:
    """The model of a format; None rounds nothing."""
    if dtype is None:
        return Rounding(arb(0), arb(0))
    return Rounding(arb(C * FORMATS[dtype].unit), arb(FORMATS[dtype].flush))


class Fork(Exception):
    """A decision that rounding can turn either way."""

    def __init__(self, key: Any, options: tuple[Any, ...]) -> None:
        super().__init__(str(key))
        self.key, self.options = key, options


class Num:
    """A value: its ball, its magnitude, and the exact rational where only whole numbers meet."""

    __slots__ = ("ball", "exact", "mag")

    def __init__(self, ball: Any, mag: Any = None, exact: Fraction | None = None) -> None:
        self.ball, self.exact = ball, exact
        self.mag = ball.abs_upper() if mag is None else mag


def _whole(value: Fraction) -> Num:
    return Num(arb(int(value)), None, value)


class Evaluator:
    """Evaluates expressions for given hyperparameters in one model of rounding.

    Args:
        model: The model.
        values: By key an exact value, or a tuple of them.
        env: Quantities to their values, for a recursion.
        path: Decisions that were taken.
    """

    def __init__(
        self, model: Rounding, values: Mapping[str, Any], step: int,
        env: Mapping[Any, Num] | None = None, path: Mapping[Any, Any] | None = None,
    ) -> None:
        self.model, self.values, self.step = model, values, step
        self.env, self.path = env or {}, path or {}

    def __call__(self, expr: Any) -> Num:
        """The value of an expression."""
        method = _METHODS.get(expr.func.__name__) or _ATOMS.get(type(expr))
        if method is not None:
            found: Num = method(self, expr)
            return found
        return self._atom(expr)

    def spread(self, ball: Any, size: Any) -> Any:
        """A ball widened by u times a size, and by what underflow may lose."""
        return ball + arb(0, 1) * (self.model.u * size + self.model.flush)

    def _atom(self, expr: Any) -> Num:
        if isinstance(expr, Indexed):
            return self.env[expr]
        if expr == t:
            return _whole(Fraction(self.step))
        if expr == metric:
            return self.env[metric]
        if isinstance(expr, Hyper):
            return self._hyper(expr)
        if isinstance(expr, Rational):
            return self.number(Fraction(int(expr.p), int(expr.q)))
        if expr is pi:
            return Num(self.spread(arb.pi(), 4))
        raise DeclarationError(
            f"no enclosure of {expr} is known; write the schedule in numbers, t, pi and its "
            "hyperparameters"
        )

    def number(self, value: Fraction) -> Num:
        """A constant, rounded where the format does not hold it."""
        if value.denominator == 1:
            return _whole(value)
        ball = arb(value.numerator) / value.denominator
        held = value.denominator & (value.denominator - 1) == 0
        return Num(ball if held else self.spread(ball, abs(ball)), None, value)

    def _hyper(self, expr: Any) -> Num:
        value = self.values[expr.key]
        if type(expr).__name__ == "Count":
            return _whole(value)
        return Num(arb(value.numerator) / value.denominator)

    def add(self, expr: Any) -> Num:
        """A sum."""
        parts = [self(a) for a in expr.args]
        exact = _exactly(parts, sum)
        if exact is not None and exact.denominator == 1 and all(_is_whole(p) for p in parts):
            return _whole(exact)
        ball, mag = parts[0].ball, parts[0].mag
        for p in parts[1:]:
            ball, mag = ball + p.ball, mag + p.mag
        if ball == 0 and len(parts) == 2:  # the difference of equal numbers
            return Num(ball, mag, exact)
        return Num(self.spread(ball, mag * len(parts)), mag, exact)

    def mul(self, expr: Any) -> Num:
        """A product."""
        parts = [self(a) for a in expr.args]
        exact = _exactly(parts, _product)
        if exact is not None and all(_is_whole(p) for p in parts):
            return _whole(exact)
        ball, mag = parts[0].ball, parts[0].mag
        for p in parts[1:]:
            ball, mag = ball * p.ball, mag * p.mag
        count = sum(a is not S.NegativeOne for a in expr.args) - 1
        if ball == 0 or not count:
            return Num(ball, mag, exact)
        return Num(self.spread(ball, mag * count), mag, exact)

    def power(self, expr: Any) -> Num:
        """A power."""
        x, y = self(expr.base), self(expr.exp)
        if y.exact == 1 or (y.ball == 1):
            return x
        if y.exact == 0 or (y.ball == 0):
            return _whole(Fraction(1))
        exact = None
        if x.exact is not None and y.exact is not None and y.exact.denominator == 1 and (
            x.exact or y.exact > 0
        ) and abs(y.exact) < 64:
            exact = x.exact ** int(y.exact)
            if exact.denominator == 1 and x.exact.denominator == 1:
                return _whole(exact)
        ball = _power(x, y)
        return Num(self.spread(ball, (y.ball.abs_upper() + 2) * ball.abs_upper()), None, exact)

    def function(self, expr: Any) -> Num:
        """cos, sin, exp, log."""
        x = self(expr.args[0])
        name = expr.func.__name__
        ball = getattr(x.ball, name)()
        size = arb(1) if name in ("cos", "sin") else ball.abs_upper()
        return Num(self.spread(ball, 2 * size), size, Fraction(1) if _is_zero(x, name) else None)

    def rounded(self, expr: Any) -> Num:
        """Floor and ceiling."""
        x = self(expr.args[0])
        up = expr.func.__name__ == "ceiling"
        if x.exact is not None:
            return _whole(Fraction(-(-x.exact // 1)) if up else Fraction(x.exact // 1))
        ends = [x.ball.lower(), x.ball.upper()]
        if not x.ball.is_finite():
            return Num(arb("nan"))
        low, high = (int((e.ceil() if up else e.floor()).unique_fmpz() or 0) for e in ends)
        if low == high:
            return _whole(Fraction(low))
        return _whole(Fraction(self.decide(expr, tuple(range(low, min(high, low + 3) + 1)))))

    def extreme(self, expr: Any) -> Num:
        """Max and Min."""
        parts = [self(a) for a in expr.args]
        pick = max if expr.func.__name__ == "Max" else min
        exact = [p.exact for p in parts if p.exact is not None]
        if len(exact) == len(parts):
            return parts[exact.index(pick(exact))]
        ball = parts[0].ball
        for p in parts[1:]:
            ball = ball.max(p.ball) if pick is max else ball.min(p.ball)
        return Num(ball)

    def size(self, expr: Any) -> Num:
        """Abs."""
        x = self(expr.args[0])
        return Num(abs(x.ball), x.mag, None if x.exact is None else abs(x.exact))

    def cases(self, expr: Any) -> Num:
        """Alternatives; only the one that holds is evaluated."""
        for value, cond in expr.args:
            if self.holds(cond):
                return self(value)
        return Num(arb("nan"))

    def holds(self, cond: Any) -> bool:
        """Whether a condition holds."""
        if cond is S.true or cond is S.false:
            return bool(cond)
        name = cond.func.__name__
        if name == "And":
            return all(self.holds(a) for a in cond.args)
        if name == "Or":
            return any(self.holds(a) for a in cond.args)
        if name == "Not":
            return not self.holds(cond.args[0])
        left, right = self(cond.lhs), self(cond.rhs)
        if left.exact is not None and right.exact is not None:
            return bool(_RELATIONS[name](left.exact, right.exact))
        gap = left.ball - right.ball
        if gap > 0 or gap < 0 or gap == 0:
            return bool(_RELATIONS[name](gap, arb(0)))
        return bool(self.decide(cond, (True, False)))

    def decide(self, key: Any, options: tuple[Any, ...]) -> Any:
        """What was decided on this path.

        Raises:
            Fork: Nothing was.
        """
        if key not in self.path:
            raise Fork(key, options)
        return self.path[key]

    def listed(self, expr: Any) -> Num:
        """passed, passed_before, entry, product."""
        values, place = self.values[expr.args[0].key], self(expr.args[1])
        name = expr.func.__name__
        assert place.exact is not None
        x = place.exact
        if name == "passed":
            return _whole(Fraction(sum(m <= x for m in values)))
        if name == "passed_before":
            return _whole(Fraction(sum(m < x for m in values)))
        if name == "entry":
            v = values[min(max(int(x), 0), len(values) - 1)]
            return Num(arb(v.numerator) / v.denominator)
        ball = arb(1)
        for v in values[: int(x)]:
            ball = ball * (arb(v.numerator) / v.denominator)
        return Num(self.spread(ball, abs(ball) * max(len(values), 1)))

    def cycles(self, expr: Any) -> Num:
        """cycle: exact, by counting."""
        x, length = self(expr.args[0]).exact, self(expr.args[1]).exact
        q = number(expr.args[2], self.values, {})
        assert x is not None
        assert length is not None
        passed, done = Fraction(0), 0
        while passed + length <= x and done <= x:
            passed, length, done = passed + length, length * Fraction(q.p, q.q), done + 1
        return _whole(Fraction(done))


_RELATIONS: dict[str, Any] = {
    "Equality": lambda a, b: a == b, "Unequality": lambda a, b: a != b,
    "StrictGreaterThan": lambda a, b: a > b, "GreaterThan": lambda a, b: a >= b,
    "StrictLessThan": lambda a, b: a < b, "LessThan": lambda a, b: a <= b,
}
_METHODS: dict[str, Any] = {
    "Add": Evaluator.add, "Mul": Evaluator.mul, "Pow": Evaluator.power,
    "cos": Evaluator.function, "sin": Evaluator.function, "exp": Evaluator.function,
    "log": Evaluator.function, "floor": Evaluator.rounded, "ceiling": Evaluator.rounded,
    "Max": Evaluator.extreme, "Min": Evaluator.extreme, "Abs": Evaluator.size,
    "Piecewise": Evaluator.cases, "passed": Evaluator.listed, "passed_before": Evaluator.listed,
    "entry": Evaluator.listed, "product": Evaluator.listed, "cycle": Evaluator.cycles,
}
_ATOMS: dict[Any, Any] = {Integer: lambda self, expr: _whole(Fraction(int(expr)))}


def _is_whole(p: Num) -> bool:
    return p.exact is not None and p.exact.denominator == 1


def _is_zero(x: Num, name: str) -> bool:
    return x.exact == 0 and name in ("cos", "exp")


def _exactly(parts: Sequence[Num], fold: Any) -> Fraction | None:
    values = [p.exact for p in parts]
    return None if any(v is None for v in values) else Fraction(fold(values))


def _product(values: Sequence[Fraction]) -> Fraction:
    out = Fraction(1)
    for v in values:
        out *= v
    return out


def _power(x: Num, y: Num) -> Any:
    """The ball of a power; a base that cannot be negative is cut off at 0."""
    if y.exact is not None and y.exact.denominator == 1:
        n = int(y.exact)
        if n < 0:
            return 1 / _power(x, _whole(Fraction(-n)))
        if x.ball.contains(0):
            top = x.ball.abs_upper() ** n
            return top / 2 + top / 2 * arb(0, 1) if n % 2 == 0 else top * arb(0, 1)
        return x.ball**n
    if x.ball > 0:
        return (y.ball * x.ball.log()).exp()
    top = x.ball.abs_upper()
    if top == 0:
        return arb(0) if y.ball > 0 else arb("nan")
    if not y.ball > 0 or x.ball < 0:
        return arb("nan")
    half = (y.ball * top.log()).exp().abs_upper() / 2
    return half + half * arb(0, 1)


def _paths(
    expr: Any, model: Rounding, values: Mapping[str, Any], step: int
) -> Iterator[Num]:
    waiting: list[dict[Any, Any]] = [{}]
    for _ in range(_MOST_PATHS):
        if not waiting:
            return
        path = waiting.pop()
        try:
            yield Evaluator(model, values, step, path=path)(expr)
        except Fork as fork:
            waiting += [{**path, fork.key: o} for o in fork.options]
    yield Num(arb("nan"))


def both_ends(form: Resolved, values: Mapping[str, Any]) -> Any:
    """The size of the rates between which a form goes; 0 where there are none."""
    rates = [values[h.key] for h in form.hypers if h.key in _ENDS]
    return arb(0) if len(rates) < 2 else arb(float(sum(abs(r) for r in rates)))


def enclose(
    form: Resolved, values: Mapping[str, Any], steps: Sequence[int], dtype: str | None
) -> list[Balls]:
    """The balls of the rate at each t, by the formula.

    Args:
        form: What is to be computed.
        values: By key an exact value, or a tuple of them.
        steps: The values of t.
        dtype: The format whose rounding is modelled; None for none.
    """
    with working_precision():
        model = rounding(dtype)
        ends = both_ends(form, values)
        out = []
        for step in steps:
            found = _paths(form.formula, model, values, step)
            out.append([n.ball + arb(0, 1) * model.u * (n.mag + 2 * ends) for n in found])
        return out
