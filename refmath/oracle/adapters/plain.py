"""Adapter: any callable as a subject.

Three shapes are told apart by their signature:

- ``make(params, hyper) -> step``, with ``step(grads, lr)`` a function or a method of that name;
- ``Cls(params, **hyper)`` with a method ``step(grads, lr)``;
- ``update(param, grad, state, hyper) -> param``, one tensor at a time.

``hyper`` holds hyperparameters by the field's names. A step returns the parameters, or None where
it updates in place the arrays that it was made with. Results are passed on as they are.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cache
from inspect import Parameter, signature
from typing import Any, Literal

import numpy as np

from refmath import conventions
from refmath.errors import InvalidInput, SubjectError
from refmath.oracle.subject import Arrays, Configuration, Stepper, Subject

__all__ = ["shape_of", "subject"]

Shape = Literal["factory", "keywords", "update"]

_SHAPES = (
    "expected make(params, hyper) -> step with step(grads, lr) -> params, or a class "
    "Cls(params, **hyper) with that step, or update(param, grad, state, hyper) -> param"
)


@cache
def _keys() -> frozenset[str]:
    """Every name of a hyperparameter."""
    return frozenset(k for c in conventions.ALL for k in (*c.names, *c.defaults))


def shape_of(call: Callable[..., Any]) -> Shape:
    """Which of the three shapes a callable has.

    Raises:
        InvalidInput: None of them.
    """
    try:
        given = list(signature(call).parameters.values())
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{_SHAPES}; {call!r} has no signature to tell by") from error
    kinds = [p.kind for p in given]
    ordered = [
        p for p in given if p.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    ]
    required = [p for p in ordered if p.default is Parameter.empty]
    second = ordered[1] if len(ordered) > 1 else None
    named = any(p.kind is Parameter.KEYWORD_ONLY and p.name in _keys() for p in given)
    keywords = Parameter.VAR_KEYWORD in kinds or named
    if second is not None and second.name in _keys():
        return "keywords"
    if len(required) == 4:
        return "update"
    if keywords and len(required) == 1:
        return "keywords"
    if Parameter.VAR_POSITIONAL in kinds or (second is not None and len(required) <= 2):
        return "factory"
    raise InvalidInput(f"{_SHAPES}; found {_name(call)}{signature(call)}")


def _name(call: Any) -> str:
    return str(getattr(call, "__name__", type(call).__name__))


def _listed(params: Any) -> Any:
    """A list of copies, where these are arrays; all else is left for the judge to see."""
    if isinstance(params, np.ndarray):
        return [params.copy()]
    if isinstance(params, list | tuple):
        return [p.copy() if isinstance(p, np.ndarray) else p for p in params]
    return params


class _Made:
    """What a factory or a class made."""

    def __init__(self, made: Any, params: Arrays, source: str) -> None:
        step = getattr(made, "step", None)
        self._step = step if callable(step) else made
        self.is_object = callable(step)
        if not callable(self._step):
            raise SubjectError(
                "type",
                f"{source} returned {type(made).__name__}; expected a function step(grads, lr), "
                "or an object with that method",
            )
        self._params = params
        for name in ("state", "save", "load"):
            if callable(getattr(made, name, None)):
                setattr(self, name, getattr(made, name))

    def step(self, grads: Any, lr: Any) -> Any:
        with np.errstate(all="ignore"):
            answer = self._step(grads, lr)
        return _listed(self._params if answer is None else answer)


class _Update:
    """A pure update of one tensor, called for each."""

    def __init__(
        self, update: Callable[..., Any], params: Arrays, configuration: Configuration
    ) -> None:
        self._update, self._params = update, params
        self._hyper = dict(configuration.hyper)
        self._states: list[dict[str, Any]] = [{} for _ in params]

    def step(self, grads: Sequence[Any], lr: Any) -> Any:
        rates = lr if isinstance(lr, list | tuple) else [lr] * len(self._params)
        with np.errstate(all="ignore"):
            for i, (grad, rate) in enumerate(zip(grads, rates, strict=True)):
                if grad is not None:
                    hyper = {**self._hyper, "lr": rate}
                    answer = self._update(self._params[i], grad, self._states[i], hyper)
                    if answer is not None:
                        self._params[i] = answer
        return _listed(self._params)

    def save(self) -> Any:
        """Everything needed to go on."""
        return deepcopy(self._states)

    def load(self, saved: Any) -> None:
        """Go on from what ``save`` returned."""
        self._states = deepcopy(saved)


def subject(call: Callable[..., Any], name: str) -> Subject:
    """The subject for a callable of one of the three shapes.

    Its attributes ``takes_gradient_function``, ``skips``, ``groups``, ``zero_d`` and ``formats``,
    where it has them, say what it can do (see ``Subject``); an update of one tensor always skips
    and groups. Tensors without an axis are left out by default: NumPy turns them into scalars.

    Raises:
        InvalidInput: It has none of the three shapes.
    """
    shape = shape_of(call)
    takes_function = bool(getattr(call, "takes_gradient_function", False))
    if shape == "update" and takes_function:
        raise InvalidInput(
            f"{name}: an update of one tensor cannot take a gradient function; "
            "write make(params, hyper) -> step(grad, lr) instead"
        )

    def make(params: Arrays, configuration: Configuration) -> Stepper:
        own = [np.array(p) for p in params]
        if shape == "update":
            return _Update(call, own, configuration)
        hyper = dict(configuration.hyper)
        with np.errstate(all="ignore"):
            made = call(own, hyper) if shape == "factory" else call(own, **hyper)
        return _Made(made, own, name)

    alone = shape == "update"
    return Subject(
        name, make, None, tuple(getattr(call, "formats", ("float64", "float32"))),
        takes_gradient_function=takes_function,
        skips=bool(getattr(call, "skips", alone)),
        groups=bool(getattr(call, "groups", alone)),
        zero_d=bool(getattr(call, "zero_d", False)),
        shape=shape,
    )
