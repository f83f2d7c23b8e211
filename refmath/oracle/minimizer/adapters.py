"""Minimizers of SciPy, PyTorch, Optax and refmath, and plain functions, as subjects."""

from collections.abc import Callable, Mapping
from inspect import Parameter, isclass, signature
from typing import Any

import numpy as np

from refmath.errors import InvalidInput, SubjectError, UnknownName
from refmath.oracle.adapters.load import load
from refmath.oracle.minimizer.cases import Case
from refmath.oracle.minimizer.recurrence import Recurrence
from refmath.oracle.minimizer.subject import Conditions, Minimizer, Run, Watched
from refmath.oracle.minimizer.variants import RULES

__all__ = ["KNOWN", "subject"]

Array = Any

_GTOL = 1e-7
_ENOUGH = 10000
_BOTH = ("float64", "float32")
_WOLFE_2 = Conditions(1e-4, 0.9, strong=True)
_WOLFE_3 = Conditions(
    1e-3, None, exempt="its line search may end at a bracket shorter than xtol = 0.1"
)
_HAGER = Conditions(0.0, None, slack=1e-6)


def _result(found: Any) -> dict[str, Any]:
    """What a minimizer returned, by names."""
    names = ("x", "fun", "jac", "nfev", "njev", "success", "message")
    if hasattr(found, "x") or (isinstance(found, Mapping) and "x" in found):
        return {
            n: found[n] if isinstance(found, Mapping) else getattr(found, n)
            for n in names
            if (n in found if isinstance(found, Mapping) else hasattr(found, n))
        }
    if isinstance(found, tuple | list) and len(found) in (2, 3) and np.ndim(found[0]) == 1:
        return dict(zip(names, found, strict=False))
    if np.ndim(found) == 1 and np.asarray(found).dtype.kind in "biuf":
        return {"x": found}
    raise SubjectError(
        "shape", f"returned {type(found).__name__}: expected a result with x, the vector x, or the "
        "tuple (x, fun) or (x, fun, jac)"
    )


def _through_scipy(method: Any, options: Callable[[Case], dict[str, Any]]) -> Callable[..., Run]:
    """Runs a method of `scipy.optimize.minimize`, or one that it can call."""

    def call(watched: Watched, case: Case) -> Run:
        from scipy import optimize

        minimize: Any = optimize.minimize
        iterates: list[Array] = []
        extra = {"hess": case.problem.hess} if getattr(method, "needs_hessian", False) else {}
        result = minimize(
            watched.fun, case.problem.x0, jac=watched.jac, method=method, options=options(case),
            callback=lambda xk: iterates.append(np.array(xk)), **extra,
        )
        inverse = getattr(result, "hess_inv", None)
        times = None if inverse is None else (lambda v: np.asarray(inverse @ v))
        return watched.run(iterates, _result(result), inverse=times)

    return call


def _torch(watched: Watched, case: Case) -> Run:
    import torch

    point = torch.nn.Parameter(torch.from_numpy(case.problem.x0.astype(watched.dtype)))
    optimizer = torch.optim.LBFGS(
        [point], lr=1.0, max_iter=1, max_eval=1000, history_size=case.memory,
        tolerance_grad=_GTOL, tolerance_change=0.0, line_search_fn="strong_wolfe",
    )

    def closure() -> Any:
        x = point.detach().numpy()
        point.grad = torch.from_numpy(watched.jac(x).astype(watched.dtype))
        return torch.tensor(watched.fun(x), dtype=point.dtype)

    iterates: list[Array] = []
    for _ in range(case.steps):
        before = point.detach().numpy().copy()
        optimizer.step(closure)
        iterates.append(point.detach().numpy().copy())
        if np.array_equal(before, iterates[-1]):
            break
    return watched.run(iterates, {"x": iterates[-1]})


def _optax(watched: Watched, case: Case) -> Run:
    import jax
    import optax

    kind = watched.dtype
    with jax.enable_x64(kind == np.float64):
        one = jax.ShapeDtypeStruct((), kind)
        like = jax.ShapeDtypeStruct(case.problem.x0.shape, kind)

        def value_of(v: Any) -> Any:
            return kind.type(watched.fun(np.asarray(v)))

        def slope_of(v: Any) -> Any:
            return watched.jac(np.asarray(v)).astype(kind)

        def plain(x: Any) -> Any:
            return jax.pure_callback(value_of, one, x)

        def forward(x: Any) -> Any:
            return value(x), x

        def backward(x: Any, ct: Any) -> Any:
            return (ct * jax.pure_callback(slope_of, like, x),)

        value = jax.custom_vjp(plain)
        value.defvjp(forward, backward)
        tx = optax.lbfgs(memory_size=case.memory)

        def update(x: Any, state: Any) -> Any:
            found, slope = optax.value_and_grad_from_state(value)(x, state=state)
            updates, state = tx.update(slope, state, x, value=found, grad=slope, value_fn=value)
            return optax.apply_updates(x, updates), state

        step = jax.jit(update)
        x = jax.numpy.asarray(case.problem.x0, dtype=kind)
        state, iterates = tx.init(x), []
        for _ in range(case.steps):
            x, state = step(x, state)
            iterates.append(np.array(x))
            if np.abs(case.problem.jac(iterates[-1])).max() <= _GTOL:
                break
        return watched.run(iterates, {"x": iterates[-1]})


def _nothing(_: Case) -> dict[str, Any]:
    return {}


def _maxcor(case: Case) -> dict[str, Any]:
    return {"maxcor": case.memory, "gtol": _GTOL, "ftol": 0.0, "maxiter": case.steps}


def _gtol(case: Case) -> dict[str, Any]:
    return {"gtol": _GTOL, "maxiter": case.steps}


def _started(case: Case) -> dict[str, Any]:
    return _gtol(case) | ({} if case.start is None else {"hess_inv0": case.start})


def _scipy_bfgs(name: str, _found: Any) -> Minimizer:
    form = Recurrence("BFGS as SciPy has it", "bfgs", True, flat=1000.0)
    call = _through_scipy("BFGS", _started)
    return Minimizer(name, "bfgs", form, "scipy", call, _WOLFE_2, starts=True)


def _scipy_lbfgs(name: str, _found: Any) -> Minimizer:
    call = _through_scipy("L-BFGS-B", _maxcor)
    return Minimizer(name, "lbfgs", RULES["lbfgs"], "scipy", call, _WOLFE_3)


def _torch_lbfgs(name: str, _found: Any) -> Minimizer:
    form = Recurrence("L-BFGS as PyTorch has it", "lbfgs", True, floor=1e-10)
    return Minimizer(name, "lbfgs", form, "torch", _torch, _WOLFE_2, dtypes=_BOTH)


def _optax_lbfgs(name: str, _found: Any) -> Minimizer:
    form = Recurrence("L-BFGS as Optax has it", "lbfgs", True, checked=False)
    return Minimizer(name, "lbfgs", form, "optax", _optax, _HAGER, dtypes=_BOTH)


def _own(rule: str, conditions: Conditions, options: Any) -> Callable[[str, Any], Minimizer]:
    def make(name: str, found: Any) -> Minimizer:
        def call(watched: Watched, case: Case) -> Run:
            return _through_scipy(found(**options(case)), _nothing)(watched, case)

        def budget(watched: Watched, case: Case, limit: int) -> Run:
            return _through_scipy(found(**options(case), maxfun=limit), _nothing)(watched, case)

        return Minimizer(
            name, rule, RULES[rule], None, call, conditions, budget=budget, starts=rule == "bfgs"
        )

    return make


def _memory(case: Case) -> dict[str, Any]:
    return {"memory": case.memory, "gtol": _GTOL, "ftol": None, "maxiter": case.steps}


KNOWN: dict[str, Callable[[str, Any], Minimizer]] = {
    "scipy:BFGS": _scipy_bfgs,
    "scipy:L-BFGS-B": _scipy_lbfgs,
    "torch.optim:LBFGS": _torch_lbfgs,
    "optax:lbfgs": _optax_lbfgs,
    "refmath.optimizers:BFGS": _own("bfgs", _WOLFE_2, _started),
    "refmath.optimizers:LBFGS": _own("lbfgs", _WOLFE_3, _memory),
    "refmath.optimizers:Newton": _own("newton", Conditions(1e-4), _gtol),
}
"""The targets whose ways are known."""


def subject(target: Any, rule: str | None, constants: Mapping[str, float]) -> Minimizer:
    """The minimizer that a target stands for.

    Args:
        target: One of `KNOWN`; or MODULE:NAME of a function, or the function itself:
            ``minimize(fun, x0, jac, callback)``, with more arguments if it likes.
        rule: What it is held against; a known target has its own.
        constants: What it cannot be asked for: memory, c1 and c2.

    Raises:
        InvalidInput: It is no such function.
        UnknownName: There is no such rule, or SciPy has no such method.
    """
    if rule is not None and rule not in RULES:
        raise UnknownName("minimizer's rule", rule, list(RULES))
    unknown = [k for k in constants if k not in ("memory", "c1", "c2")]
    if unknown:
        raise UnknownName("constant of a minimizer", unknown[0], ["memory", "c1", "c2"])
    _check_constants(constants)
    name = target if isinstance(target, str) else getattr(target, "__name__", "minimize")
    if name.startswith("scipy:") and name not in KNOWN:
        raise UnknownName("method of SciPy", name, [k for k in KNOWN if k.startswith("scipy:")])
    if name in KNOWN and isinstance(target, str):
        own = KNOWN[name](name, None if name.startswith("scipy:") else load(name))
        if constants:
            raise InvalidInput(
                f"{next(iter(constants))}: {name} is asked for what it needs; leave it out"
            )
        if rule not in (None, own.rule):
            raise InvalidInput(f"--rule {rule}: {name} is held against {own.rule}; leave it out")
        return own
    found = load(target) if isinstance(target, str) else target
    if rule is None:
        raise InvalidInput(
            f"which rule should {name} be held against? Give --rule, one of: {', '.join(RULES)}"
        )
    return _plain(found, name, rule, constants)


def _check_constants(constants: Mapping[str, float]) -> None:
    """Refuse constants that no minimizer can have.

    Raises:
        InvalidInput: memory is no whole number of at least 1, or not 0 < c1 < c2 < 1.
    """
    memory = constants.get("memory", 1)
    if memory < 1 or memory != int(memory):
        raise InvalidInput(
            f"memory={memory:g}: expected a whole number of at least 1; usual is memory=10"
        )
    c1, c2 = constants.get("c1", 0.0), constants.get("c2", 1.0)
    if not 0 <= c1 < c2 <= 1:
        raise InvalidInput(
            f"c1={c1:g}, c2={c2:g}: expected 0 < c1 < c2 < 1; usual are c1=1e-4, c2=0.9"
        )


_KEYS = {
    "jac": ("jac", "grad", "gradient", "g", "fprime"), "callback": ("callback",),
    "hess": ("hess", "hessian"), "memory": ("memory", "m", "maxcor", "history_size", "memory_size"),
    "gtol": ("gtol", "tol", "tolerance_grad"), "maxiter": ("maxiter", "max_iter", "steps"),
    "maxfun": ("maxfun", "max_eval", "maxfev"), "hess_inv0": ("hess_inv0",),
}  # fmt: skip


def _plain(found: Any, name: str, rule: str, constants: Mapping[str, float]) -> Minimizer:
    """A function ``minimize(fun, x0, jac, callback)``."""
    call_it = found() if isclass(found) else found
    if not callable(call_it):
        raise InvalidInput(
            f"{name}: expected a function minimize(fun, x0, jac, callback), found "
            f"{type(found).__name__}"
        )
    keys = _keys(call_it, name, rule)

    def budget(watched: Watched, case: Case, limit: int) -> Run:
        iterates: list[Array] = []
        given: dict[str, Any] = {
            "jac": watched.jac, "hess": case.problem.hess, "memory": case.memory,
            "callback": lambda xk: iterates.append(np.array(xk, np.float64)),
            "gtol": _GTOL, "maxiter": case.steps, "maxfun": limit, "hess_inv0": case.start,
        }  # fmt: skip
        result = call_it(
            watched.fun, case.problem.x0.copy(), **{theirs: given[k] for k, theirs in keys.items()}
        )
        answer = _result(result)
        inverse = getattr(result, "hess_inv", None)
        times = None if inverse is None else (lambda v: np.asarray(inverse @ v))
        return watched.run(iterates or [answer["x"]], answer, inverse=times)

    memory = int(constants.get("memory", 10)) if "memory" not in keys else None
    conditions = None
    if "c1" in constants or "c2" in constants:
        conditions = Conditions(constants.get("c1", 0.0), constants.get("c2"))
    return Minimizer(
        name, rule, RULES[rule], None, lambda w, c: budget(w, c, _ENOUGH), conditions, memory,
        budget if "maxfun" in keys else None, "hess_inv0" in keys,
    )  # fmt: skip


def _keys(function: Any, name: str, rule: str) -> dict[str, str]:
    """Its names of the arguments that it takes, by ours."""
    try:
        parameters = signature(function).parameters
    except (TypeError, ValueError):
        parameters = {}  # type: ignore[assignment]
    anything = any(p.kind is Parameter.VAR_KEYWORD for p in parameters.values())
    keys = {}
    for ours, theirs in _KEYS.items():
        own = [t for t in theirs if t in parameters]
        if own or (anything and ours in ("jac", "callback")):
            keys[ours] = own[0] if own else ours
    needed = ["jac", "callback", *(["hess"] if rule == "newton" else [])]
    missing = [k for k in needed if k not in keys]
    if missing:
        raise InvalidInput(
            f"{name}({', '.join(parameters)}): expected an argument {missing[0]}; write "
            f"minimize(fun, x0, {', '.join(needed)}), and call callback(x) after each iteration"
        )
    return keys
