"""The same Python on tensors and on NumPy arrays gives the same numbers.

Entries are rationals, for which equality is exact, or Arb balls, which must overlap.
"""

from typing import Any

import numpy as np
import pytest
from tensor_backends import Arrays
from tensor_cases import SIZES, Case, balls, random_values
from tensor_numbers import Balls, Rationals, agree, as_balls, precision
from tensor_tables import RATIONAL, REAL

from refmath.tensor.evaluate import evaluate


def check(run: Any, algebra: Any, seed: int) -> bool:
    """Whether a case has the same values on arrays."""
    case, values = Case(run), random_values(seed)
    if isinstance(algebra, Balls):
        values = balls(values)
    found = evaluate(case.expression(), values, SIZES, algebra)
    wanted = np.asarray(case.arrays(Arrays(algebra), values), dtype=object)
    return agree(found, wanted)


@pytest.mark.parametrize("name", RATIONAL)
def test_rational(name: str) -> None:
    """What needs only the four operations and order is equal in NumPy, exactly."""
    assert check(RATIONAL[name], Rationals(), seed=1)
    assert check(RATIONAL[name], Rationals(), seed=2)


@pytest.mark.parametrize("name", REAL)
def test_real(name: str) -> None:
    """What needs functions overlaps with NumPy's result on balls of 260 bits."""
    with precision():
        assert check(REAL[name], Balls(), seed=1)


def test_a_difference_is_seen() -> None:
    """The comparison rejects another number and another shape."""
    values = random_values(1)
    run = Case(lambda m, X: X.T).arrays(Arrays(Rationals()), values)
    assert not agree(run, values["X"])
    assert not agree(values["X"] + 1, values["X"])
    with precision():
        assert not agree(as_balls(values["X"]) + as_balls([1e-30]), as_balls(values["X"]))
