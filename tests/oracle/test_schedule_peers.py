"""Every schedule of PyTorch, Keras and Optax conforms to its convention, when it is run."""

import pytest

from refmath import check_schedule, schedules
from refmath.conventions import schedule as conventions
from refmath.conventions.schedule import ScheduleConvention
from refmath.errors import InvalidInput, UnknownName

PLACES = [(c, p) for c in conventions.ALL for p in c.positions]


@pytest.mark.parametrize(
    ("own", "place"), PLACES, ids=[f"{c.framework}-{c.scheduler}-{p}" for c, p in PLACES]
)
def test_conforms(own: ScheduleConvention, place: str) -> None:
    """In every form and dtype, restored and asked again, every rate lies in its ball."""
    found = check_schedule(own.target, form=place, examples=2 if own.framework == "optax" else 4)
    assert found.verdict == "CONFORMS", str(found)
    assert all(r.unbounded < 0.5 * 40 * r.cases for r in found.results)


def test_every_framework_is_there() -> None:
    """31 schedulers of three frameworks, and every schedule but one family has a peer."""
    assert len(conventions.ALL) == 31
    assert {c.framework for c in conventions.ALL} == {"torch", "keras", "optax"}
    computed = {c.form(p).name for c, p in PLACES}
    assert set(schedules.ALL) - computed == {"exponential_warmup", "warmup_stable_decay"}


def test_a_convention_is_found_by_name() -> None:
    """By framework and schedule; several ways must be told apart."""
    own, place = conventions.pick("torch", "cosine")
    assert (own.scheduler, place) == ("CosineAnnealingLR", "recursive")
    assert conventions.pick("optax:linear_schedule", "polynomial")[0].scheduler == "linear_schedule"
    with pytest.raises(InvalidInput, match="several ways"):
        conventions.pick("optax", "cosine")
    with pytest.raises(UnknownName, match="framework"):
        conventions.pick("mxnet", "cosine")
    with pytest.raises(UnknownName, match="schedule of torch"):
        conventions.pick("torch", "inverse_time")


def test_a_peer_held_against_another_form_is_a_variant() -> None:
    """PyTorch's cosine rises again; asked for the clamped one it is named as what it is."""
    found = check_schedule("torch.optim.lr_scheduler:CosineAnnealingLR", "cosine", examples=8)
    assert found.verdict == "VARIANT"
    assert found.gravest.switch == "--vary after=rise"
    found = check_schedule("optax:piecewise_constant_schedule", vary={"boundary": "after"},
                           dtypes=["float64"], examples=8)
    assert found.verdict == "VARIANT"
    assert found.gravest.switch == "--vary boundary=at"
