"""Mini-batch gradients, by enumeration of everything the sampler can draw, in exact fractions."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from training_cases import THETA, draws, exact_data, exact_loss

from refmath.training import Batches, accumulated

CASES = [
    (n, size, replacement)
    for n, replacement in ((5, False), (6, False), (4, True), (5, True))
    for size in range(1, n + 1)
]
IDS = [f"{n}-by-{b}-{'with' if r else 'without'}" for n, b, r in CASES]


def moments(n: int, size: int, replacement: bool, weigh: Any = None) -> list[tuple[int, Any, Any]]:
    """For each batch of the epoch: examples, mean of its gradient, second moment about the full.

    Args:
        n: Examples.
        size: In a batch.
        replacement: Whether drawn with replacement.
        weigh: A wrong factor of a batch's gradient, by its number of examples.
    """
    data = exact_data(n)
    full = exact_loss(THETA, data.take(slice(None)))[1]["theta"]
    batches = Batches(n, size, replacement=replacement)
    zero = Fraction(0)
    sizes = [0] * batches.count
    means = [np.array([zero, zero], object) for _ in sizes]
    seconds = [np.full((2, 2), zero, object) for _ in sizes]
    total = 0
    for rng in draws(n, replacement):
        total += 1
        for place, indices in enumerate(batches.epoch(rng)):
            g = accumulated(exact_loss, THETA, data.take(indices))[1]["theta"]
            g = g * (weigh(len(indices)) if weigh else 1)
            sizes[place] = len(indices)
            means[place] = means[place] + g
            seconds[place] = seconds[place] + np.outer(g - full, g - full)
    return [(b, m / total, s / total) for b, m, s in zip(sizes, means, seconds, strict=True)]


def population(n: int) -> tuple[Any, Any]:
    """The full gradient, and the covariance of the examples' gradients about it."""
    data = exact_data(n)
    full = exact_loss(THETA, data.take(slice(None)))[1]["theta"]
    each = [exact_loss(THETA, data.take([i]))[1]["theta"] - full for i in range(n)]
    return full, sum(np.outer(g, g) for g in each) / Fraction(n)


@pytest.mark.parametrize(("n", "size", "replacement"), CASES, ids=IDS)
def test_every_batch_is_unbiased(n: int, size: int, replacement: bool) -> None:
    """The gradient of every batch, a smaller last one too, has the full one as expectation."""
    full, _ = population(n)
    for _, mean, _ in moments(n, size, replacement):
        assert (mean == full).all()


@pytest.mark.parametrize(("n", "size", "replacement"), CASES, ids=IDS)
def test_variance(n: int, size: int, replacement: bool) -> None:
    """The covariance is sigma^2/B with replacement, and times (n - B)/(n - 1) without."""
    _, sigma = population(n)
    for count, _, second in moments(n, size, replacement):
        factor = Fraction(1, count)
        if not replacement:
            factor *= Fraction(n - count, n - 1)
        assert (second == sigma * factor).all()


@pytest.mark.parametrize("replacement", [False, True], ids=["without", "with"])
def test_dividing_a_smaller_batch_by_the_batch_size_is_biased(replacement: bool) -> None:
    """The check rejects a last batch of 1 whose sum is divided by 2, and only that batch."""
    full, _ = population(5)
    wrong = moments(5, 2, replacement, lambda count: Fraction(count, 2))
    assert [bool((mean == full).all()) for _, mean, _ in wrong] == [True, True, False]


def test_the_two_variances_are_told_apart() -> None:
    """Without the factor for finite populations the formula fails for draws without replacement."""
    _, sigma = population(5)
    second = moments(5, 2, False)[0][2]
    assert not (second == sigma / 2).all()
    assert (second == sigma / 2 * Fraction(3, 4)).all()


@pytest.mark.parametrize("size", range(1, 6))
def test_an_epoch_adds_up_to_the_full_gradient(size: int) -> None:
    """Weighted by their sizes the batches of every order add up to the full gradient; not else."""
    data = exact_data(5)
    full, _ = population(5)
    batches = Batches(5, size)
    unweighted = []
    for rng in draws(5, replacement=False):
        found = [
            (len(i), exact_loss(THETA, data.take(i))[1]["theta"]) for i in batches.epoch(rng)
        ]
        assert (sum(b * g for b, g in found) / Fraction(5) == full).all()
        unweighted.append((sum(g for _, g in found) / Fraction(len(found)) == full).all())
    assert all(unweighted) == (5 % size == 0)


@pytest.mark.parametrize(("n", "size"), [(7, 3), (8, 4), (3, 1), (4, 4)])
def test_an_epoch_without_replacement_meets_every_example_once(n: int, size: int) -> None:
    """ceil(n/B) batches, all of B examples but the last; together a permutation."""
    batches = Batches(n, size)
    found = batches.epoch(np.random.default_rng(0))
    assert len(found) == batches.count == -(-n // size)
    assert [len(i) for i in found[:-1]] == [size] * (len(found) - 1)
    assert sorted(np.concatenate(found)) == list(range(n))


def test_orders_differ_between_epochs_and_agree_between_seeds() -> None:
    """A new order each epoch, the same one for the same seed; none without shuffling."""
    def orders(seed: int, **options: bool) -> list[list[int]]:
        rng, batches = np.random.default_rng(seed), Batches(20, 6, **options)
        return [np.concatenate(batches.epoch(rng)).tolist() for _ in range(3)]

    first = orders(1)
    assert first == orders(1)
    assert first != orders(2)
    assert len({tuple(o) for o in first}) == 3
    assert orders(1, shuffle=False) == [list(range(20))] * 3
    assert any(len(set(o)) < 20 for o in orders(1, replacement=True))
