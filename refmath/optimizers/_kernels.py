"""Steps that several update rules share, on one block."""

import math

import numpy as np

from ._blocks import Array

__all__ = ["average", "average_square", "correction", "quotient"]


def correction(beta: float, t: int) -> float:
    """One minus beta to the power t, without the cancellation for beta near 1."""
    return -math.expm1(t * math.log(beta)) if beta else 1.0


def average(acc: Array, x: Array, keep: Array, add: Array, work: Array) -> None:
    """Replace `acc` by keep * acc + add * x."""
    np.multiply(acc, keep, out=acc)
    np.multiply(x, add, out=work)
    np.add(acc, work, out=acc)


def average_square(acc: Array, x: Array, keep: Array, add: Array, work: Array) -> None:
    """Replace `acc` by keep * acc + add * x * x, which overflows only if the result does."""
    np.multiply(acc, keep, out=acc)
    np.multiply(x, add, out=work)
    np.multiply(work, x, out=work)
    np.add(acc, work, out=acc)


def quotient(num: Array, den: Array, eps: Array) -> Array:
    """Replace `den`, known to be at least `eps`, by num / den, or 0 where `den` is 0."""
    if eps:
        return np.divide(num, den, out=den)
    return np.divide(num, den, out=den, where=den != 0)
