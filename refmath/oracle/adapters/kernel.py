"""Subjects made of generated kernels: of a rule, or of a wrong form of it."""

from typing import Any

import numpy as np

from refmath.emit.numpy import Kernel
from refmath.oracle.subject import Arrays, Configuration, Subject
from refmath.recurrence import Recurrence

__all__ = ["kernel_subject"]


class _Stepper:
    def __init__(self, kernel: Kernel, params: Arrays, configuration: Configuration) -> None:
        self.kernel = kernel
        known = {k: v for k, v in configuration.hyper.items() if k in kernel.hyper}
        self.hyper = known
        self.states = [kernel.start(p, **known) for p in params]
        self.t = 0

    def step(self, grads: Any, lr: Any) -> Arrays:
        self.t += 1
        hyper = {**self.hyper, **({"lr": lr} if "lr" in self.kernel.hyper else {})}
        with np.errstate(all="ignore"):
            if callable(grads):
                grads = grads([self.kernel.point(**s, t=self.t, **hyper) for s in self.states])
            self.states = [
                self.kernel(**s, **{self.kernel.gradient: g}, t=self.t, **hyper)
                for s, g in zip(self.states, grads, strict=True)
            ]
        parameter = self.kernel.states[0]
        return [np.asarray(s[parameter]) for s in self.states]

    def state(self) -> dict[str, list[Any]]:
        """The states by name."""
        return {n: [s[n] for s in self.states] for n in self.kernel.states[1:]}


def kernel_subject(
    rec: Recurrence, name: str, *, shows_state: bool = True, gradient_function: bool | None = None
) -> Subject:
    """A subject that runs the kernel of a recurrence.

    Args:
        rec: What it computes.
        name: As it is shown.
        shows_state: Whether its states may be seen.
        gradient_function: Whether it asks for its gradients; by default if the rule does.
    """
    kernel = Kernel(rec)

    def make(params: Arrays, configuration: Configuration) -> _Stepper:
        stepper = _Stepper(kernel, params, configuration)
        if not shows_state:
            stepper.state = None  # type: ignore[method-assign, assignment]
        return stepper

    asks = rec.takes_point if gradient_function is None else gradient_function
    return Subject(name, make, None, ("float64", "float32", "float16"), asks)
