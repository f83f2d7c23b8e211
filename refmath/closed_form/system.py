"""A Hessian as a linear system: which axes mix, its matrix, and its numeric solution."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from scipy.linalg import get_lapack_funcs
from sympy import Dummy, Mul, S, factor_terms, fraction, gcd, together

from refmath.closed_form.gram import Term, terms
from refmath.tensor import build
from refmath.tensor.node import Tensor, placeholder

__all__ = ["Singular", "System", "solve", "system_of"]


class Singular(Exception):
    """A matrix has no inverse in working precision.

    Attributes:
        reciprocal: Its reciprocal condition number, 0 where a factorization broke down.
    """

    def __init__(self, reciprocal: float) -> None:
        super().__init__(f"reciprocal condition {reciprocal}")
        self.reciprocal = reciprocal


@dataclass(frozen=True)
class System:
    """matrix theta = rhs, with every axis in one of three roles.

    Attributes:
        matrix: Of shape (*batch, *mixed, *mixed).
        rhs: Of theta's shape.
        batch: Axes along which there is one system an index.
        mixed: Axes whose entries are solved for together.
        plain: Axes along which the systems are the same: several right-hand sides.
    """

    matrix: Tensor
    rhs: Tensor
    batch: tuple[int, ...]
    mixed: tuple[int, ...]
    plain: tuple[int, ...]

    def times(self, matrix: Tensor, x: Tensor) -> Tensor:
        """A matrix of this form times a tensor of theta's shape."""
        labels: list[Any] = [("in", a) if a in self.mixed else a for a in range(x.rank)]
        own = [*self.batch, *self.mixed, *(("in", a) for a in self.mixed)]
        sizes: dict[Any, Any] = dict(enumerate(x.shape)) | dict(zip(labels, x.shape, strict=True))
        factors = [(matrix, tuple(own)), (x, tuple(labels))]
        return build.product(1, factors, range(x.rank), sizes)

    @property
    def solution(self) -> Tensor | None:
        """The solution as an expression; None where the notation has no inverse for it."""
        if not self.mixed:
            reciprocal = build.elementwise(1 / placeholder(0), [self.matrix])
            return self.times(reciprocal, self.rhs)
        if len(self.mixed) == 1 and not self.batch:
            return self.times(build.inverse(self.matrix), self.rhs)
        return None

    def solve(self, matrix: Any, rhs: Any, *, definite: bool) -> Any:
        """The numeric solution, of the shape of ``rhs``.

        Raises:
            Singular: The matrix has no inverse in working precision.
        """
        if not self.mixed:
            return _divided(matrix, rhs, self.batch, definite)
        order = (*self.batch, *self.mixed, *self.plain)
        moved = np.transpose(rhs, order)
        cut = len(self.batch), len(self.batch) + len(self.mixed)
        count = int(np.prod(moved.shape[cut[0]:cut[1]]))
        flat = moved.reshape(*moved.shape[: cut[0]], count, -1)
        square = np.reshape(matrix, (*flat.shape[:-2], count, count))
        out = np.empty_like(flat, dtype=np.result_type(square, flat))
        for index in np.ndindex(flat.shape[:-2]):
            out[index] = solve(square[index], flat[index], definite=definite)
        return np.transpose(out.reshape(moved.shape), np.argsort(order))


def _divided(matrix: Any, rhs: Any, batch: Sequence[int], definite: bool) -> Any:
    """The solution where no entries mix."""
    wide = np.asarray(matrix)
    if np.any(wide <= 0 if definite else wide == 0):  # NaN is neither, and comes through
        raise Singular(0.0)
    shape = [n if a in batch else 1 for a, n in enumerate(np.shape(rhs))]
    return np.asarray(rhs) / wide.reshape(shape)


def solve(matrix: Any, rhs: Any, *, definite: bool) -> Any:
    """Solve a square system by Cholesky's factorization if it is definite, else by LU.

    A matrix with NaN or infinite entries gives NaN.

    Args:
        matrix: Shape (n, n); for Cholesky only its upper triangle is read.
        rhs: Shape (n, k).
        definite: Whether the matrix is to be positive definite.

    Raises:
        Singular: It is not, or its reciprocal condition number is below the unit roundoff.
    """
    a, b = (np.asarray(x, np.result_type(np.float32, matrix, rhs)) for x in (matrix, rhs))
    if not a.size:
        return b
    if not np.isfinite(a).all():
        return np.full_like(b, np.nan)
    names = ("potrf", "pocon", "potrs") if definite else ("getrf", "gecon", "getrs")
    functions: Any = get_lapack_funcs(names, (a, b))
    factorize, estimate, substitute = functions
    norm = np.abs(a).sum(axis=0).max()
    factor, *pivots, info = factorize(a)
    if info > 0:
        raise Singular(0.0)
    reciprocal, _ = estimate(factor, norm)
    if reciprocal < np.finfo(a.dtype).eps:
        raise Singular(float(reciprocal))
    found, _ = substitute(factor, *pivots, b)
    return found


def system_of(hessian: Tensor, rhs: Tensor, sign: int = 1) -> System:
    """The system H theta = b, scaled so that no coefficient has a denominator.

    Args:
        hessian: H, of shape (*s, *s).
        rhs: b, of shape s.
        sign: -1 to multiply both sides by -1.
    """
    rank = rhs.rank
    found = terms(hessian, rank)
    paired = [a for a in range(rank) if all(x.is_paired(a) for x in found)]
    reduced = [_reduced(x, paired) for x in found]
    used = {x for term in reduced for _, labels in term.factors for x in labels}
    batch = tuple(a for a in paired if a in used)
    mixed = tuple(a for a in range(rank) if a not in paired)
    scale = sign / _common([x.coefficient for x in found])
    out = [*batch, *mixed, *(a + rank for a in mixed)]
    shape = tuple(hessian.shape[x] for x in out)
    parts = [build.product(scale * x.coefficient, x.factors, out, x.sizes) for x in reduced]
    plain = tuple(a for a in paired if a not in batch)
    return System(build.add(parts, shape), build.scaled(scale, rhs), batch, mixed, plain)


def _reduced(term: Term, paired: Sequence[int]) -> Term:
    """A term without the deltas of the given axes."""
    others = {a for a in range(term.rank) if a not in paired and term.is_paired(a)}
    factors, _ = term.joined()
    back = [(build.delta(term.sizes[a]), (a, a + term.rank)) for a in sorted(others)]
    return Term(term.coefficient, (*factors, *back), term.sizes, term.rank)


def _common(coefficients: Sequence[Any]) -> Any:
    """A positive factor that leaves the coefficients without denominators and content."""
    marks = [Dummy(positive=True) for _ in coefficients]
    whole = sum((c * m for c, m in zip(coefficients, marks, strict=True)), S.Zero)
    upper, lower = fraction(together(whole))
    numbers = [abs(x.as_coeff_Mul()[0]) for x in upper.as_ordered_terms()]
    content = reduce(gcd, numbers)
    for factor in Mul.make_args(factor_terms(upper)):
        if factor.is_positive and not factor.is_number and not factor.has(*marks):
            content *= factor
    return content / Mul(*(f for f in Mul.make_args(lower) if f.is_positive))
