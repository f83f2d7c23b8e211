"""Random evaluation orders: one formula, computed in floating point in many legitimate ways.

Used to test that the certified bound is sound: whatever order an implementation chooses, its result
must lie inside. Sums and products are reassociated and reordered, scalars are hoisted or rounded
apart, products over sums are expanded, multiply-adds fused, quotients replaced by reciprocals,
averages written as interpolation, roots of quotients split.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Abs, Add, Indexed, Max, Min, Mul, Piecewise, Pow, S, expand_mul, sign

from refmath.formats import FORMATS, Format
from refmath.notation import Hyper, t
from refmath.recurrence import Recurrence, quantities

__all__ = ["RandomOrder"]


class RandomOrder:
    """Evaluates a recurrence in a format, choosing an order at every node.

    Args:
        rec: The recurrence.
        fmt: The format of arrays.
        scalar: The format of scalars: ``float64`` or ``float32``.
        rng: Source of the choices.
    """

    def __init__(
        self, rec: Recurrence, fmt: Format, scalar: str, rng: np.random.Generator
    ) -> None:
        self.rec, self.fmt, self.rng = rec, fmt, rng
        self.scalar = FORMATS[scalar]
        self.values: dict[Any, Any] = {}
        self.t = 0
        self._known: dict[Any, bool] = {}
        self._averages: dict[Any, Any] = {}

    def start(self, theta: np.ndarray, hyper: Mapping[str, float]) -> None:
        """Set the states before the first step."""
        self.t, self.values = 0, {}
        self._set_hyper(hyper)
        for q in self.rec.states:
            if q.start is None:
                self.values[q[t - 1]] = theta
            elif q.name in self.rec.scalars:
                self.values[q[t - 1]] = self._scalar(q.start)
            else:
                full = np.full(theta.shape, self._scalar(q.start))
                self.values[q[t - 1]] = self._round(full)

    def step(self, gradient: np.ndarray, hyper: Mapping[str, float]) -> dict[str, Any]:
        """Take a step and return the array states."""
        self.t += 1
        self._set_hyper(hyper)
        self.values[self.rec.gradient[t]] = gradient
        with np.errstate(all="ignore"):
            for s in self.rec.steps:
                scalar = s.name in self.rec.scalars
                self.values[s.target] = self._scalar(s.rhs) if scalar else self._array(s.rhs)
        for q in self.rec.states:
            self.values[q[t - 1]] = self.values[q[t]]
        return {
            q.name: self.values[q[t]] for q in self.rec.states if q.name not in self.rec.scalars
        }

    def _set_hyper(self, hyper: Mapping[str, float]) -> None:
        for symbol in self.rec.hypers:
            self.values[symbol] = self._narrow(hyper[symbol.key])

    def _chance(self, p: float = 0.5) -> bool:
        return bool(self.rng.random() < p)

    # ------------------------------------------------------------------ scalars
    def _narrow(self, x: float) -> float:
        return x if self.scalar.name == "float64" else float(self.scalar.round(np.float64(x)))

    def _is_scalar(self, expr: Any) -> bool:
        if expr not in self._known:
            names = (q.base.name for q in quantities(expr))
            self._known[expr] = all(n in self.rec.scalars for n in names)
        return self._known[expr]

    def _scalar(self, expr: Any) -> float:
        if expr.is_Rational:
            return self._narrow(expr.p / expr.q)
        if expr == t:
            return float(self.t)
        if isinstance(expr, Hyper | Indexed):
            return float(self.values[expr])
        if isinstance(expr, Piecewise):
            return self._scalar(self._branch(expr))
        if isinstance(expr, Pow):
            return self._narrow(self._scalar_power(expr))
        args = [self._scalar(a) for a in self.rng.permutation(np.array(expr.args, dtype=object))]
        total = args[0]
        for x in args[1:]:
            if isinstance(expr, Add | Mul):
                total = self._narrow(total + x if isinstance(expr, Add) else total * x)
            else:
                total = max(total, x) if isinstance(expr, Max) else min(total, x)
        return abs(total) if isinstance(expr, Abs) else total

    def _scalar_power(self, expr: Any) -> float:
        base, exponent = self._scalar(expr.base), self._scalar(expr.exp)
        if exponent < 0 and base == 0.0:
            return math.inf
        if exponent == int(exponent) and exponent > 1 and self._chance():
            running = base
            for _ in range(int(exponent) - 1):
                running = self._narrow(running * base)
            return running
        return float(base**exponent)

    def _branch(self, expr: Any) -> Any:
        for value, cond in expr.args:
            decided = cond if cond in (S.true, S.false) else cond.subs(t, self.t)
            if decided is S.true or decided == True:  # noqa: E712  (SymPy's true)
                return value
        raise AssertionError(f"no branch of {expr} holds")

    # ------------------------------------------------------------------ arrays
    def _round(self, x: Any) -> np.ndarray:
        return np.asarray(self.fmt.round(x))

    def _wide(self, x: Any) -> Any:
        return np.asarray(x, dtype=np.longdouble if self.fmt.name == "float64" else np.float64)

    def _array(self, expr: Any) -> Any:
        if self._is_scalar(expr):
            return self._round(np.float64(self._scalar(expr)))
        if isinstance(expr, Indexed):
            return self.values[expr]
        if isinstance(expr, Add):
            return self._sum(expr)
        if isinstance(expr, Mul):
            return self._product(expr)
        if isinstance(expr, Pow):
            return self._power(expr)
        if isinstance(expr, Piecewise):
            return self._cases(expr)
        args = [self._array(a) for a in expr.args]
        if isinstance(expr, Abs | sign):
            return np.abs(args[0]) if isinstance(expr, Abs) else np.sign(args[0])
        assert isinstance(expr, Max | Min), f"no evaluation of {expr}"
        total = args[0]
        for x in args[1:]:
            total = np.maximum(total, x) if isinstance(expr, Max) else np.minimum(total, x)
        return total

    def _sum(self, expr: Any) -> Any:
        average = self._average(expr)
        if average is not None and self._chance(0.3):
            return average
        terms = list(self.rng.permutation(np.array(expr.args, dtype=object)))
        total = self._array(terms[0])
        for term in terms[1:]:
            fused = self._fused(term, total) if self._chance(0.3) else None
            if fused is None:
                other = self._array(term)
                total = self._round(self._wide(total) + self._wide(other))
            else:
                total = fused
        return total

    def _average(self, expr: Any) -> Any:
        """b*m + (1 - b)*g as m + (1 - b)*(g - m), where the two weights add up to 1."""
        if expr not in self._averages:
            self._averages[expr] = self._as_average(expr)
        if self._averages[expr] is None:
            return None
        m, g = self._averages[expr]
        weight = self._round(np.float64(self._scalar(g[0])))
        kept = self._array(m)
        gap = self._round(self._wide(self._array(g[1])) - self._wide(kept))
        return self._round(
            self._wide(kept) + self._wide(self._round(self._wide(weight) * self._wide(gap)))
        )

    def _as_average(self, expr: Any) -> Any:
        """What is kept, and weight and value of what is added; None if it is no average."""
        if len(expr.args) != 2 or any(self._is_scalar(a) for a in expr.args):
            return None
        parts = [_split(a, self._is_scalar) for a in expr.args]
        old = [i for i, (_, rest) in enumerate(parts) if rest.is_Indexed and rest.has(t - 1)]
        if not old or (parts[0][0] + parts[1][0] - 1).expand() != 0:
            return None
        return parts[old[0]][1], parts[1 - old[0]]

    def _fused(self, term: Any, total: Any) -> Any:
        factors = Mul.make_args(term)
        if len(factors) < 2 or any(isinstance(f, Pow) and f.exp.is_negative for f in factors):
            return None
        first, rest = factors[0], Mul(*factors[1:])
        a, b = self._array(first), self._array(rest)
        return self._round(self._wide(a) * self._wide(b) + self._wide(total))

    def _product(self, expr: Any) -> Any:
        sums = [f for f in expr.args if isinstance(f, Add) and not self._is_scalar(f)]
        if sums and self._chance(0.3):
            opened = expand_mul(expr, deep=False)
            if isinstance(opened, Add):
                return self._sum(opened)
        factors = list(expr.args)
        scalars = [f for f in factors if self._is_scalar(f)]
        if len(scalars) > 1 and self._chance():
            factors = [f for f in factors if f not in scalars] + [Mul(*scalars)]
        order = list(self.rng.permutation(np.array(factors, dtype=object)))
        total = None
        for f in order:
            below = isinstance(f, Pow) and f.exp.could_extract_minus_sign()
            if total is None:
                total = self._array(f)
            elif below and self._chance(0.7):
                total = self._round(self._wide(total) / self._wide(self._array(1 / f)))
            else:
                total = self._round(self._wide(total) * self._wide(self._array(f)))
        return total

    def _power(self, expr: Any) -> Any:
        base, exponent = expr.base, expr.exp
        if exponent.could_extract_minus_sign():
            below = self._array(base ** (-exponent))
            return self._round(1 / self._wide(below))
        if exponent == S.Half:
            if isinstance(base, Mul) and self._chance():
                scalar, rest = _split(base, self._is_scalar)
                if scalar != 1 and not rest.is_Add:
                    root = self._round(np.float64(self._narrow(math.sqrt(self._scalar(scalar)))))
                    own = self._round(np.sqrt(self._wide(self._array(rest))))
                    return self._round(self._wide(root) * self._wide(own))
            return self._round(np.sqrt(self._wide(self._array(base))))
        value = self._array(base)
        total = value
        for _ in range(int(exponent) - 1):
            total = self._round(self._wide(total) * self._wide(value))
        return total

    def _cases(self, expr: Any) -> Any:
        (value, cond), (other, _) = expr.args
        if not cond.atoms(Indexed):
            return self._array(self._branch(expr))
        zero = self._array(cond.lhs) == 0
        equal = cond.func.__name__ == "Equality"
        return np.where(zero if equal else ~zero, self._array(value), self._array(other))


def _split(term: Any, is_scalar: Any) -> tuple[Any, Any]:
    """A term as its scalar weight and the rest."""
    factors = Mul.make_args(term)
    weight = Mul(*(f for f in factors if is_scalar(f)))
    return weight, Mul(*(f for f in factors if not is_scalar(f)))
