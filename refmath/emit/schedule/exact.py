"""The exact rate: a SymPy number, rational where it is one."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from sympy import Integer, Rational, S

from refmath.domain import exact
from refmath.emit.schedule.arguments import Values, exact_values
from refmath.errors import InvalidInput
from refmath.schedule import Resolved, Schedule, emitter, metric, t

__all__ = ["at", "by_recursion", "number", "rational", "responses", "value"]


def rational(x: Fraction) -> Any:
    """A Fraction as SymPy's rational."""
    return Rational(x.numerator, x.denominator)


@emitter("value")
def value(schedule: Schedule) -> Any:
    """The function ``(t, hyper) -> number``; of one that reacts, ``(metrics, hyper) -> list``."""
    form = schedule.resolved

    def of_time(step: int, given: Mapping[str, Any]) -> Any:
        if isinstance(step, bool) or not isinstance(step, int) or step < 0:
            raise InvalidInput(f"expected t as a whole number from 0, found {step!r}")
        return at(form, exact_values(schedule.name, form, given), step)

    def of_metrics(metrics: Sequence[Any], given: Mapping[str, Any]) -> Any:
        return responses(form, exact_values(schedule.name, form, given), metrics)

    return of_metrics if schedule.reacts else of_time


def at(form: Resolved, values: Values, step: int) -> Any:
    """The formula at t = ``step``."""
    return number(form.formula, values, {t: Integer(step)})


def by_recursion(form: Resolved, values: Values, count: int) -> list[Any]:
    """The rates for t below ``count`` by the recursion."""
    return _run(form, values, [None] * count)


def responses(form: Resolved, values: Values, metrics: Sequence[Any]) -> list[Any]:
    """The rate after each metric."""
    return _run(form, values, [rational(exact(m)) for m in metrics])


def _run(form: Resolved, values: Values, shown: Sequence[Any]) -> list[Any]:
    recursion = form.recursion
    assert recursion is not None
    kept = {q: number(q.start, values, {}) for q in recursion.states}
    eta = next(q for q in recursion.states if q.name == "eta")
    out = []
    for step, m in enumerate(shown):
        if m is not None or step > 0:
            env = {q[t - 1]: v for q, v in kept.items()} | {t: Integer(step), metric: m}
            for target, expr in recursion.steps:
                env[target] = number(expr, values, env)
            kept = {q: env[q[t]] for q in kept}
        out.append(kept[eta])
    return out


def number(expr: Any, values: Mapping[str, Any], env: Mapping[Any, Any]) -> Any:
    """An expression with everything known put in; only the alternative that holds is evaluated."""
    if expr in env:
        return env[expr]
    if hasattr(expr, "key"):
        return rational(values[expr.key])
    name = expr.func.__name__
    if name == "Piecewise":
        for branch, cond in expr.args:
            if number(cond, values, env) == S.true:
                return number(branch, values, env)
    if name in _LISTED:
        entries: Sequence[Fraction] = values[expr.args[0].key]
        return _LISTED[name](entries, number(expr.args[1], values, env))
    if not expr.args:
        return expr
    args = [number(a, values, env) for a in expr.args]
    if name == "cycle":
        return _cycles(*args)
    return expr.func(*args)


def _cycles(x: Any, length: Any, factor: Any) -> Any:
    done, passed = 0, S.Zero
    while passed + length <= x and done <= x:
        passed, length, done = passed + length, length * factor, done + 1
    return Integer(done)


def _product(entries: Sequence[Fraction], count: Any) -> Any:
    out = Fraction(1)
    for x in entries[: int(count)]:
        out *= x
    return rational(out)


_LISTED: dict[str, Any] = {
    "passed": lambda m, x: Integer(sum(bool(rational(e) <= x) for e in m)),
    "passed_before": lambda m, x: Integer(sum(bool(rational(e) < x) for e in m)),
    "entry": lambda v, k: rational(v[min(max(int(k), 0), len(v) - 1)]),
    "product": _product,
}
