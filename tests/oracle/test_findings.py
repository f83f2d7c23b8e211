"""The findings of docs/findings.md, run against the installed frameworks."""

import jax.numpy as jnp
import optax
import pytest
import torch

from refmath.oracle.api import check


def test_torch_fused_sgd_with_momentum_raises_when_a_gradient_comes_late() -> None:
    """The fused path cannot take a tensor's first gradient after another's; the others can."""
    for fused in (False, True):
        a, b = (torch.nn.Parameter(torch.zeros(2)) for _ in range(2))
        optimizer = torch.optim.SGD([a, b], lr=0.1, momentum=0.9, fused=fused)
        a.grad = torch.ones(2)
        optimizer.step()
        b.grad = torch.ones(2)
        if fused:
            with pytest.raises(TypeError, match="NoneType"):
                optimizer.step()
        else:
            optimizer.step()
            assert b.tolist() == pytest.approx([-0.1, -0.1])


def test_torch_nadam_computes_its_scalars_in_float32() -> None:
    """In float64 the product of momenta is precise to float32 only, and the report says so."""
    report = check("torch.optim:NAdam", dtypes=["float64"])
    assert report.verdict == "CONFORMS"
    assert report.results[0].scalars == "float32"


@pytest.mark.parametrize("target", ["torch.optim:Adam", "torch.optim:RMSprop", "optax:adam"])
def test_epsilon_is_zero_in_float16(target: str) -> None:
    """The default epsilon underflows in float16, and the report says that 0 is divided by 0."""
    report = check(target, dtypes=["float16"])
    assert report.verdict == "DEVIATES"
    assert "is 0 in float16" in report.diagnosis[0]


def test_optax_adadelta_without_a_rate_climbs() -> None:
    """Optax's Adadelta with its default arguments moves up along a positive gradient."""
    tx = optax.adadelta()
    updates, _ = tx.update(jnp.ones(1), tx.init(jnp.zeros(1)), jnp.zeros(1))
    assert float(updates[0]) > 0
