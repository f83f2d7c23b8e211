"""Learning rates that react to what the epochs recorded."""

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from test_resume import same
from training_cases import regression

from refmath import schedules
from refmath.errors import InvalidInput, UnknownName
from refmath.optimizers import SGD
from refmath.training import OnMetric, train

MODEL, DATA = regression()
COUNT = 4
"""Updates in an epoch of 10 examples, 3 at a time."""
KERNEL = schedules.reduce_on_plateau.kernel()


def scores(values: list[float]) -> Any:
    """A metric that takes given values, one an epoch."""
    left = iter(values)
    return lambda params: {"score": next(left)}


@given(
    st.lists(st.sampled_from([0.5, 0.75, 1.0, 1.5, 2.0]), min_size=1, max_size=14),
    st.integers(0, 3),
    st.integers(0, 2),
)
def test_the_rates_are_those_of_pytorch(
    values: list[float], patience: int, cooldown: int
) -> None:
    """All updates of an epoch have the rate that ReduceLROnPlateau has after the epochs before."""
    settings = {"patience": patience, "cooldown": cooldown, "factor": 0.5}
    theirs = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.25)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, **settings)  # type: ignore[arg-type]
    expected = []
    for value in values:
        expected += [theirs.param_groups[0]["lr"]] * COUNT
        plateau.step(value)
    found = train(
        MODEL, SGD(lr=0.25), DATA, batch_size=3, epochs=len(values),
        evaluate=scores([0.0, *values]),  # the first call only asks for the names
        schedule=OnMetric(lambda seen: KERNEL(seen, lr="0.25", **settings), "score"),
    )
    assert found.history.rate == expected


def test_the_loss_of_the_epochs_is_a_metric() -> None:
    """The oldest first, one more each epoch, each asked for once."""
    asked: list[list[float]] = []

    def rates(seen: list[float]) -> list[float]:
        asked.append(list(seen))
        return [0.125] * len(seen)

    found = train(MODEL, SGD(lr=0.25), DATA, batch_size=3, epochs=4, schedule=OnMetric(rates))
    losses = [e["loss"] for e in found.history.epochs]
    assert asked == [losses[:1], losses[:2], losses[:3]]
    assert found.history.rate == [0.25] * COUNT + [0.125] * 3 * COUNT


def test_resumed_after_every_update(tmp_path: Path) -> None:
    """Cut within and between epochs, read back and finished: the same rates, bit for bit."""
    file = tmp_path / "run.npz"
    plateau = OnMetric(lambda seen: KERNEL(seen, lr="0.25", patience=0, threshold="0.9"))
    options: dict[str, Any] = {"batch_size": 3, "seed": 5, "epochs": 4, "schedule": plateau}
    whole = train(MODEL, SGD(lr=0.25), DATA, **options)
    assert len(set(whole.history.rate)) == 3
    for cut in range(4 * COUNT):
        train(MODEL, SGD(lr=0.25), DATA, updates=cut, save=file, **options)
        assert same(whole, train(MODEL, SGD(lr=0.25), DATA, resume=file, **options))


def test_a_forgotten_metric_shows(tmp_path: Path) -> None:
    """Negative control: a run that reacts to the epochs since its resumption alone differs."""
    file = tmp_path / "run.npz"

    def run(schedule: OnMetric, **more: Any) -> Any:
        return train(MODEL, SGD(lr=0.25), DATA, batch_size=3, schedule=schedule, **more)

    plateau = OnMetric(lambda seen: KERNEL(seen, lr="0.25", patience=0, threshold="0.9"))
    forgets = OnMetric(
        lambda seen: KERNEL(seen[2:], lr="0.25", patience=0, threshold="0.9")
        if len(seen) > 2 else [0.25]
    )
    whole = run(plateau, epochs=4)
    run(plateau, epochs=2, save=file)
    assert same(whole, run(plateau, epochs=4, resume=file))
    assert not same(whole, run(forgets, epochs=4, resume=file))


def test_refused_before_the_first_epoch() -> None:
    """A metric that nothing records; and a rate that is none, with the epoch after which."""
    with pytest.raises(UnknownName, match="unknown metric of an epoch 'accuracy'"):
        train(MODEL, SGD(), DATA, epochs=1, schedule=OnMetric(lambda s: s, "accuracy"))
    with pytest.raises(UnknownName, match="Did you mean 'score'"):
        train(MODEL, SGD(), DATA, epochs=1, evaluate=scores([1.0]),
              schedule=OnMetric(lambda s: s, "scor"))
    with pytest.raises(InvalidInput, match=r"schedule after epoch 2 returned -1: expected"):
        train(MODEL, SGD(), DATA, epochs=3, schedule=OnMetric(lambda s: [1, -1, -1][: len(s)]))
    with pytest.raises(InvalidInput, match=r"returned None: expected"):
        train(MODEL, SGD(), DATA, epochs=3, schedule=OnMetric(lambda s: []))
