"""What the peers do at the edges that their conventions leave out, as they do it today."""

import warnings
from typing import Any

import jax.numpy as jnp
import optax
import pytest
import torch

schedulers = torch.optim.lr_scheduler


def _optimizer(lr: float = 1.0) -> Any:
    made = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr, momentum=0.5)
    made.step()
    return made


def _rates(scheduler: Any, count: int) -> list[float]:
    out = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for _ in range(count):
            out.append(scheduler.get_last_lr()[0])
            scheduler.step()
    return out


def test_one_cycle_divides_by_zero() -> None:
    """OneCycleLR with total_steps * pct_start = 1 has a first phase of no length."""
    with pytest.raises(ZeroDivisionError):
        schedulers.OneCycleLR(_optimizer(), 1.0, total_steps=10, pct_start=0.1)


def test_one_cycle_goes_on_past_its_end() -> None:
    """One step past the end a linear OneCycleLR is below 0."""
    scheduler = schedulers.OneCycleLR(_optimizer(), 1.0, total_steps=10,
                                      anneal_strategy="linear")
    assert _rates(scheduler, 10)[-1] == pytest.approx(4e-6)
    assert scheduler.get_last_lr()[0] < 0


def test_constant_of_factor_zero_divides_by_zero() -> None:
    """ConstantLR accepts factor=0, and divides by it when the factor is to be lifted."""
    with pytest.raises(ZeroDivisionError):
        _rates(schedulers.ConstantLR(_optimizer(), factor=0, total_iters=2), 3)


@pytest.mark.parametrize(("cls", "first"), [("LinearLR", 1 / 3), ("ConstantLR", 1 / 3)])
def test_no_warmup_is_warmup_for_ever(cls: str, first: float) -> None:
    """With total_iters=0 the first factor is never lifted, though the closed form says 1."""
    scheduler = getattr(schedulers, cls)(_optimizer(), total_iters=0)
    assert _rates(scheduler, 5) == pytest.approx([first] * 5)


def test_optax_without_warmup_never_reaches_the_peak() -> None:
    """With warmup_steps=0 the rate is init_value for ever."""
    schedule = optax.warmup_constant_schedule(0.0, 1.0, 0)
    assert [float(schedule(t)) for t in (0, 1, 100)] == [0.0, 0.0, 0.0]


def test_optax_plateau_of_no_patience_reduces_on_improvement() -> None:
    """With patience=0 the scale falls when the value improves, and stays when it does not."""
    transform = optax.contrib.reduce_on_plateau(patience=0)
    updates = {"x": jnp.zeros(1)}
    state, scales = transform.init(updates), []
    for value in (3.0, 2.0, 2.0, 2.0, 1.0):
        _, state = transform.update(updates, state, value=value)
        scales.append(float(state.scale))
    assert scales == pytest.approx([0.1, 0.01, 0.01, 0.01, 0.001])


def test_a_negative_metric_may_get_worse_and_count_as_better() -> None:
    """The relative threshold of ReduceLROnPlateau takes -0.99995 for better than -1."""
    scheduler = schedulers.ReduceLROnPlateau(_optimizer(), patience=0, threshold=1e-4)
    scheduler.step(-1.0)
    scheduler.step(-0.99995)
    assert scheduler.best == -0.99995
