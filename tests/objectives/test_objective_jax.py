"""Gradients and Hessians are those of the same functions written by hand in JAX.

The true derivative is evaluated in balls of 300 bits from exactly the same doubles; JAX's, in
double precision, must lie within the rounding error that its evaluation can have.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from objective_jax import FORMS
from objective_judge import Judge, Values

from refmath import objectives

CASES = [pytest.param(*case, id=f"{case[0]} {case[1]}") for case in FORMS]


@pytest.mark.parametrize(("name", "settings", "sizes", "function"), CASES)
def test_gradients_and_hessians_are_those_of_jax(
    name: str, settings: dict[str, str], sizes: dict[str, int], function: Any
) -> None:
    """Value, gradient by every parameter, and the Hessian of the first, at larger sizes."""
    objective = objectives.get(name).vary(**settings)
    numbers = objective.default_sizes(sizes)
    assert dict(sizes) == numbers
    values = objective.example(numbers, seed=7)
    with jax.enable_x64(True):
        given = {k: jnp.asarray(v) for k, v in values.items()}
        wanted = {k: given[k] for k in objective.parameters}
        rest = {k: v for k, v in given.items() if k not in wanted}
        first = objective.parameters[0]

        def derivatives(wanted: Values) -> Any:
            value, slopes = jax.value_and_grad(lambda p: function({**rest, **p}))(wanted)
            bend = jax.hessian(lambda x: function({**rest, **wanted, first: x}))(wanted[first])
            return value, slopes, bend

        value, slopes, bend = jax.jit(derivatives)(wanted)
    assert value.dtype == np.float64
    judge = Judge(objective.expr, numbers, values)
    assert judge.excess(objective.expr, value, 1) <= 1
    for parameter in objective.parameters:
        found = np.asarray(slopes[parameter])
        assert judge.excess(objective.gradient(parameter), found, 1) <= 1
        assert judge.excess(objective.gradient(parameter), found * (1 + 2**-20) + 2**-40, 1) > 1
    assert judge.excess(objective.hessian(first), np.asarray(bend), 2) <= 1
