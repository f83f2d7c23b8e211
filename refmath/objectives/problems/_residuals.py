"""Sums of squares of residuals, as More, Garbow and Hillstrom write their test problems."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sympy import Rational

from refmath.objective import Axis, Input, Minimum, Objective, parameter
from refmath.tensor import Tensor, concatenate, zeros
from refmath.tensor import sum as sum_of

__all__ = ["FORM", "after", "before", "counted", "decimals", "problem"]


def _squares(*residuals: Tensor) -> Tensor:
    first, *rest = [sum_of(r**2) for r in residuals]
    for other in rest:
        first = first + other
    return first


def _half_squares(*residuals: Tensor) -> Any:
    return Rational(1, 2) * _squares(*residuals)


def _stacked(*residuals: Tensor) -> Tensor:
    return concatenate([r if r.rank else r[None] for r in residuals])


FORM = Axis(
    "form",
    {"squares": _squares, "half_squares": _half_squares, "residuals": _stacked},
    "the sum of the squared residuals, half of it, or the vector of residuals",
)


def problem(
    number: int, name: str, title: str, x: Tensor, residuals: Callable[[], Sequence[Tensor]],
    start: Any, minima: Sequence[Minimum], data: Sequence[Input] = (),
    sizes: Mapping[str, int] | None = None, notes: tuple[str, ...] = (),
) -> Objective:
    """A problem of the collection.

    Args:
        number: Its number in section 3 of the paper.
        name: Its name in lower case.
        title: Its name for people.
        x: The vector that is optimized.
        residuals: Makes the residuals, scalars and vectors.
        start: The standard starting point.
        minima: What is known of its minima.
        data: Given tensors with their standard values.
        sizes: The standard sizes.
        notes: Facts for people.
    """

    def formula(form: Callable[..., Tensor]) -> Tensor:
        return form(*residuals())

    return Objective(
        name=name,
        title=title,
        source="More, Garbow and Hillstrom 1981, Testing Unconstrained Optimization Software, "
               f"ACM TOMS 7(1), section 3, problem {number}",
        inputs=(parameter(x, "unknowns"), *data),
        formula=formula,
        axes=(FORM,),
        start={"x": start},
        minima=tuple(minima),
        sizes=sizes or {},
        notes=notes,
    )


def counted(step: Fraction | int = 1, first: Fraction | int = 1) -> Callable[[int], Any]:
    """The numbers first*step, (first + 1)*step, ...; how many is to be given."""
    return lambda m: [(first + i) * Fraction(step) for i in range(m)]


def decimals(text: str) -> list[str]:
    """Decimal numbers with spaces between them, as exact numbers."""
    return text.split()


def before(x: Tensor) -> Tensor:
    """The entries before: 0, x_1, ..., x_{n-1}."""
    return concatenate([zeros(1), x[:-1]])


def after(x: Tensor) -> Tensor:
    """The entries after: x_2, ..., x_n, 0."""
    return concatenate([x[1:], zeros(1)])
