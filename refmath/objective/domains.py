"""Where the entries of a tensor lie: read from text, checked, and sampled.

Samples are multiples of 2**-20 of moderate size, so that they are the same numbers in float32,
in float64 and as rationals.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from refmath.domain import Interval
from refmath.errors import DeclarationError, InvalidInput

__all__ = ["Among", "Between", "Definite", "Domain", "Labels", "Reals", "Rows", "read_domain"]

Array = Any
_GRID = float(2**20)


def _rounded(values: Array) -> Array:
    return np.round(np.asarray(values, float) * _GRID) / _GRID


class Domain(Protocol):
    """A set of arrays."""

    def sample(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """A random array of that shape in the set."""

    def holds(self, values: Array) -> bool:
        """Whether an array lies in the set."""


@dataclass(frozen=True)
class Reals:
    """Any real numbers."""

    def __str__(self) -> str:
        return "R"

    def sample(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Normal."""
        return _rounded(rng.standard_normal(shape))

    def holds(self, values: Array) -> bool:
        """Whether none is infinite or NaN."""
        return bool(np.all(np.isfinite(values)))


@dataclass(frozen=True)
class Between:
    """Every entry in an interval."""

    interval: Interval

    def __str__(self) -> str:
        return str(self.interval)

    def sample(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Uniform inside a finite interval; log-normal from the end of a half-infinite one."""
        low, high = self.interval.low, self.interval.high
        if low is not None and high is not None:
            inside = rng.uniform(1 / 16, 15 / 16, shape)
            return _rounded(float(low) + float(high - low) * inside)
        away = np.exp(rng.standard_normal(shape)) + 1 / 16
        if low is not None:
            return _rounded(float(low) + away)
        if high is not None:
            return _rounded(float(high) - away)
        return Reals().sample(rng, shape)

    def holds(self, values: Array) -> bool:
        """Whether every entry lies in the interval."""
        entries = np.asarray(values, float).reshape(-1)
        return Reals().holds(entries) and all(float(x) in self.interval for x in entries)


@dataclass(frozen=True)
class Among:
    """Every entry one of a few whole numbers."""

    members: tuple[int, ...]

    def __str__(self) -> str:
        return "{" + ", ".join(map(str, self.members)) + "}"

    def sample(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Uniform; every member occurs where there are entries enough."""
        count = int(np.prod(shape, dtype=int))
        turns = np.resize(np.array(self.members, float), count)
        return rng.permutation(turns).reshape(shape)

    def holds(self, values: Array) -> bool:
        """Whether every entry is a member."""
        return bool(np.all(np.isin(np.asarray(values, float), self.members)))


@dataclass(frozen=True)
class Rows:
    """Positive entries that add up to 1 over the last axis."""

    def __str__(self) -> str:
        return "rows > 0 that add up to 1"

    def sample(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Uniform, away from the edges; the sums are exact."""
        drawn = rng.standard_exponential(shape) + 1 / 8
        out = _rounded(drawn / drawn.sum(-1, keepdims=True))
        out[..., -1] = 1 - out[..., :-1].sum(-1)
        return out

    def holds(self, values: Array) -> bool:
        """Whether rows add up to 1, up to the rounding of that many terms."""
        rows = np.asarray(values, float)
        slack = rows.shape[-1] * np.finfo(float).eps
        return bool(np.all(rows > 0) and np.all(np.abs(rows.sum(-1) - 1) <= slack))


@dataclass(frozen=True)
class Definite:
    """Symmetric, positive definite matrices."""

    def __str__(self) -> str:
        return "positive definite"

    def sample(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """A random matrix times its transpose, plus the identity; exact."""
        root = np.round(rng.standard_normal(shape) * 64) / 64
        return root @ root.T + np.eye(shape[0])

    def holds(self, values: Array) -> bool:
        """Whether it equals its transpose and has positive eigenvalues."""
        matrix = np.asarray(values, float)
        same = bool(np.all(np.isfinite(matrix))) and np.array_equal(matrix, matrix.T)
        return same and bool(np.all(np.linalg.eigvalsh(matrix) > 0))


@dataclass(frozen=True)
class Labels:
    """Class labels 0, ..., count - 1."""

    count: int

    def __str__(self) -> str:
        return f"{{0, ..., {self.count - 1}}}"

    def sample(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Uniform; every class occurs where there are labels enough."""
        count = int(np.prod(shape, dtype=int))
        return rng.permutation(np.resize(np.arange(self.count), count)).reshape(shape)

    def holds(self, values: Array) -> bool:
        """Whether every entry is such a whole number."""
        labels = np.asarray(values)
        whole = np.issubdtype(labels.dtype, np.integer)
        return whole and bool(np.all((labels >= 0) & (labels < self.count)))


def read_domain(text: str) -> Domain:
    """Read ``R``, ``(0, oo)``, ``{-1, 1}``, ``rows`` or ``definite``.

    Raises:
        DeclarationError: None of these.
    """
    named: dict[str, Domain] = {"R": Reals(), "rows": Rows(), "definite": Definite()}
    if text in named:
        return named[text]
    if text.startswith("{") and text.endswith("}"):
        try:
            members = tuple(int(part) for part in text[1:-1].split(","))
        except ValueError:
            raise DeclarationError(
                f"expected whole numbers such as '{{-1, 1}}', found {text!r}"
            ) from None
        return Among(members)
    try:
        return Between(Interval.parse(text))
    except (DeclarationError, InvalidInput):
        raise DeclarationError(
            f"expected a domain, found {text!r}; write 'R', an interval such as '(0, oo)', a set "
            "such as '{-1, 1}', 'rows' or 'definite'"
        ) from None
