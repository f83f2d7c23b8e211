"""Kinds of number that tensor expressions are evaluated over: SymPy's expressions, and doubles."""

import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import sympy
from sympy import Add, Piecewise

from refmath.errors import InvalidInput
from refmath.tensor.functions import FUNCTIONS, Declared

__all__ = ["Algebra", "Floats", "Symbols"]


class Algebra(Protocol):
    """A kind of number. Sums and products are those of the entries themselves."""

    def number(self, value: Any) -> Any:
        """An exact SymPy number as an entry."""

    def power(self, base: Any, exponent: Any) -> Any:
        """An entry to the power of an entry."""

    def call(self, name: str, *args: Any) -> Any:
        """A function of ``functions.FUNCTIONS``, by its name, of entries."""

    def largest(self, values: Sequence[Any]) -> Any:
        """The maximum of entries."""

    def first_largest(self, values: Sequence[Any]) -> list[Any]:
        """1 at the first maximum, else 0."""

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        """The logarithm of the sum of the exponentials of entries."""

    def inverse(self, matrix: Any) -> Any:
        """The inverse of a square array of entries."""

    def log_det(self, matrix: Any) -> Any:
        """The logarithm of the absolute value of the determinant of a square array."""


class Symbols:
    """SymPy expressions as entries: everything is written out, exactly."""

    def number(self, value: Any) -> Any:
        """Itself."""
        return value

    def power(self, base: Any, exponent: Any) -> Any:
        """SymPy's power."""
        return sympy.sympify(base) ** exponent

    def call(self, name: str, *args: Any) -> Any:
        """SymPy's function, or the definition of ours."""
        function = FUNCTIONS[name]
        given = [sympy.sympify(a) for a in args]
        if isinstance(function, type) and issubclass(function, Declared):
            return function.definition(*given)
        return function(*given)

    def largest(self, values: Sequence[Any]) -> Any:
        """SymPy's Max."""
        return sympy.Max(*values)

    def first_largest(self, values: Sequence[Any]) -> list[Any]:
        """1 at the first maximum, else 0, as alternatives."""
        out = []
        for i, x in enumerate(values):
            conditions = [x > y for y in values[:i]] + [x >= y for y in values[i + 1:]]
            out.append(Piecewise((1, sympy.And(*conditions)), (0, True)))
        return out

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        """Its definition."""
        return sympy.log(Add(*(sympy.exp(v) for v in values)))

    def inverse(self, matrix: Any) -> Any:
        """By the adjugate."""
        found = sympy.Matrix(matrix)
        return np.array((found.adjugate() / found.det()).tolist(), dtype=object)

    def log_det(self, matrix: Any) -> Any:
        """Of the absolute value."""
        return sympy.log(sympy.Abs(sympy.Matrix(matrix).det()))


class Floats:
    """Doubles as entries: not a number stays so, and what is too large is infinite."""

    def number(self, value: Any) -> Any:
        """The nearest double."""
        return float(value)

    def power(self, base: Any, exponent: Any) -> Any:
        """The power; of a half the square root."""
        with np.errstate(all="ignore"):
            if exponent == 0.5:
                return float(np.sqrt(base))
            return float(np.float64(base) ** exponent)

    def call(self, name: str, *args: Any) -> Any:
        """By NumPy, and ours by their definition where it does not overflow."""
        with np.errstate(all="ignore"):
            return float(_DOUBLES[name](*(np.float64(a) for a in args)))

    def largest(self, values: Sequence[Any]) -> Any:
        """The maximum."""
        return float(np.max(np.array(values, float)))

    def first_largest(self, values: Sequence[Any]) -> list[Any]:
        """1 at the first maximum, else 0."""
        place = int(np.argmax(np.array(values, float)))
        return [1.0 if i == place else 0.0 for i in range(len(values))]

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        """With the largest taken out."""
        found = np.array(values, float)
        top = np.max(found)
        if np.isinf(top):
            return float(top)
        return float(top + np.log(np.sum(np.exp(found - top))))

    def inverse(self, matrix: Any) -> Any:
        """By NumPy.

        Raises:
            InvalidInput: It has none.
        """
        try:
            return np.linalg.inv(np.array(matrix, float)).astype(object)
        except np.linalg.LinAlgError:
            raise InvalidInput(f"a singular matrix has no inverse: {matrix.tolist()}") from None

    def log_det(self, matrix: Any) -> Any:
        """By NumPy."""
        return float(np.linalg.slogdet(np.array(matrix, float))[1])


_DOUBLES: dict[str, Any] = {
    "abs": np.abs, "acos": np.arccos, "acosh": np.arccosh, "asin": np.arcsin, "asinh": np.arcsinh,
    "atan": np.arctan, "atan2": np.arctan2, "atanh": np.arctanh, "cos": np.cos, "cosh": np.cosh,
    "erf": math.erf, "exp": np.exp, "log": np.log, "maximum": np.maximum, "minimum": np.minimum,
    "norm_root": np.sqrt, "relu": lambda x: np.maximum(x, 0.0), "sign": np.sign, "sin": np.sin,
    "sinh": np.sinh, "softplus": lambda x: np.logaddexp(x, 0.0), "tan": np.tan, "tanh": np.tanh,
    "inverse_root": lambda x: 0.0 if x == 0 else 1 / np.sqrt(x),
    "sigmoid": lambda x: np.exp(-np.logaddexp(0.0, -x)),
    "step": lambda x: x if np.isnan(x) else float(x > 0),
    "where": lambda c, x, y: c if np.isnan(c) else x if c > 0 else y,
}
