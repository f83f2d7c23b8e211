"""NumPy kernels: the algorithm box as a vectorized function, through ``sympy.lambdify``.

The declared steps are handed to ``lambdify`` as its common sub-expressions, so the source has one
line a step, under the paper's names. Shape and dtype are the arguments'; NaN passes through.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from sympy import Indexed, Piecewise, Symbol, lambdify

from refmath.domain import exact
from refmath.emit.layout import Node
from refmath.emit.text import TextPrinter
from refmath.errors import InvalidInput
from refmath.notation import Hyper, t
from refmath.recurrence import Recurrence
from refmath.rule import Rule, emitter

__all__ = ["Kernel", "kernel"]

Value = Any


class _KernelPrinter(TextPrinter):
    """Prints formulas as NumPy source."""

    functions: ClassVar[dict[str, str]] = {
        "Max": "maximum", "Min": "minimum", "Abs": "abs", "sign": "sign",
    }

    def __init__(self, rec: Recurrence, names: Mapping[Any, str]) -> None:
        super().__init__(rec)
        self._names = names

    def doprint(self, expr: Any) -> str:
        if isinstance(expr, Symbol) and not isinstance(expr, Hyper) and expr != t:
            return str(expr.name)
        return super().doprint(expr)

    def atom(self, value: Any) -> tuple[str, int]:
        if value in self._names:
            return self._names[value], 4
        return super().atom(value)

    def cases(self, branches: tuple[tuple[Node, Node | None], ...]) -> tuple[str, int]:
        (value, cond), (other, _) = branches
        test = self.node(cond)[0] if cond is not None else "True"
        if test.split()[0] == "t":
            return f"({self.node(value)[0]} if {test} else {self.node(other)[0]})", 4
        return f"where({test}, {self.node(value)[0]}, {self.node(other)[0]})", 4


def _guarded(expr: Any) -> Any:
    """Where a branch is not taken because x = 0, let it be evaluated at x = 1 instead."""
    for piece in expr.atoms(Piecewise):
        (value, cond), *rest = piece.args
        if cond.func.__name__ == "Equality" and cond.rhs == 0 and cond.lhs != t and rest:
            safe = Symbol(f"where({cond.lhs.base.name} == 0, 1, {cond.lhs.base.name})")
            swapped = rest[0].expr.xreplace({cond.lhs: safe})
            expr = expr.xreplace({piece: Piecewise((value, cond), (swapped, True))})
    return expr


class Kernel:
    """One update step as a vectorized NumPy function.

    Call it with keyword arguments: the parameter ``theta``, the gradient ``g``, the step ``t``
    (default 1), the states (default: their start values) and the hyperparameters (default: the
    declared defaults). It returns a dictionary with every state after the step.

    Attributes:
        source: The generated source.
        rule: The name of the rule.
        states: Names of the states, the parameter first.
        hyper: Names of the hyperparameters.
        gradient: Name of the gradient.
    """

    def __init__(self, rec: Recurrence, defaults: Mapping[str, Any] | None = None) -> None:
        self.rule = rec.name
        self.states = tuple(q.name for q in rec.states)
        self.hyper = tuple(h.key for h in rec.hypers)
        self._defaults = {h.key: h.default for h in rec.hypers} | dict(defaults or {})
        self.gradient = rec.gradient.name
        self._scalars = rec.scalars
        self._starts = {q.name: _scalar(q.start, rec) for q in rec.states if q.start is not None}
        self._function, self.source = _build(rec)
        self._point = _scalar(rec.at, rec) if rec.takes_point else None

    def __call__(self, **arguments: Value) -> dict[str, Any]:
        """Take one step.

        Raises:
            InvalidInput: An argument is missing, unknown, or of another shape.
        """
        values = self._arguments(arguments)
        result = self._function(*(values[n] for n in self._order()))
        return dict(zip(self.states, result, strict=True))

    def point(self, **arguments: Value) -> Any:
        """The point at which the gradient is to be taken, from the values before the step."""
        anything = np.zeros(np.shape(arguments.get(self.states[0], 0.0)))
        values = self._arguments({**arguments, self.gradient: anything})
        if self._point is None:
            return values[self.states[0]]
        return self._point(values)

    def start(self, theta: Any, **hyper: Value) -> dict[str, Any]:
        """The states before the first step, in the shape and dtype of ``theta``."""
        values = {k: float(v) for k, v in {**self._defaults, **hyper}.items() if v is not None}
        theta = _floating(theta)
        states = {self.states[0]: theta}
        for name, start in self._starts.items():
            states[name] = self._begin(name, theta, start(values))
        return states

    def _begin(self, name: str, theta: Any, value: float) -> Any:
        return float(value) if name in self._scalars else np.full_like(theta, value)

    def _order(self) -> tuple[str, ...]:
        return (self.gradient, *self.states, "t", *self.hyper)

    def _arguments(self, given: dict[str, Value]) -> dict[str, Value]:
        known = self._order()
        for name in given:
            if name not in known:
                raise InvalidInput(
                    f"the kernel of {self.rule} has no argument {name!r}; it takes "
                    + ", ".join(known)
                )
        parameter = self.states[0]
        for name in (parameter, self.gradient):
            if name not in given:
                raise InvalidInput(f"the kernel of {self.rule} needs {name}=; give an array")
        values = {"t": 1, **given}
        if values["t"] < 1:
            raise InvalidInput(f"t={values['t']!r} must be at least 1: the first step is t = 1")
        for key in self.hyper:
            value = values.get(key, self._defaults[key])
            if value is None:
                raise InvalidInput(f"the kernel of {self.rule} needs {key}=; it has no default")
            values[key] = float(value)
        values[parameter] = _floating(values[parameter])
        for name, start in self._starts.items():
            if name not in values:
                values[name] = self._begin(name, values[parameter], start(values))
        self._check_shapes(values)
        return values

    def _check_shapes(self, values: Mapping[str, Value]) -> None:
        shape = values[self.states[0]].shape
        for name in (self.gradient, *self.states):
            found = np.shape(values[name])
            if name not in self._scalars and found != shape:
                raise InvalidInput(
                    f"the kernel of {self.rule} needs {name} in the shape of "
                    f"{self.states[0]}, {shape}; found {found}"
                )


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of NumPy's that gives plain numbers for plain numbers, as arithmetic does.

    NumPy's own float64 would make float32 arrays float64 where it meets them.
    """

    def call(*values: Any) -> Any:
        result = function(*values)
        return float(result) if all(type(v) in (int, float) for v in values) else result

    return call


_FUNCTIONS = {
    "maximum": _plain(np.maximum), "minimum": _plain(np.minimum), "abs": _plain(np.abs),
    "sign": _plain(np.sign), "sqrt": _plain(np.sqrt), "where": np.where,
}


def _floating(theta: Any) -> Any:
    """The parameter as an array; whole numbers become float64, which can hold the result."""
    array = np.asarray(theta)
    return array.astype(np.float64) if array.dtype.kind in "bui" else array


def _build(rec: Recurrence) -> tuple[Any, str]:
    inputs: dict[Any, str] = {rec.gradient[t]: rec.gradient.name}
    inputs |= {q[t - 1]: q.name for q in rec.states}
    names: dict[Any, str] = dict(inputs)
    names |= {h: h.key for h in rec.hypers}
    replaced: list[tuple[Any, Any]] = []
    for place, step in enumerate(rec.steps):
        later = [s.rhs for s in rec.steps[place + 1 :]]
        old = step.target.base[t - 1]
        clash = old in inputs and any(rhs.has(old) for rhs in later)
        names[step.target] = f"{step.name}_new" if clash else step.name
        replaced.append((Symbol(names[step.target]), _guarded(step.rhs)))
    printer = _KernelPrinter(rec, names)
    outputs = tuple(Symbol(names[q[t]]) for q in rec.states)
    arguments = [Symbol(n) for n in inputs.values()] + [t] + [Symbol(h.key) for h in rec.hypers]
    function = lambdify(
        arguments,
        outputs,
        modules=[_FUNCTIONS],
        printer=printer,
        cse=lambda exprs: (replaced, exprs),
    )
    source = inspect.getsource(function).replace("_lambdifygenerated", rec.name)
    return function, source[: source.index("\n# ")] if "\n# " in source else source


def _scalar(expr: Any, rec: Recurrence) -> Any:
    atoms = sorted(expr.atoms(Hyper) | expr.atoms(Indexed), key=str)
    keys = [a.key if isinstance(a, Hyper) else a.base.name for a in atoms]
    names = dict(zip(atoms, keys, strict=True))
    printer = _KernelPrinter(rec, names)
    symbols = [Symbol(k) for k in keys]
    function = lambdify(symbols, expr, modules=[_FUNCTIONS], printer=printer)
    return lambda values: function(*(values[k] for k in keys))


@lru_cache(maxsize=512)
def _cached(rec: Recurrence, defaults: tuple[tuple[str, Any], ...]) -> Kernel:
    return Kernel(rec, dict(defaults))


@emitter("kernel")
def kernel(rule: Rule) -> Kernel:
    """The kernel of a rule, with its defaults."""
    changed = tuple((k, exact(v)) for k, v in sorted(rule.defaults.items()) if k in rule.hyper)
    return _cached(rule.recurrence, changed)
