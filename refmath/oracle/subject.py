"""The subject protocol: what the oracle runs.

A subject makes steppers. A stepper is one optimizer with its state, for a list of tensors.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np

from refmath.conventions import Convention

__all__ = ["Configuration", "Gradient", "Stepper", "Subject"]

Arrays = list[np.ndarray]
Gradient = Callable[[Arrays], Arrays]


@dataclass(frozen=True)
class Configuration:
    """What a stepper is made with.

    Attributes:
        hyper: Hyperparameters by the field's names, as floats; ``lr`` is that of the first step.
        place: Positions of the convention's switches that are not the default.
        dtype: ``float64``, ``float32``, ``float16`` or ``bfloat16``; bfloat16 values travel in
            float32 arrays.
    """

    hyper: Mapping[str, float]
    place: Mapping[str, str] = field(default_factory=dict)
    dtype: str = "float64"


@runtime_checkable
class Stepper(Protocol):
    """One optimizer with its state.

    ``step`` takes the gradients (or, for a rule that chooses where its gradient is taken, a
    gradient function), and the learning rate of this step; it returns the parameters after the
    step. Further methods are optional: ``state()`` returns arrays by the rule's state names, one
    list entry a tensor; ``save()`` returns an object that ``load(object)`` of a new stepper
    restores from.
    """

    def step(self, grads: Any, lr: Any) -> Sequence[Any]:
        """Take one step and return the parameters after it."""
        ...


@dataclass(frozen=True)
class Subject:
    """Something under test.

    Attributes:
        name: As it is shown: ``torch.optim:Adam``.
        make: Parameters and configuration to stepper.
        convention: Its convention, where the adapter knows one.
        formats: The dtypes it can be run in.
        takes_gradient_function: Whether ``step`` wants a gradient function.
        skips: Whether a gradient may be None (that tensor rests).
        groups: Whether ``lr`` may be a list with one rate a tensor.
        zero_d: Whether tensors without an axis are handed over.
        shape: How it is called: ``factory``, ``keywords``, ``update``, or ``framework`` for what
            an adapter drives.
    """

    name: str
    make: Callable[[Arrays, Configuration], Stepper]
    convention: Convention | None = None
    formats: tuple[str, ...] = ("float64", "float32")
    takes_gradient_function: bool = False
    skips: bool = False
    groups: bool = False
    zero_d: bool = True
    shape: str = "framework"
