"""Scalar expressions over entries: sums and products stay polynomials, functions are leaves.

A function's error is that of its argument, by the image of the ball around it, and ``FUNCTION``
unit roundoffs of its value. For sigmoid and softplus it is as many unit roundoffs of 1, which
covers ``1 - 1/(1 + exp(x))``, ``(1 + tanh(x/2))/2`` and ``log(1 + exp(x))``. Not covered is what
overflows although the value does not.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from flint import arb
from sympy import (
    Abs,
    Add,
    Integer,
    Mul,
    NumberSymbol,
    Pow,
    Rational,
    S,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    erf,
    exp,
    log,
    pi,
    sign,
    sin,
    sinh,
    tan,
    tanh,
)

from refmath.emit.enclosure import root
from refmath.emit.tensor.enclosure.entries import (
    FUNCTION,
    Entries,
    Model,
    either,
    leaf,
    magnitude,
    multiply,
    number,
    objects,
    plus,
    upper,
)
from refmath.errors import DeclarationError
from refmath.tensor.functions import (
    inverse_root,
    maximum,
    minimum,
    norm_root,
    relu,
    sigmoid,
    softplus,
    step,
    where,
)

__all__ = ["Scalars"]

_MOST_TERMS = 10**4
"""A power with more terms than this, written out, is taken for a function of its base."""

_ROUGH = 32
"""The error of functions that libraries often compute from exponentials, in unit roundoffs."""

_HYPERBOLIC = frozenset({acosh, asinh, atanh, cosh, sinh, tan})
_SMOOTH: dict[Any, Callable[[Any], Any]] = {
    acos: arb.acos, acosh: arb.acosh, asin: arb.asin, asinh: arb.asinh, atan: arb.atan,
    atanh: arb.atanh, cos: arb.cos, cosh: arb.cosh, erf: arb.erf, exp: arb.exp, log: arb.log,
    sin: arb.sin, sinh: arb.sinh, tan: arb.tan, tanh: arb.tanh, norm_root: root,
}
_ABSOLUTE: dict[Any, Callable[[Any], Any]] = {
    sigmoid: lambda x: 1 / (1 + (-x).exp()),
    softplus: lambda x: x.exp().log1p(),
}


class Scalars:
    """Evaluates scalar expressions under a model of rounding.

    Attributes:
        model: How an implementation rounds.
        kinks: Whether an argument was exactly at a kink.
    """

    def __init__(self, model: Model, symbols: Mapping[Any, Entries]) -> None:
        self.model = model
        self.kinks = False
        self._symbols = symbols

    def value(self, expr: Any, places: Mapping[Any, Entries]) -> Entries:
        """The entries of an expression; ``places`` has those of its placeholders.

        Raises:
            DeclarationError: A function that is not known.
        """
        if expr in places:
            return places[expr]
        if expr in self._symbols:
            return self._symbols[expr]
        if isinstance(expr, Rational):
            return number(self.model, int(expr.p), int(expr.q))
        if isinstance(expr, NumberSymbol):
            known = arb.pi() if expr is pi else arb(1).exp() if expr is S.Exp1 else None
            if known is not None:
                return leaf([known], upper([self.model.unit * magnitude(known)]))
        if isinstance(expr, Add):
            return plus([self.value(a, places) for a in expr.args])
        if isinstance(expr, Mul):
            first, *rest = [self.value(a, places) for a in expr.args]
            for other in rest:
                first = multiply(self.model, first, other)
            return first
        if isinstance(expr, Pow):
            return self._power(expr, places)
        return self._function(expr, [self.value(a, places) for a in expr.args])

    def _power(self, expr: Any, places: Mapping[Any, Entries]) -> Entries:
        base = self.value(expr.base, places)
        power = expr.exp
        if isinstance(power, Integer) and 1 < power < 10 and base.terms**int(power) < _MOST_TERMS:
            out = base
            for _ in range(int(power) - 1):
                out = multiply(self.model, out, base)
            return out
        if isinstance(power, Integer):
            k = int(power)
            return self._smooth(lambda x: _whole_power(x, k), base, abs(k) + 2)
        if isinstance(power, Rational):
            p, q = int(power.p), int(power.q)
            if q == 2:
                return self._smooth(lambda x: _whole_power(root(x), p), base, FUNCTION + abs(p))
            return self._smooth(lambda x: x ** (arb(p) / q), base, FUNCTION, log_power=p / q)
        return self._general_power(base, self.value(power, places))

    def _general_power(self, base: Entries, power: Entries) -> Entries:
        """base**power, as ``pow`` or as the exponential of a product."""
        pairs = self._pairs(base, power)
        values, errors = [], []
        for (x, dx), (y, dy) in pairs:
            value, wide = x**y, (x + arb(0, dx)) ** (y + arb(0, dy))
            factor = FUNCTION + magnitude(y * x.log()) if magnitude(x) else float(FUNCTION)
            errors.append(_gap(wide, value) + self.model.unit * factor * magnitude(wide))
            values.append(value)
        both = either(base.undecided, power.undecided)
        return leaf(values, upper(np.add(errors, self.model.flush)), both)

    def _pairs(self, *args: Entries) -> list[Any]:
        """For each entry the arguments' values with their spreads, broadcast to one length."""
        count = max(a.value.size for a in args)
        columns = [
            list(zip(a.value.tolist(), self._spread(a).tolist(), strict=True)) for a in args
        ]
        full = [c * (count // len(c)) for c in columns]
        return list(zip(*full, strict=True))

    def _spread(self, x: Entries) -> Any:
        return self.model.spread(x)

    def _smooth(
        self, function: Callable[[Any], Any], x: Entries, units: float, absolute: float = 0.0,
        log_power: float = 0.0,
    ) -> Entries:
        """A function that is continuous where it is defined.

        Args:
            function: On balls.
            x: The argument.
            units: The relative error of an implementation, in unit roundoffs.
            absolute: The absolute error, in unit roundoffs.
            log_power: The exponent of a power that may be computed by a logarithm.
        """
        values, errors = [], []
        unit = self.model.unit
        for ((v, e),) in self._pairs(x):
            value = function(v)
            gap = _gap(function(v + arb(0, e)), value) if e else 0.0
            if log_power and v > 0:
                units = units + abs(log_power) * magnitude(v.log())
            errors.append(gap + unit * (units * (magnitude(value) + gap) + absolute))
            values.append(value)
        return leaf(values, upper(np.add(errors, self.model.flush)), x.undecided)

    def _function(self, expr: Any, args: list[Entries]) -> Entries:
        kind = type(expr)
        x = args[0] if args else None
        if x is None:
            raise DeclarationError(f"no enclosure of {expr} is known")
        if kind is norm_root:
            return self._norm_root(x)
        if kind in _SMOOTH:
            return self._smooth(_SMOOTH[kind], x, _ROUGH if kind in _HYPERBOLIC else FUNCTION)
        if kind in _ABSOLUTE:
            return self._smooth(_ABSOLUTE[kind], x, 0, FUNCTION)
        if kind is inverse_root:
            return self._inverse_root(x)
        if kind in (step, sign):
            return self._sides(x, kind is sign)
        if kind in (relu, Abs):
            return self._bent(x, kind is Abs)
        if kind in (maximum, minimum):
            return self._larger(args[0], args[1], 1 if kind is maximum else -1)
        if kind is where:
            return self._choice(*args)
        if kind is atan2:
            return self._atan2(args[0], args[1])
        raise DeclarationError(f"no enclosure of {kind.__name__} is known")

    def _zeros(self, x: Entries) -> tuple[Any, Any, Any]:
        """Where entries are surely positive, where exactly 0, and where rounding decides."""
        spread = self._spread(x)
        low = np.array([bool(v - arb(0, e) > 0) for v, e in zip(x.value, spread, strict=True)])
        high = np.array([bool(v + arb(0, e) < 0) for v, e in zip(x.value, spread, strict=True)])
        zero = np.array([v.is_zero() for v in x.value]) & (spread == 0)
        self.kinks = self.kinks or bool(zero.any())
        return low, zero, ~(low | high | zero)

    def _sides(self, x: Entries, signed: bool) -> Entries:
        """``step``, or ``sign``, with what is asked for at 0."""
        positive, zero, unknown = self._zeros(x)
        bottom = -1.0 if signed else 0.0
        at_zero = {0.0: 0.0, 0.5: 0.0, 1.0: 1.0}[self.model.kink] if signed else self.model.kink
        middle = (1.0 + bottom) / 2
        found = np.where(positive, 1.0, np.where(zero, at_zero, bottom))
        found = np.where(unknown, middle, found)
        error = np.where(unknown, 1.0 - middle, 0.0)
        values = objects([arb(v) for v in found.tolist()])
        decided = either(x.undecided, unknown if unknown.any() else None)
        grid = 0 if self.model.kink in (0.0, 1.0) else -1
        return Entries(values, upper(np.abs(found) + error), error, grid, 1, 0, decided)

    def _bent(self, x: Entries, both: bool) -> Entries:
        """``relu``, or ``abs``: no rounding, and no error where the outcome is surely 0."""
        spread = self._spread(x)
        zero = arb(0)
        values = [abs(v) if both else v.max(zero) for v in x.value]
        top = upper([magnitude(v) for v in values])
        sure = np.array([bool(v + arb(0, e) <= 0) for v, e in zip(x.value, spread, strict=True)])
        error = spread if both else np.where(sure, 0.0, spread)
        return Entries(objects(values), upper(top + error), error, x.grid, 1, 0, x.undecided)

    def _larger(self, x: Entries, y: Entries, sign_: int) -> Entries:
        """``maximum`` or ``minimum``: the error is that of the arguments that can be it."""
        values, errors = [], []
        for (a, da), (b, db) in self._pairs(x, y):
            gap = sign_ * (a - b)
            margin = arb(da) + arb(db)
            values.append(a.max(b) if sign_ > 0 else a.min(b))
            errors.append(da if gap > margin else db if -gap > margin else max(da, db))
        top = upper([magnitude(v) for v in values])
        grid = None if x.grid is None or y.grid is None else min(x.grid, y.grid)
        both = either(x.undecided, y.undecided)
        return Entries(
            objects(values), upper(top + np.array(errors)), upper(errors), grid, 1, 0, both
        )

    def _choice(self, condition: Entries, x: Entries, y: Entries) -> Entries:
        """One of two, by the sign of a third."""
        positive, _, unknown = self._zeros(condition)
        triples = self._pairs(condition, x, y)
        positive, unknown = (np.broadcast_to(m, (len(triples),)) for m in (positive, unknown))
        values, errors = [], []
        for (_, (a, da), (b, db)), first, open_ in zip(triples, positive, unknown, strict=True):
            if open_:
                values.append((a + b) / 2)
                errors.append(magnitude(a - b) / 2 + max(da, db))
            else:
                values.append(a if first else b)
                errors.append((da if first else db) + self._left(b if first else a))
        top = upper([magnitude(v) for v in values])
        grid = None if x.grid is None or y.grid is None else min(x.grid, y.grid) - 1
        both = either(
            condition.undecided, x.undecided, y.undecided, unknown if unknown.any() else None
        )
        return Entries(
            objects(values), upper(top + np.array(errors)), upper(errors), grid, 1, 0, both
        )

    def _left(self, other: Any) -> float:
        """What the branch not taken may cost where the choice is written as a sum of both."""
        size = magnitude(other)
        return 2 * self.model.unit * size if size < np.inf else 0.0

    def _norm_root(self, x: Entries) -> Entries:
        """The root of a sum of squares, exact at 0."""
        found = self._smooth(root, x, FUNCTION)
        zero = np.array([v.is_zero() for v in x.value]) & (self._spread(x) == 0)
        return leaf(found.value.tolist(), np.where(zero, 0.0, found.error), x.undecided)

    def _inverse_root(self, x: Entries) -> Entries:
        """1/sqrt(x), and 0 where x is exactly 0."""
        _, zero, _ = self._zeros(x)
        safe = Entries(
            np.where(zero, objects([arb(1)] * zero.size), x.value), x.magnitude, x.error, x.grid,
            x.terms, x.depth, x.undecided,
        )
        found = self._smooth(lambda v: 1 / v.sqrt(), safe, FUNCTION + 1)
        values = [arb(0) if z else v for z, v in zip(zero, found.value, strict=True)]
        return leaf(values, np.where(zero, 0.0, found.error), x.undecided)

    def _atan2(self, y: Entries, x: Entries) -> Entries:
        values, errors = [], []
        for (a, da), (b, db) in self._pairs(y, x):
            value = arb.atan2(a, b)
            gap = _gap(arb.atan2(a + arb(0, da), b + arb(0, db)), value)
            errors.append(gap + self.model.unit * FUNCTION * (magnitude(value) + gap))
            values.append(value)
        return leaf(
            values, upper(np.add(errors, self.model.flush)), either(x.undecided, y.undecided)
        )


def _gap(wide: Any, value: Any) -> float:
    """The largest distance of a point of a ball from a value."""
    return magnitude(wide - value)


def _whole_power(x: Any, k: int) -> Any:
    """x**k; python-flint gives nan for the power of a ball around 0."""
    if k < 0:
        return 1 / _whole_power(x, -k)
    out = x
    for _ in range(k - 1):
        out = out * x
    return out
