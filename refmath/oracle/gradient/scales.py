"""Scalars by which a gradient may be too large: 2, n, 1/n, a sum of weights, a constant over n."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Integer, Rational

from refmath.emit.tensor.enclosure import Bounds, Model, enclose
from refmath.oracle.gradient.cases import GradientCase
from refmath.oracle.gradient.edits import spoken
from refmath.oracle.gradient.question import Question
from refmath.tensor import build
from refmath.tensor.algebra import over
from refmath.tensor.algebra import sum as sum_of
from refmath.tensor.node import Product, Tensor
from refmath.tensor.sizes import dimension
from refmath.tensor.walk import nodes

__all__ = ["Scale", "Scales", "ratio"]

_CLOSE = 1e-3
_MOST_CONSTANT = 10**4


@dataclass(frozen=True)
class Scale:
    """A scalar factor.

    Attributes:
        text: What is said of the gradient.
        factor: The factor, a scalar or an expression without axes.
    """

    text: str
    factor: Any

    def times(self, expr: Tensor) -> Tensor:
        """An expression multiplied by the factor."""
        if not isinstance(self.factor, Tensor):
            return build.scaled(self.factor, expr)
        labels = tuple(range(expr.rank))
        sizes = dict(enumerate(expr.shape))
        return build.product(1, [(self.factor, ()), (expr, labels)], labels, sizes)


def ratio(bounds: Bounds, answer: Any) -> float | None:
    """The number that an answer is times the middles of its bounds.

    NaN if there is no such number; None where all middles may be 0.
    """
    if answer.shape != bounds.shape:
        return float("nan")
    values = np.array([float(v.mid()) for v in bounds.value.reshape(-1)])
    radius, given = bounds.radius.reshape(-1), answer.reshape(-1)
    usable = np.isfinite(values) & np.isfinite(radius)
    values, radius, given = values[usable], radius[usable], given[usable]
    clear = np.abs(values) > 8 * radius
    if not np.isfinite(given).all():
        return float("nan")
    if not clear.any():
        return None
    with np.errstate(all="ignore"):
        return _common(values, radius, given, clear)


def _common(values: Any, radius: Any, given: Any, clear: Any) -> float:
    best = int(np.argmax(np.where(clear, np.abs(values) / (radius + 1e-300), 0.0)))
    found = float(given[best] / values[best])
    slack = _CLOSE * np.abs(found * values) + 4 * (abs(found) + 1) * radius
    return found if bool(np.all(np.abs(given - found * values) <= slack)) else float("nan")


class Scales:
    """The factors that are tried for one question, with their values on some cases."""

    def __init__(self, question: Question, cases: Sequence[GradientCase]) -> None:
        self.question, self.cases = question, cases
        self.sizes = [dimension(s) for s in question.source.size_names]
        self._values: dict[tuple[int, Any], float] = {}

    def fitting(self, expr: Tensor, ratios: Sequence[float | None]) -> Iterator[Scale]:
        """The factors whose values are the ratios found, likelier ones first.

        Args:
            expr: What is multiplied, for the words.
            ratios: One a case; None where any would do.
        """
        known = [i for i, r in enumerate(ratios) if r is not None]
        if not known or any(np.isnan(ratios[i] or 0.0) for i in known):
            return
        for scale in self._all(expr):
            if all(_close(self._on(i, scale.factor), ratios[i]) for i in known):
                yield scale
        yield from self._constants(known, ratios)

    def _on(self, place: int, factor: Any) -> float:
        """The value of a factor on a case."""
        if (place, factor) not in self._values:
            case = self.cases[place]
            if isinstance(factor, Tensor):
                exact = Model.of("float64", exact=True)
                (found,) = enclose([factor], case.values, case.sizes, exact)
                value = float(found.value[()].mid())
            else:
                known = {s: case.sizes[s.name] for s in self.sizes}
                known |= {s: case.values[s.name] for s in factor.free_symbols - set(known)}
                value = float(factor.subs(known))
            self._values[place, factor] = value
        return self._values[place, factor]

    def _all(self, expr: Tensor) -> Iterator[Scale]:
        front = expr.coefficient if isinstance(expr, Product) else Integer(1)
        yield Scale("has the wrong sign", Integer(-1))
        plain: list[Any] = [Integer(2), Integer(1) / 2, Integer(4), Integer(1) / 4]
        sizes: list[Any] = [*self.sizes, *(1 / s for s in self.sizes)]
        pairs = [a * b for i, a in enumerate(sizes) for b in sizes[i + 1:] if (a * b) != 1]
        for factor in [*sizes, *plain, *pairs, *(p * s for p in plain[:2] for s in sizes)]:
            yield Scale(_larger(factor, front), factor)
        for factor in [*plain, *sizes]:
            yield Scale(f"is -({factor}) times as large", -factor)
        yield from self._scalars(expr)
        yield from self._sums()

    def _scalars(self, expr: Tensor) -> Iterator[Scale]:
        """Scalar parameters, and what is a scalar within the expression."""
        inputs = self.question.asked.inputs
        for x in inputs.values():
            if not x.shape:
                yield Scale(f"is {x.name} times as large", x.tensor)
                yield Scale(f"is 1/{x.name} times as large", 1 / x.tensor)
        for node in nodes(expr):
            if node.rank == 0 and node is not expr:
                for power in (1, -1, 2, -2):
                    factor = node**power
                    text = f"({spoken(node)})" + (f"^{power}" if power != 1 else "")
                    yield Scale(f"is {text} times as large", factor)

    def _sums(self) -> Iterator[Scale]:
        """Sums of weights against counts, as denominators."""
        for x in self.question.asked.inputs.values():
            if x.is_labels or not x.shape or x.role != "given":
                continue
            total = sum_of(x.tensor)
            for size in dict.fromkeys(x.shape):
                yield Scale(f"is divided by {size} instead of the sum of {x.name}",
                            build.scaled(1 / size, total))
                yield Scale(f"is divided by the sum of {x.name} instead of {size}",
                            over(build.constant(size), total))
            yield Scale(f"is divided by the sum of {x.name}", over(build.constant(1), total))
            yield Scale(f"is multiplied by the sum of {x.name}", total)

    def _constants(
        self, known: Sequence[int], ratios: Sequence[float | None]
    ) -> Iterator[Scale]:
        """A constant where a size was meant, seen on several sizes."""
        for size in self.sizes:
            lengths = [self.cases[i].sizes[size.name] for i in known]
            found = [ratios[i] or 0.0 for i in known]
            if len(set(lengths)) < 2:
                continue
            divisors = [n / r if r else 0.0 for n, r in zip(lengths, found, strict=True)]
            constant = _same(divisors)
            if constant:
                yield Scale(f"is divided by the constant {constant} instead of {size}",
                            size / Rational(constant.numerator, constant.denominator))


def _same(values: Sequence[float]) -> Fraction | None:
    """The simple number that all values are, if they are."""
    first = values[0]
    if not all(_close(v, first) for v in values) or not 0 < abs(first) < _MOST_CONSTANT:
        return None
    simple = Fraction(first).limit_denominator(20)
    return simple if simple and _close(float(simple), first) else None


def _close(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return True
    return abs(a - b) <= _CLOSE * abs(b)


def _larger(factor: Any, front: Any) -> str:
    """What is said of a gradient that is too large by a factor, and what that may come from."""
    text = f"is {factor} times as large"
    inverse = 1 / factor
    part, whole = inverse.as_numer_denom(), front.as_numer_denom()
    forgotten = all(_divides(p, w) for p, w in zip(part, whole, strict=True))
    return f"{text}: the factor {inverse} is missing" if forgotten else text


def _divides(part: Any, whole: Any) -> bool:
    return part == 1 or bool((whole / part).as_numer_denom()[1] == 1)
