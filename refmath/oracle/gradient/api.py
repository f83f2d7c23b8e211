"""The public checks of gradients and Hessians: from what a person asks to a report."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from refmath.errors import InvalidInput, SubjectError, UnknownName
from refmath.formats import format_of
from refmath.objective import Objective
from refmath.oracle.adapters.load import load
from refmath.oracle.gradient.arrays import arrays_of
from refmath.oracle.gradient.cases import Source
from refmath.oracle.gradient.check import GradientChecker, GradientTask
from refmath.oracle.gradient.question import Asked, Question, asked_of
from refmath.oracle.gradient.subject import Function, arguments_of, understood
from refmath.oracle.gradient.taylor import check_by_order
from refmath.oracle.report import Report
from refmath.tensor.node import Tensor

__all__ = ["check_gradient", "check_hessian", "default_dtypes", "gradient_task", "run_task"]


def check_gradient(
    subject: Any,
    objective: Any,
    wrt: Any = None,
    *,
    argnames: Sequence[str] | Mapping[str, str] | None = None,
    framework: str | None = None,
    kind: str | None = None,
    vary: Mapping[str, str] | None = None,
    domains: Mapping[str, str] | None = None,
    sizes: Mapping[str, int] | None = None,
    constants: Mapping[str, Any] | None = None,
    dtypes: Sequence[str] | None = None,
    seed: int = 0,
    examples: int | None = None,
    seconds: float = 10.0,
    tick: Callable[[], None] | None = None,
) -> Report:
    """Hold somebody's gradient, loss or backward pass against a declared objective.

    Without a declaration, ``check_gradient((f, grad), x0)`` or ``check_gradient(value_and_grad,
    x0)`` tells by the order of the Taylor remainder whether a gradient is that of f.

    Args:
        subject: A function of arrays, or a target such as ``"mymodule:grad"``. It takes the
            objective's variables by name, or by position in their declared order, and returns the
            gradient (several: a tuple or dict in the order of ``wrt``), the loss, or both.
        objective: Its name, an ``Objective`` or ``Layer``, or a tensor expression (of rank 0: a
            loss; else a layer's output, whose function also takes ``upstream``). Or a point of
            real numbers, for the check without a declaration.
        wrt: The variables that derivatives are taken by; the objective's parameters by default.
        argnames: Our names in the order of the function's arguments, or by their own names.
        framework: ``numpy``, ``torch`` or ``jax``; by default what the function accepts.
        kind: ``gradient``, ``loss`` (in torch and JAX it is differentiated), ``hessian``,
            ``loss-and-gradient`` or ``layer-backward``; by default what the answer looks like.
        vary: Other options of the objective: ``{"reduction": "sum"}``; also ``kink`` (the
            derivative of relu at 0: ``zero``, ``half``, ``one``) and ``ties`` (``first``,
            ``even``, ``every``).
        domains: For an expression, where the entries of variables lie: ``{"p": "(0, 1)"}``.
        sizes: Sizes that are not free.
        constants: Values of variables that are the same in every case.
        dtypes: Formats to run; float64 and float32 by default.
        seed: The same seed gives the same cases.
        examples: Cases a dtype.
        seconds: Time limit for one case.
        tick: Called after every case, for a progress bar.

    Returns:
        The report, with ``verdict``, ``first_deviation``, ``diagnosis`` and ``to_json()``.

    Raises:
        InvalidInput: It is not clear what is asked, or an argument does not fit.
        UnknownName: An objective, variable, axis, option, kind or dtype that does not exist.
        SubjectError: The subject cannot be imported.
    """
    if _is_point(objective):
        declared = {
            "wrt": wrt, "argnames": argnames, "framework": framework, "kind": kind, "vary": vary,
            "domains": domains, "sizes": sizes, "constants": constants, "dtypes": dtypes,
            "examples": examples,
        }
        return _by_order(subject, objective, declared, seed, seconds)
    task = gradient_task(
        subject, objective, wrt, argnames=argnames, framework=framework, kind=kind, vary=vary,
        domains=domains, sizes=sizes, constants=constants, seed=seed, examples=examples,
        seconds=seconds,
    )
    return run_task(task, dtypes, tick)


def check_hessian(subject: Any, objective: Any, wrt: Any = None, **options: Any) -> Report:
    """Hold somebody's Hessian against that of a declared objective.

    Args:
        subject: A function that returns the Hessian by one variable, of shape (*x.shape, *x.shape);
            in torch and JAX also one that returns the loss.
        objective: As for ``check_gradient``, but no layer.
        wrt: The variable, or several, for each its own block.
        options: As for ``check_gradient``.

    Raises:
        InvalidInput: As for ``check_gradient``.
        UnknownName: As for ``check_gradient``.
    """
    return check_gradient(subject, objective, wrt, kind="hessian", **options)


def _by_order(
    subject: Any, point: Any, declared: Mapping[str, Any], seed: int, seconds: float
) -> Report:
    """The check without a declaration, which has no use for what belongs to one."""
    given = [name for name, value in declared.items() if value is not None]
    if given:
        raise InvalidInput(
            f"{', '.join(given)}: without a declared objective there is nothing that this is of; "
            "give an objective or an expression instead of a point, or leave it out"
        )
    return check_by_order(subject, point, seed=seed, seconds=seconds)


def _is_point(value: Any) -> bool:
    if isinstance(value, str | Tensor) or hasattr(value, "in_force"):
        return False
    try:
        return np.asarray(value, dtype=np.float64).size > 0
    except (TypeError, ValueError):
        return False


def gradient_task(
    subject: Any,
    objective: Any,
    wrt: Any = None,
    *,
    argnames: Sequence[str] | Mapping[str, str] | None = None,
    framework: str | None = None,
    kind: str | None = None,
    vary: Mapping[str, str] | None = None,
    domains: Mapping[str, str] | None = None,
    sizes: Mapping[str, int] | None = None,
    constants: Mapping[str, Any] | None = None,
    seed: int = 0,
    examples: int | None = None,
    seconds: float = 10.0,
) -> GradientTask:
    """What ``check_gradient`` runs, without running it."""
    _positive(seed, examples, seconds)
    found = load(subject) if isinstance(subject, str) else subject
    name = subject if isinstance(subject, str) else _name(found)
    if not callable(found):
        raise InvalidInput(
            f"{name}: expected a function of arrays, found {type(found).__name__}; give the "
            "function that returns the gradient or the loss"
        )
    asked = asked_of(objective, wrt, dict(vary or {}), domains)
    how = arguments_of(found, name, list(asked.inputs), argnames, asked.ordered)
    source = _source(asked, sizes or {}, constants or {})
    function = Function(name, found, how, framework or "numpy", kind or "gradient", asked.wrt)
    case = source.draw("float64", 0, seed)
    shapes = {k: np.shape(case.values[k]) for k in asked.wrt}
    with suppress(SubjectError):  # the first case will show the same failure
        function = understood(function, case, kind, framework, shapes, seconds)
    if asked.upstream is not None:
        function = _of_layer(function)
    source = replace(source, brief=function.framework == "jax")
    question = Question(asked, function.outputs, 2 if function.kind == "hessian" else 1, source)
    return GradientTask(question, function, seed, examples, seconds)


def _positive(seed: int, examples: int | None, seconds: float) -> None:
    if examples is not None and examples < 1:
        raise InvalidInput(f"examples={examples!r} must be at least 1")
    if seed < 0:
        raise InvalidInput(f"seed={seed!r} must be 0 or more")
    if seconds <= 0:
        raise InvalidInput(f"seconds={seconds!r} must be more than 0")


def _of_layer(function: Function) -> Function:
    """A layer has no loss: its function is the backward pass.

    Raises:
        InvalidInput: It returns something else.
    """
    if function.kind not in ("gradient", "layer-backward"):
        raise InvalidInput(
            f"{function.name} returns a {function.kind}, but a layer is held against its backward "
            "pass; return the gradients by its inputs, or give an expression without axes"
        )
    return replace(function, kind="layer-backward")


def _source(asked: Asked, sizes: Mapping[str, int], constants: Mapping[str, Any]) -> Source:
    # A standard problem has standard sizes; those of other declarations are for examples only.
    standard = isinstance(asked.record, Objective) and asked.record.start is not None
    declared = dict(asked.record.sizes) if asked.record is not None and standard else {}
    source = Source(asked.inputs, asked.wrt, {}, (asked.scalar(asked.form.expr),), dict(constants))
    for name in sizes:
        if name not in source.size_names:
            raise UnknownName("size", name, list(source.size_names))
    for name in constants:
        if name not in asked.inputs:
            raise UnknownName("variable", name, list(asked.inputs))
    fixed = {k: v for k, v in {**declared, **sizes}.items() if k in source.size_names}
    for name, value in constants.items():
        for size, length in zip(asked.inputs[name].shape, np.shape(value), strict=False):
            if size.is_Symbol:
                fixed[size.name] = length
    return Source(asked.inputs, asked.wrt, fixed, source.roots, dict(constants))


def _name(found: Any) -> str:
    function = getattr(found, "func", found)
    where = getattr(function, "__module__", None) or type(found).__module__
    return f"{where}:{getattr(function, '__qualname__', type(found).__qualname__)}"


def default_dtypes(_task: GradientTask) -> list[str]:
    """The formats that are run unless others are asked for; every framework has them."""
    return ["float64", "float32"]


def run_task(
    task: GradientTask, dtypes: Sequence[str] | None, tick: Callable[[], None] | None = None
) -> Report:
    """Run a check in each dtype.

    Raises:
        UnknownName: A dtype that does not exist.
        InvalidInput: One that the function's framework does not have.
    """
    known = arrays_of(task.function.framework).formats
    chosen = default_dtypes(task) if dtypes is None else list(dtypes)
    if not chosen:
        raise InvalidInput("no dtypes are given; give at least one dtype, or leave them out")
    for name in chosen:
        format_of(name)
        if name not in known:
            raise InvalidInput(
                f"{task.function.name} cannot be run in {name} with {task.function.framework}; "
                f"its dtypes are {', '.join(known)}"
            )
    nothing = (lambda: None) if tick is None else tick
    return Report(task.seed, [GradientChecker(task, d, nothing).run() for d in chosen])
