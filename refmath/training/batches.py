"""Which examples make up the batches of an epoch."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from refmath.errors import InvalidInput
from refmath.training.dataset import Array

__all__ = ["Batches"]


@dataclass(frozen=True)
class Batches:
    """The batches of an epoch of n examples: ceil(n / size), of which the last may be smaller.

    A batch's gradient is the mean over its own examples. At fixed parameters each, also a smaller
    last one, then has the full gradient as its expectation. With sigma^2 the mean squared distance
    of the examples' gradients from the full one, the mean squared error of a batch of B examples
    is sigma^2/B with replacement, and sigma^2/B * (n - B)/(n - 1) without.

    Args:
        n: Number of examples, at least 1.
        size: Examples in a batch, from 1 (online) to n; None for all of them (full batch).
        shuffle: Whether each epoch has a new random order. Without, the batches are successive
            examples, and a single one is biased.
        replacement: Whether each example is drawn from all, independently of the others; an epoch
            is then n draws and need not meet every example.

    Raises:
        InvalidInput: The size is no whole number from 1 to n, or examples would be drawn with
            replacement in order.

    Source:
        Goodfellow, Bengio and Courville 2016, section 8.1.3; Cochran 1977, theorem 2.2.
    """

    n: int
    size: int | None = None
    shuffle: bool = True
    replacement: bool = False

    def __post_init__(self) -> None:
        size = self.size
        if size is not None and (isinstance(size, bool) or not isinstance(size, int | np.integer)
                                 or not 1 <= size <= self.n):
            raise InvalidInput(
                f"batch_size={size!r}: expected a whole number from 1 to {self.n}, the number of "
                "examples; leave it out for all of them"
            )
        if self.replacement and not self.shuffle:
            raise InvalidInput(
                "replacement=True draws at random and shuffle=False does not; give only one of them"
            )

    @property
    def count(self) -> int:
        """Batches in an epoch."""
        return -(-self.n // int(self.size or self.n))

    def epoch(self, rng: Any) -> list[Array]:
        """The examples of each batch of one epoch.

        Args:
            rng: A ``numpy.random.Generator``; one call of its ``permutation`` or ``integers``.
        """
        size = self.size or self.n
        if self.replacement:
            order = rng.integers(self.n, size=self.n)
        elif self.shuffle and size < self.n:
            order = rng.permutation(self.n)
        else:
            order = np.arange(self.n)
        return [order[i : i + size] for i in range(0, self.n, size)]
