"""Bugs of real projects in how a batch is cut, weighted and added up; each wrong and right.

The parts are cut as data loaders cut them: two examples each, and a smaller last one.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Function = Callable[..., Any]

PART = 2
WINDOW = 3


def parts(X: Any, y: Any) -> Iterator[tuple[Any, Any]]:
    """Micro-batches of two examples; the last may have one."""
    for i in range(0, len(X), PART):
        yield X[i : i + PART], y[i : i + PART]


def summed(X: Any, y: Any, theta: Any) -> Any:
    """The gradient of the sum of squared residuals."""
    return 2 * (X.T @ (X @ theta - y))


def equal_parts(*, fixed: bool = False) -> Function:
    """Means of unequal parts are averaged as if the parts were equal."""

    def gradient(X: Any, y: Any, theta: Any) -> Any:
        found = list(parts(X, y))
        if fixed:
            return sum(len(b) * (summed(a, b, theta) / len(b)) for a, b in found) / len(y)
        return sum(summed(a, b, theta) / len(b) for a, b in found) / len(found)

    return gradient


def scaled_twice(*, fixed: bool = False) -> Function:
    """The sums are divided by the number of all examples, and again by the number of parts."""

    def gradient(X: Any, y: Any, theta: Any) -> Any:
        found = list(parts(X, y))
        total = sum(summed(a, b, theta) / len(y) for a, b in found)
        return total if fixed else total / len(found)

    return gradient


def never_scaled(*, fixed: bool = False) -> Function:
    """Means of equal parts are added up and not divided by their number."""

    def gradient(X: Any, y: Any, theta: Any) -> Any:
        found = [(X[i : i + 1], y[i : i + 1]) for i in range(len(y))]
        total = sum(summed(a, b, theta) / len(b) for a, b in found)
        return total / len(found) if fixed else total

    return gradient


def incomplete_window(*, fixed: bool = False) -> Function:
    """A window of fewer parts than planned is divided by the planned number of parts."""

    def gradient(X: Any, y: Any, theta: Any) -> Any:
        single = [summed(X[i : i + 1], y[i : i + 1], theta) for i in range(len(y))]
        steps = len(single) if fixed or len(single) > WINDOW else WINDOW
        return sum(g / steps for g in single)

    return gradient


def two_normalisers(*, fixed: bool = False) -> Function:
    """The penalty is added to every part; the data term alone is divided by the total."""

    def gradient(X: Any, y: Any, theta: Any, lam: Any) -> Any:
        total = 0.0
        for i in range(len(y)):
            total = total + summed(X[i : i + 1], y[i : i + 1], theta) / len(y)
            total = total + 2 * lam * theta * (1 / len(y) if fixed else 1)
        return total

    return gradient


def squeezed_part(*, fixed: bool = False) -> Function:
    """A part of one example is squeezed, and its features are taken for its examples."""

    def gradient(X: Any, y: Any, theta: Any) -> Any:
        total = 0.0
        for a, b in parts(X, y):
            count = len(a) if fixed else len(np.squeeze(a, 0) if len(a) == 1 else a)
            total = total + summed(a, b, theta) / count * len(b)
        return total / len(y)

    return gradient


def constant_divisor(*, fixed: bool = False) -> Function:
    """The last, smaller part is divided by the size of the others."""

    def gradient(X: Any, y: Any, theta: Any) -> Any:
        last = list(parts(X, y))[-1]
        return summed(*last, theta) / (len(last[1]) if fixed else PART)

    return gradient


def sum_of_batch(*, fixed: bool = False) -> Function:
    """The sum over the batch, not the mean."""

    def gradient(X: Any, y: Any, theta: Any) -> Any:
        return sum(summed(a, b, theta) for a, b in parts(X, y)) / (len(y) if fixed else 1)

    return gradient
