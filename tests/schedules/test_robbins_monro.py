"""Robbins and Monro's conditions, held against a table worked out by hand."""

import pytest
from sympy import Rational

from refmath import schedules
from refmath.errors import InvalidInput
from refmath.schedules.robbins_monro import robbins_monro

HALF = Rational(1, 2)
TABLE = [
    ("inverse_time", {}, {"lr": 1, "rate": 1, "power": 1}, True, True),
    ("inverse_time", {}, {"lr": 1, "rate": 1, "power": HALF}, True, False),
    ("inverse_time", {}, {"lr": 1, "rate": 1, "power": Rational(51, 100)}, True, True),
    ("inverse_time", {}, {"lr": 1, "rate": 1, "power": Rational(3, 4)}, True, True),
    ("inverse_time", {}, {"lr": 1, "rate": 1, "power": 2}, False, True),
    ("inverse_time", {}, {"lr": 1, "rate": 0, "power": 1}, True, False),
    ("inverse_time", {"staircase": "yes"}, {"lr": 1, "rate": 3, "power": 1}, True, True),
    ("constant", {}, {"lr": 1}, True, False),
    ("constant", {}, {"lr": 0}, False, True),
    ("step", {}, {"lr": 1, "gamma": HALF}, False, True),
    ("step", {}, {"lr": 1, "gamma": 1}, True, False),
    ("step", {}, {"lr": 1, "gamma": 2}, True, False),
    ("multi_step", {}, {"lr": 1, "gamma": HALF}, True, False),
    ("exponential", {}, {"lr": 1, "gamma": Rational(99, 100)}, False, True),
    ("exponential", {"end": "bound"}, {"lr": 1, "gamma": HALF, "end": 1}, True, False),
    ("exponential", {"end": "bound"}, {"lr": 1, "gamma": HALF, "end": 0}, False, True),
    ("polynomial", {}, {"lr": 1, "end": 0, "power": 1}, False, True),
    ("polynomial", {}, {"lr": 1, "end": 1, "power": 1}, True, False),
    ("polynomial", {"after": "cycle"}, {"lr": 1, "end": 0, "power": 1}, True, True),
    ("polynomial", {"after": "cycle"}, {"lr": 1, "end": 0, "power": 2}, False, True),
    ("polynomial", {"after": "cycle"}, {"lr": 1, "end": 0, "power": HALF}, True, False),
    ("cosine", {}, {"lr": 1, "end": 0}, False, True),
    ("cosine", {"after": "rise"}, {"lr": 1, "end": 0}, True, False),
    ("cosine_restarts", {}, {"lr": 1, "end": 0, "mult": 2}, True, False),
    ("cosine_restarts", {"height": "shrinks"},
     {"lr": 1, "end": 0, "mult": 2, "shrink": Rational(6, 10)}, True, True),
    ("cosine_restarts", {"height": "shrinks"},
     {"lr": 1, "end": 0, "mult": 2, "shrink": Rational(4, 10)}, False, True),
    ("cosine_restarts", {"height": "shrinks"},
     {"lr": 1, "end": 0, "mult": 2, "shrink": Rational(8, 10)}, True, False),
    ("cyclic", {}, {"lr": 1, "max_lr": 2}, True, False),
    ("cyclic", {"scale": "triangular2"}, {"lr": 0, "max_lr": 2}, False, True),
    ("linear_warmup", {}, {"lr": 1}, True, False),
    ("exponential_warmup", {}, {"lr": 1}, True, False),
    ("warmup_stable_decay", {}, {"lr": 1}, False, True),
    ("one_cycle", {}, {"lr": 1}, True, False),
]


def _decided(condition: object, values: dict[str, object]) -> bool:
    by_name = {s: values[s.name] for s in condition.free_symbols}  # type: ignore[attr-defined]
    return bool(condition.subs(by_name))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "vary", "values", "diverges", "squares"), TABLE,
    ids=[f"{i}-{row[0]}" for i, row in enumerate(TABLE)],
)
def test_table(
    name: str, vary: dict[str, str], values: dict[str, object], diverges: bool, squares: bool
) -> None:
    """Whether the sum diverges, and that of squares converges, for these hyperparameters."""
    found = robbins_monro(schedules.get(name).vary(**vary))
    assert _decided(found.diverges, values) is diverges
    assert _decided(found.square_summable, values) is squares
    assert _decided(found.holds, values) is (diverges and squares)


def test_inverse_time_is_the_classical_case() -> None:
    """Inverse time decay satisfies both exactly for 1/2 < power <= 1, with a positive rate."""
    text = str(robbins_monro(schedules.inverse_time).holds)
    assert set(text.replace("(", "").replace(")", "").split(" & ")) == {
        "lr > 0", "rate > 0", "power > 1/2", "power <= 1",
    }


@pytest.mark.parametrize("name", ["reduce_on_plateau", "one_cycle"])
def test_what_has_no_tail_is_refused(name: str) -> None:
    """A schedule of metrics, and one that is meant for its cycle alone, are refused."""
    form = schedules.get(name)
    if name == "one_cycle":
        form = form.vary(phases="cos_two_extrapolated")
    with pytest.raises(InvalidInput, match=r"depends on metrics|ends with its cycle"):
        robbins_monro(form)
