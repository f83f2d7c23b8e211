"""Agreement with torch.optim where its formula is the same."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from optimizer_cases import build, drawn

STEPS = 20
LR = {"lr": 0.05}
EPS = {"eps": 1e-6}
Case = tuple[str, dict[str, Any], str, dict[str, Any]]

# AdaMax: torch adds eps to |g| before the maximum, so only eps = 0 coincides.
# RMSProp: torch adds eps to the root, and has the learning rate outside.
PEERS: list[Case] = [
    ("SGD", LR, "SGD", LR),
    ("Momentum", LR | {"lr_inside": False}, "SGD", LR | {"momentum": 0.9}),
    (
        "Nesterov",
        LR | {"lr_inside": False, "form": "shifted"},
        "SGD",
        LR | {"momentum": 0.9, "nesterov": True},
    ),
    ("AdaGrad", LR | EPS, "Adagrad", LR | EPS),
    (
        "AdaGrad",
        LR | EPS | {"lr_decay": 0.1, "initial_accumulator": 0.5},
        "Adagrad",
        LR | EPS | {"lr_decay": 0.1, "initial_accumulator_value": 0.5},
    ),
    (
        "RMSProp",
        LR | EPS | {"eps_inside": False},
        "RMSprop",
        LR | EPS | {"alpha": 0.9},
    ),
    (
        "RMSProp",
        LR | EPS | {"eps_inside": False, "lr_inside": False, "momentum": 0.9, "centered": True},
        "RMSprop",
        LR | EPS | {"alpha": 0.9, "momentum": 0.9, "centered": True},
    ),
    ("Adadelta", {"rho": 0.9} | EPS, "Adadelta", {"rho": 0.9} | EPS),
    ("Adam", LR, "Adam", LR),
    ("Adam", LR | {"amsgrad": True}, "Adam", LR | {"amsgrad": True}),
    ("AdaMax", LR | {"eps": 0.0}, "Adamax", LR | {"eps": 0.0}),
    ("NAdam", LR, "NAdam", LR),
]


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    """Torch keeps NAdam's product of momenta in its default dtype."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def _check(case: Case, own: dict[str, Any], peer: dict[str, Any]) -> None:
    name, hyper, torch_name, options = case
    opt = build((name, hyper | own))
    theta, *slopes = drawn(40, *[(5, 3)] * (STEPS + 1))
    tensor = torch.nn.Parameter(torch.from_numpy(theta.copy()))
    twin = getattr(torch.optim, torch_name)([tensor], **options | peer)
    for c in slopes:
        g = c + 0.5 * theta
        tensor.grad = torch.from_numpy(c) + 0.5 * tensor.detach()
        opt.step(theta, g)
        twin.step()
    # The corrections 1 - beta**t cancel in torch: with beta2 = 0.999 about 2^-53 / (2 * 0.001),
    # 250 ulp, at t = 2 and less later; half of it remains after the root, per step of size lr.
    np.testing.assert_allclose(theta, tensor.detach().numpy(), rtol=2e-13, atol=2e-13)


@pytest.mark.parametrize("case", PEERS, ids=lambda c: f"{c[0]}-{c[1]}")
@pytest.mark.parametrize(
    "shared", [{}, {"weight_decay": 0.1}, {"maximize": True, "weight_decay": 0.1}], ids=str
)
def test_same_as_torch(case: Case, shared: dict[str, Any]) -> None:
    """Twenty float64 steps agree, with coupled decay and ascent too."""
    _check(case, shared, shared)


@pytest.mark.parametrize("amsgrad", [False, True])
def test_adamw_is_torchs(amsgrad: bool) -> None:
    """Decoupled decay is that of torch's AdamW, and of its NAdam with decoupled decay."""
    options = LR | {"weight_decay": 0.1, "amsgrad": amsgrad}
    _check(("AdamW", {}, "AdamW", {}), options, options)
    options = LR | {"weight_decay": 0.1}
    _check(
        ("NAdam", {"decoupled": True}, "NAdam", {"decoupled_weight_decay": True}), options, options
    )
