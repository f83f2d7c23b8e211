"""The growth of z^t in a linear recurrence of two terms, exactly and in floating point."""

from typing import Any

import numpy as np
from sympy import Eq, Integer, Piecewise, S, sqrt

from refmath.tensor.functions import Declared

__all__ = ["growth", "growth_of"]


class growth(Declared):  # noqa: N801  (SymPy's functions are in lower case)
    """U_t(s, p): U_0 = 0, U_1 = 1, U_(t+1) = s U_t - p U_(t-1); Lucas 1878.

    The roots r1, r2 of z**2 - s*z + p give it: (r1**t - r2**t)/(r1 - r2), and t*r**(t-1) where
    they coincide.
    """

    nargs = 3

    @classmethod
    def eval(cls, t: Any, s: Any, p: Any) -> Any:
        """The value at a given number of steps, a polynomial in s and p."""
        if not isinstance(t, Integer) or t < 0:
            return None
        before, now = S.Zero, S.One
        if t == 0:
            return before
        for _ in range(int(t) - 1):
            before, now = now, (s * now - p * before).expand()
        return now

    def _latex(self, printer: Any) -> str:
        step, s, p = (printer.doprint(x) for x in self.args)
        return rf"U_{{{step}}}\left({s}, {p}\right)"

    @classmethod
    def definition(cls, t: Any, s: Any, p: Any) -> Any:
        """By the roots; valid for t >= 1."""
        root = sqrt(s**2 - 4 * p)
        first, second = (s + root) / 2, (s - root) / 2
        apart = (first**t - second**t) / root
        return Piecewise((t * (s / 2) ** (t - 1), Eq(s**2, 4 * p)), (apart, True))


def growth_of(t: Any, s: Any, p: Any) -> Any:
    """U_t(s, p) in double precision, without cancellation where the roots are close.

    With q = r2/r1 it is r1**(t-1) (1 + q + ... + q**(t-1)), and the sum is (1 - q**t)/(1 - q), of
    which both differences are taken by expm1 of t log q and of log q.

    Args:
        t: Whole numbers from 0.
        s: The sum of the roots.
        p: Their product. All three are broadcast.
    """
    t, s, p = np.broadcast_arrays(np.asarray(t, float), np.asarray(s, float), np.asarray(p, float))
    root = np.sqrt((s * s - 4 * p).astype(complex))
    first = (s + np.where(s < 0, -root, root)) / 2  # the root of larger modulus
    quotient = p / np.where(first == 0, 1, first) ** 2
    log = np.log(np.where(quotient == 0, 1, quotient))
    total = np.where(log == 0, t, np.expm1(t * log) / np.where(log == 0, 1, np.expm1(log)))
    total = np.where((quotient == 0) & (t > 0), 1, total)
    return (total * first ** np.maximum(t - 1, 0)).real
