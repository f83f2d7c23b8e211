"""Closed forms of an update rule's states, held against the rule's declared steps."""

from collections.abc import Callable, Mapping
from typing import Any

from sympy import Add, Dummy, Integer, Pow, Sum, cancel

from refmath.closed_form.recurrences import growth
from refmath.notation import t
from refmath.recurrence import Recurrence

__all__ = ["remainders", "unrolled"]

Gradient = Callable[[Any], Any]


def unrolled(
    rec: Recurrence, gradient: Gradient, values: Mapping[Any, Any], start: Any, steps: int
) -> list[dict[str, Any]]:
    """What a rule's own steps give, one dictionary a step, the states before the first step first.

    Args:
        rec: The steps.
        gradient: The gradient at a point.
        values: What stands for hyperparameters and other symbols; those left out stay symbols.
        start: The symbol of the parameter's start.
        steps: How many steps.
    """
    now = {q: (start if q.start is None else q.start).xreplace(dict(values)) for q in rec.states}
    out = [{q.name: value for q, value in now.items()}]
    for number in range(1, steps + 1):
        known = {q[t - 1]: value for q, value in now.items()} | dict(values)
        known[t] = Integer(number)
        known[rec.gradient[t]] = gradient(rec.at.xreplace(known)).xreplace(known)
        found = {}
        for step in rec.steps:
            known[step.target] = found[step.name] = step.rhs.xreplace(known)
        out.append(found)
        now = {q: found[q.name] for q in now}
    return out


def remainders(
    rec: Recurrence, gradient: Gradient, results: Mapping[str, Any], start: Any
) -> dict[str, Any]:
    """What must be 0 for closed forms to hold for all t, by induction on t.

    ``theta[0]`` is the closed form at t = 0 minus the start; ``theta[t]`` is what the rule's step
    makes of the closed forms at t - 1, minus the closed form at t.

    Args:
        rec: The steps.
        gradient: The gradient at a point.
        results: An expression in t for every state, and for temporaries if there are some.
        start: The symbol of the parameter's start.
    """
    out = {}
    known: dict[Any, Any] = {}
    for q in rec.states:
        first = start if q.start is None else q.start
        out[f"{q.name}[0]"] = _normal(results[q.name].xreplace({t: Integer(0)}).doit() - first)
        known[q[t - 1]] = results[q.name].xreplace({t: t - 1})
    known[rec.gradient[t]] = gradient(rec.at.xreplace(known))
    for step in rec.steps:
        value = step.rhs.xreplace(known)
        if step.name in results:
            claimed = results[step.name]
            rest = out[f"{step.name}[t]"] = _normal(value - claimed)
            value = claimed if rest == 0 else value  # equal, and shorter
        known[step.target] = value
    return out


def _normal(expr: Any) -> Any:
    """A normal form in which equal closed forms cancel: their parts that depend on t are named."""
    expr = expr.replace(_is_running_sum, _last_apart).replace(_is_ahead, _stepped)
    powers: dict[Any, Any] = {}
    expr = expr.replace(_is_power_in_t, lambda x: _opened(x, powers))
    names = {x: Dummy() for x in expr.atoms(growth, Sum)}
    back = {v: k for k, v in names.items()} | {v: k**t for k, v in powers.items()}
    return cancel(expr.xreplace(names)).xreplace(back)


def _is_running_sum(expr: Any) -> bool:
    return isinstance(expr, Sum) and bool(expr.limits[0][2] == t)


def _last_apart(expr: Any) -> Any:
    """A sum up to t as the sum up to t - 1 and its last term."""
    ((index, first, last),) = expr.limits
    return Sum(expr.function, (index, first, last - 1)) + expr.function.xreplace({index: last})


def _is_ahead(expr: Any) -> bool:
    return isinstance(expr, growth) and bool(expr.args[0] == t + 1)


def _stepped(expr: Any) -> Any:
    """U_(t+1) by its recurrence."""
    _, s, p = expr.args
    return s * growth(t, s, p) - p * growth(t - 1, s, p)


def _is_power_in_t(expr: Any) -> bool:
    return isinstance(expr, Pow) and expr.exp.has(t) and expr.exp.coeff(t) == 1


def _opened(expr: Any, powers: dict[Any, Any]) -> Any:
    """b**(t + c) as b**t b**c, with a name for b**t."""
    rest = Add(*(x for x in Add.make_args(expr.exp) if x != t))
    name = powers.setdefault(expr.base, Dummy())
    return name * expr.base**rest
