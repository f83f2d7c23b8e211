"""NumPy kernels: a schedule as a function of t, an array of any shape; or of metrics."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from sympy import Indexed
from sympy.core.function import AppliedUndef

from refmath.domain import exact
from refmath.emit.layout import Node
from refmath.emit.schedule.arguments import exact_values
from refmath.emit.schedule.text import SchedulePrinter
from refmath.errors import InvalidInput
from refmath.notation import Hyper
from refmath.schedule import Listed, Resolved, Schedule, emitter, metric, t

__all__ = ["ScheduleKernel", "kernel"]

_HELPERS = {
    "passed": '''def passed(milestones, x):
    """How many milestones are at most x."""
    return searchsorted(sort(milestones), x, side="right")
''',
    "passed_before": '''def passed_before(milestones, x):
    """How many milestones are less than x."""
    return searchsorted(sort(milestones), x, side="left")
''',
    "entry": '''def entry(values, k):
    """The value at place k."""
    return asarray(values)[k]
''',
    "product": '''def product(scales, k):
    """The product of the first k scales."""
    return concatenate([[1.0], cumprod(scales)])[k]
''',
    "cycle": '''def cycle(x, length, factor):
    """How many of the cycles of lengths length, length*factor, ... are over at x."""
    x = asarray(x)
    ends, done = length, zeros_like(x)
    for _ in range(int(x.max()) + 1):
        done = done + (ends <= x)
        length = length*factor
        ends = ends + length
    return done
''',
}


class _Printer(SchedulePrinter):
    """Prints formulas as NumPy source."""

    functions: ClassVar[dict[str, str]] = SchedulePrinter.functions | {
        "Max": "maximum", "Min": "minimum", "ceiling": "ceil",
    }

    def __init__(self, vectorized: bool) -> None:
        super().__init__()
        self._vectorized = vectorized

    def atom(self, value: Any) -> tuple[str, int]:
        if isinstance(value, Hyper):
            return value.key, 4
        if isinstance(value, Indexed):
            return value.base.name + ("_" if value.indices[0] == t else ""), 4
        return super().atom(value)

    def call(self, name: str, args: tuple[Node, ...]) -> tuple[str, int]:
        if name in ("And", "Or"):
            sign = {"And": "&", "Or": "|"}[name] if self._vectorized else name.lower()
            return f" {sign} ".join(f"({self.node(a)[0]})" for a in args), 1
        return super().call(name, args)

    def cases(self, branches: tuple[tuple[Node, Node | None], ...]) -> tuple[str, int]:
        (value, cond), *rest = branches
        first = self.node(value)[0]
        if cond is None:
            return first, 1
        test = self.node(cond)[0]
        other = self.cases(tuple(rest))[0] if rest else "nan"
        if self._vectorized:
            return f"where({test}, {first}, {other})", 4
        return f"({first} if {test} else {other})", 4


class ScheduleKernel:
    """A schedule as a NumPy function.

    Call it with t (whole numbers from 0, an array or one) and hyperparameters by name; a schedule
    that reacts takes a list of metrics instead of t, and gives the rate after each.

    Attributes:
        source: The generated source.
        hyper: Names of the hyperparameters.
    """

    def __init__(self, name: str, form: Resolved) -> None:
        self.name, self._form = name, form
        self.hyper = tuple(h.key for h in form.hypers)
        self._function, self.source = _build(name, form)

    def __call__(self, t: Any, dtype: Any = np.float64, **hyper: Any) -> Any:
        """The rate.

        Args:
            t: Updates before, from 0; or metrics.
            dtype: The floating type that is computed in.
            hyper: Numbers or decimal strings; left out, the declared defaults.

        Raises:
            InvalidInput: A hyperparameter is missing or outside its domain, or t is negative.
            UnknownName: There is no such hyperparameter.
        """
        values = exact_values(self.name, self._form, hyper)
        if self._form.formula is not None and np.any(np.asarray(t) < 0):
            raise InvalidInput(f"expected t from 0, found {t!r}")
        return self.run(t, {k: _floating(v) for k, v in values.items()}, dtype)

    def run(self, t: Any, values: Mapping[str, Any], dtype: Any = np.float64) -> Any:
        """The rate, for values that are known to be right."""
        given = {k: np.asarray(values[k], dtype=dtype)[()] for k in self.hyper}
        with np.errstate(all="ignore"):
            return self._function(np.asarray(t, dtype=dtype), **given)


def _floating(value: Any) -> Any:
    return [float(x) for x in value] if isinstance(value, tuple) else float(value)


@emitter("kernel")
def kernel(schedule: Schedule) -> ScheduleKernel:
    """The kernel of a schedule."""
    return kernel_of(schedule.name, schedule.resolved)


@lru_cache(maxsize=4096)
def kernel_of(name: str, form: Resolved) -> ScheduleKernel:
    """The kernel of a form, made once."""
    return ScheduleKernel(name, form)


def _build(name: str, form: Resolved) -> tuple[Callable[..., Any], str]:
    """The function and its source; nothing in it comes from a user's text."""
    argument = "metrics" if form.formula is None else "t"
    head = f"def {name}({', '.join([argument, *(_argument(h) for h in form.hypers)])}):"
    body = _of_metrics(form) if form.formula is None else _of_time(form)
    called = {f.func.__name__ for e in form.expressions for f in e.atoms(AppliedUndef)}
    helpers = [code for name_, code in _HELPERS.items() if name_ in called]
    source = "\n\n".join([*helpers, "\n".join([head, *body]) + "\n"])
    scope: dict[str, Any] = {n: getattr(np, n) for n in _NUMPY}
    exec(compile(source, f"<schedule {name}>", "exec"), scope)  # noqa: S102  (generated)
    function: Callable[..., Any] = scope[name]
    return function, source


def _argument(symbol: Any) -> str:
    if symbol.default is None:
        return str(symbol.key)
    if isinstance(symbol, Listed):
        shown = ", ".join(_shown(x) for x in symbol.default)
        return f"{symbol.key}=({shown},)"
    return f"{symbol.key}={_shown(symbol.default)}"


def _shown(value: Any) -> str:
    fraction = exact(value)
    return str(int(fraction)) if fraction.denominator == 1 else repr(float(fraction))


def _of_time(form: Resolved) -> list[str]:
    return [f"    return {_Printer(True).doprint(form.formula)} + 0*t"]


def _of_metrics(form: Resolved) -> list[str]:
    assert form.recursion is not None
    printer = _Printer(False)
    by_time = not any(e.has(metric) for e in form.expressions)
    starts = [f"    {q.name} = {printer.doprint(q.start)}" for q in form.recursion.states]
    steps = [f"        {x.base.name}_ = {printer.doprint(e)}" for x, e in form.recursion.steps]
    kept = [f"        {q.name} = {q.name}_" for q in form.recursion.states]
    loop = ["    for metric in metrics:"]
    if by_time:
        loop = ["    rates.append(eta)", "    for t in range(1, int(max(metrics)) + 1):"]
    tail = "array(rates)[metrics.astype(int)]" if by_time else "array(rates)"
    return [
        *starts, "    rates = []", *loop, *steps, *kept, "        rates.append(eta)",
        f"    return {tail}",
    ]


_NUMPY = (
    "abs", "array", "asarray", "ceil", "concatenate", "cos", "cumprod", "exp", "floor", "log",
    "max", "maximum", "minimum", "nan", "pi", "searchsorted", "sin", "sort", "sqrt", "where",
    "zeros_like",
)
