"""Adapter: ``torch.optim`` optimizers as subjects."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from inspect import signature
from typing import Any

import numpy as np

from refmath.conventions import Convention
from refmath.oracle.adapters.arguments import arguments
from refmath.oracle.subject import Arrays, Configuration, Subject

__all__ = ["subject"]


_NAMES = {
    "exp_avg": "m", "exp_avg_sq": "v", "max_exp_avg_sq": "vmax", "exp_inf": "u",
    "sum": "r", "square_avg": "r", "grad_avg": "c", "acc_delta": "x",
}
_PATHS = frozenset({"foreach", "fused"})
_BUFFERS = {"SGD": "v", "RMSprop": "b"}


class _Stepper:
    def __init__(
        self,
        cls: Any,
        params: Arrays,
        configuration: Configuration,
        given: Mapping[str, Any],
        names: Mapping[str, str],
    ) -> None:
        import torch

        self._names = names
        self._torch = torch
        self._dtype = getattr(torch, configuration.dtype)
        self._params = [torch.nn.Parameter(self._tensor(p)) for p in params]
        self._cls, self._given = cls, given
        self._optimizer = cls(self._params, **given)

    def _group(self, count: int) -> None:
        """One group for all tensors, so that a path sees several at once, or one for each."""
        if count != len(self._optimizer.param_groups):
            groups = [{"params": [p]} for p in self._params]
            self._optimizer = self._cls(groups if count > 1 else self._params, **self._given)

    def _tensor(self, values: np.ndarray) -> Any:
        return self._torch.from_numpy(np.array(values)).to(self._dtype)

    def step(self, grads: Sequence[np.ndarray | None], lr: Any) -> list[np.ndarray]:
        rates = list(lr) if isinstance(lr, list | tuple) else [lr]
        self._group(len(rates))
        for group, rate in zip(self._optimizer.param_groups, rates, strict=True):
            group["lr"] = rate
        for param, grad in zip(self._params, grads, strict=True):
            param.grad = None if grad is None else self._tensor(grad)
        self._optimizer.step()
        return [self._numpy(p) for p in self._params]

    def _numpy(self, tensor: Any) -> np.ndarray:
        detached = tensor.detach()
        if self._dtype == self._torch.bfloat16:
            detached = detached.float()
        return np.array(detached.numpy())

    def state(self) -> dict[str, list[Any]]:
        """The states that have one meaning in every path, by the rule's names."""
        found: dict[str, list[Any]] = {}
        for param in self._params:
            own = self._optimizer.state.get(param, {})
            for theirs, ours in self._names.items():
                if theirs in own:
                    found.setdefault(ours, []).append(self._numpy(own[theirs]))
        return {k: v for k, v in found.items() if len(v) == len(self._params)}

    def save(self) -> Any:
        """Everything needed to go on; a copy, since torch hands out the live tensors."""
        return deepcopy(self._optimizer.state_dict())

    def load(self, saved: Any) -> None:
        """Go on from what ``save`` returned."""
        self._group(len(saved["param_groups"]))
        self._optimizer.load_state_dict(saved)


def subject(cls: Any, convention: Convention, name: str) -> Subject:
    """The subject for an optimizer class of ``torch.optim``, or one derived from it."""
    buffer = _BUFFERS.get(convention.optimizer)
    names = {**_NAMES, "momentum_buffer": buffer} if buffer else _NAMES
    missing = _PATHS - set(signature(cls).parameters)

    def make(params: Arrays, configuration: Configuration) -> _Stepper:
        given = arguments(convention, configuration)
        # A class derived from torch's base need not have torch's paths.
        given = {k: v for k, v in given.items() if k not in missing}
        return _Stepper(cls, params, configuration, given, names)

    return Subject(
        name, make, convention, ("float64", "float32", "float16", "bfloat16"),
        skips=True, groups=True,
    )
