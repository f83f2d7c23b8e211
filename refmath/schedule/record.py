"""The record of a schedule, its axes and wrong forms, and how they are resolved."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from importlib import import_module
from typing import Any

from sympy import (
    Abs,
    Add,
    Indexed,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Symbol,
    ceiling,
    cos,
    exp,
    floor,
    log,
    pi,
    sin,
    sympify,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFunction

from refmath.errors import DeclarationError, UnknownName
from refmath.notation import Hyper, Slot
from refmath.rule import Axis
from refmath.schedule.symbols import metric, t

__all__ = ["Recursion", "Resolved", "Schedule", "Wrong", "emitter"]

_EMITTERS: dict[str, Callable[..., Any]] = {}
_FUNCTIONS = (
    Add, Mul, Pow, Abs, Max, Min, Piecewise, Relational, BooleanFunction, floor, ceiling, cos, sin,
    exp, log,
)
_NAMED = ("passed", "passed_before", "entry", "product", "cycle")
_ORDER = ("lr", "start", "start_factor", "factor", "gamma")


def emitter(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register what makes ``schedule.<name>()``: LaTeX, a kernel, and so on."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _EMITTERS[name] = function
        return function

    return register


@dataclass(frozen=True)
class Recursion:
    """The rate by its predecessor: states with their start, and what each becomes.

    Attributes:
        steps: State or temporary at t, to its value; in order. The state ``eta`` is the rate.
    """

    steps: tuple[tuple[Any, Any], ...]

    @property
    def states(self) -> tuple[Any, ...]:
        """The quantities that are kept, in order."""
        return tuple(x.base for x, _ in self.steps if x.base.role == "state")


@dataclass(frozen=True)
class Wrong:
    """A named wrong form.

    Attributes:
        name: Lower case with underscores.
        doc: What a person should read.
        change: Slot, assigned quantity or symbol to what replaces it.
        needs: Settings under which it means something.
        recursion: The wrong recursion, where no formula of t says it.
    """

    name: str
    doc: str
    change: Mapping[Any, Any] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    recursion: Recursion | None = None


@dataclass(frozen=True)
class Resolved:
    """A form with every alternative decided.

    Attributes:
        formula: The rate as a function of t; None where it depends on metrics.
        recursion: The rate by its predecessor, where the field uses that or nothing else exists.
    """

    formula: Any
    recursion: Recursion | None = None

    @property
    def expressions(self) -> tuple[Any, ...]:
        """Everything that is written in it, starts of states included."""
        steps = () if self.recursion is None else self.recursion.steps
        starts = [x.base.start for x, _ in steps if x.base.start is not None]
        return (*([] if self.formula is None else [self.formula]), *starts, *(e for _, e in steps))

    @cached_property
    def hypers(self) -> tuple[Any, ...]:
        """The hyperparameters, the learning rate first."""
        found = {h for e in self.expressions for h in e.atoms(Hyper)}
        return tuple(sorted(found, key=_order))

    def map(self, change: Callable[[Any], Any]) -> "Resolved":
        """The same form with every expression changed."""
        formula = None if self.formula is None else change(self.formula)
        steps = self.recursion.steps if self.recursion else ()
        changed = Recursion(tuple((x, change(e)) for x, e in steps)) if steps else None
        return Resolved(formula, changed)


@dataclass(frozen=True)
class Schedule:
    """A learning-rate schedule: the rate of update t, for t = 0, 1, 2, ...

    Attributes:
        name: The field's name in lower case: ``cosine``.
        title: For people.
        source: Paper with equation.
        formula: The rate as a function of t; slots in it are filled by the axes. None for a
            schedule that reacts to metrics.
        recursion: The rate by its predecessor; equal to the formula.
        axes: The alternatives that real implementations choose between.
        wrong: Named wrong forms.
        parts: Slots that no axis fills, but wrong forms do.
        requires: What must hold between hyperparameters.
        recursive_for: The settings under which the recursion says the same as the formula.
        settings: The option chosen on each axis where it is not the canonical one.
    """

    name: str
    title: str
    source: str
    formula: Any
    recursion: Recursion | None = None
    axes: tuple[Axis, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    parts: Mapping[Any, Any] = field(default_factory=dict)
    requires: tuple[Any, ...] = ()
    recursive_for: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._check_axes()
        for name, option in self.settings.items():
            self._option(name, option)
        _validate(self.name, self.resolved)
        for wrong in self.wrong:
            if self.applies(wrong):
                _validate(f"{self.name}, {wrong.name}", self.variant(wrong))

    def __repr__(self) -> str:
        chosen = "".join(f", {k}={v!r}" for k, v in self.settings.items())
        return f"<schedule {self.name}{chosen}>"

    def _check_axes(self) -> None:
        names = [a.name for a in self.axes]
        filled = set(self.parts)
        for axis in self.axes:
            if names.count(axis.name) > 1:
                raise DeclarationError(
                    f"{self.name}: two axes are called {axis.name!r}; rename one"
                )
            slots = {frozenset(fills) for fills in axis.options.values()}
            if len(slots) != 1:
                raise DeclarationError(
                    f"{self.name}: the options of axis {axis.name!r} fill different slots; "
                    "let every option fill each of them"
                )
            (own,) = slots
            if own & filled:
                raise DeclarationError(
                    f"{self.name}: two axes fill the slot {min(map(str, own & filled))}; give one "
                    "a slot of its own"
                )
            filled |= own
        if self.formula is None and self.recursion is None:
            raise DeclarationError(f"{self.name} has neither a formula nor a recursion; give one")

    def axis(self, name: str) -> Axis:
        """The axis of that name.

        Raises:
            UnknownName: There is none.
        """
        for axis in self.axes:
            if axis.name == name:
                return axis
        raise UnknownName(f"axis of {self.name}", name, [a.name for a in self.axes])

    def _option(self, name: str, option: str) -> Mapping[Any, Any]:
        axis = self.axis(name)
        if option not in axis.options:
            raise UnknownName(f"option of axis {name} of {self.name}", option, list(axis.options))
        return axis.options[option]

    def setting(self, name: str) -> str:
        """The option in force on an axis."""
        return self.settings.get(name, self.axis(name).default)

    def setting_of(self, name: str) -> str:
        """The option in force on an axis; empty where there is no such axis."""
        return self.setting(name) if any(a.name == name for a in self.axes) else ""

    def vary(self, **settings: str) -> "Schedule":
        """The schedule with other options on some axes: ``cosine.vary(after="rise")``.

        Raises:
            UnknownName: No such axis, or no such option on it.
        """
        for name, option in settings.items():
            self._option(name, option)
        merged = {**self.settings, **settings}
        kept = {k: v for k, v in merged.items() if v != self.axis(k).default}
        return replace(self, settings=dict(sorted(kept.items())))

    def applies(self, wrong: Wrong) -> bool:
        """Whether a wrong form means something under the settings in force."""
        return all(self.setting(a) in options.split("|") for a, options in wrong.needs.items())

    @cached_property
    def resolved(self) -> Resolved:
        """The form with every axis decided."""
        return self._resolve({}, self.recursion)

    def variant(self, wrong: Wrong) -> Resolved:
        """A named wrong form, under the settings in force; its formula alone where it has one."""
        if wrong.recursion is not None:
            return replace(self._resolve(wrong.change, wrong.recursion), formula=None)
        return self._resolve(wrong.change, None if self.formula is not None else self.recursion)

    def _resolve(self, change: Mapping[Any, Any], recursion: Recursion | None) -> Resolved:
        fills = dict(self.parts)
        for axis in self.axes:
            fills |= self._option(axis.name, self.setting(axis.name))
        own = {k: sympify(fills[k], strict=True) for k in change if k in fills}
        for place, value in change.items():
            if isinstance(place, Slot):
                fills[place] = sympify(value, strict=True).xreplace(own)
        targets = {k: v for k, v in change.items() if isinstance(k, Indexed)}
        symbols = {k: v for k, v in change.items() if not isinstance(k, Slot | Indexed)}

        def fill(expr: Any) -> Any:
            return _fill(sympify(expr, strict=True), fills).xreplace(symbols)

        formula = None if self.formula is None else fill(self.formula)
        known = all(self.setting(a) in o.split("|") for a, o in self.recursive_for.items())
        if recursion is None or not (known or formula is None):
            return Resolved(formula)
        renewed: dict[Any, Any] = {}
        for x, _ in recursion.steps:
            if x.base.start is not None:
                new = type(x.base)(
                    x.base.name, x.base.role, start=fill(x.base.start), doc=x.base.doc
                )
                renewed |= {x.base[t]: new[t], x.base[t - 1]: new[t - 1]}
        return Resolved(formula, Recursion(tuple(
            (x.xreplace(renewed), fill(targets.get(x, e)).xreplace(renewed))
            for x, e in recursion.steps
        )))

    @cached_property
    def hyper(self) -> dict[str, Any]:
        """The hyperparameters in force by the field's name: ``lr``, ``gamma``, ``total``."""
        return {h.key: h for h in self.resolved.hypers}

    @property
    def reacts(self) -> bool:
        """Whether it is a function of metrics, not of t."""
        return self.resolved.formula is None

    def _emit(self, name: str) -> Any:
        if name not in _EMITTERS:
            import_module("refmath.emit.schedule")  # a floor above: it registers itself
        return _EMITTERS[name](self)

    def text(self) -> str:
        """The schedule as plain text."""
        return str(self._emit("text"))

    def latex(self) -> str:
        """The schedule as LaTeX."""
        return str(self._emit("latex"))

    def _repr_latex_(self) -> str:
        """What notebooks show as a formula."""
        return f"$\\displaystyle {self.latex()}$"

    def _repr_html_(self) -> str:
        """What notebooks show: the formula and its source."""
        return (
            f"<p><b>{escape(self.title)}</b> ({escape(self.source)})</p>\n"
            f"<p>{escape(self._repr_latex_())}</p>"
        )

    def kernel(self) -> Any:
        """A NumPy function of t (of metrics, for one that reacts), with readable source."""
        return self._emit("kernel")

    def value(self, t: int, **hyper: Any) -> Any:
        """The exact rate as a SymPy number: a rational where it is one.

        Args:
            t: The number of updates before, from 0.
            hyper: Numbers or decimal strings; left out, the declared defaults.

        Raises:
            InvalidInput: A hyperparameter is missing or outside its domain, or t is negative.
            UnknownName: There is no such hyperparameter.
        """
        return self._emit("value")(t, hyper)


def _order(symbol: Any) -> tuple[int, str]:
    return (_ORDER.index(symbol.key) if symbol.key in _ORDER else len(_ORDER), symbol.key)


def _fill(expr: Any, fills: Mapping[Any, Any]) -> Any:
    """Put the chosen options into the slots, slots within options included."""
    for _ in range(8):
        found = expr.atoms(Slot) & set(fills)
        if not found:
            return expr
        expr = expr.xreplace({s: sympify(fills[s], strict=True) for s in found})
    raise DeclarationError(f"the slots of {expr} fill each other in a circle")


def _validate(where: str, form: Resolved) -> None:
    """Refuse what cannot be evaluated.

    Raises:
        DeclarationError: An undeclared symbol or function, an unfilled slot, a float, a quantity
            other than at t and t - 1, or two hyperparameters of one name.
    """
    keys = [h.key for h in form.hypers]
    for key in keys:
        if keys.count(key) > 1:
            raise DeclarationError(f"{where}: {key!r} stands for two different things; rename one")
    assigned = {x.base.name for x, _ in form.recursion.steps} if form.recursion else set()
    for expr in form.expressions:
        for node in _nodes(expr):
            _check_node(where, node, assigned)


def _nodes(expr: Any) -> Iterator[Any]:
    yield expr
    if not isinstance(expr, Indexed):
        for arg in expr.args:
            parts = (arg.expr, arg.cond) if type(arg).__name__ == "ExprCondPair" else (arg,)
            for part in parts:
                yield from _nodes(part)


def _check_node(where: str, node: Any, assigned: set[str]) -> None:
    if isinstance(node, Slot):
        raise DeclarationError(f"{where}: no axis fills the slot {node}")
    if node.is_Float:
        raise DeclarationError(f"{where}: {node} is a binary float; write number('{node.num!s}')")
    if isinstance(node, Indexed):
        if node.indices[0] not in (t, t - 1) or node.base.name not in assigned:
            raise DeclarationError(
                f"{where}: {node} is not known; the recursion assigns {sorted(assigned)} at t, "
                "and keeps states from t - 1"
            )
    elif isinstance(node, Symbol):
        if not isinstance(node, Hyper) and node not in (t, metric):
            raise DeclarationError(f"{where}: {node} is not declared; write it with hyper() or "
                                   "count()")
    elif not (node.is_number or node.is_Boolean or node is pi or isinstance(node, _FUNCTIONS)
              or node.func.__name__ in _NAMED):
        raise DeclarationError(
            f"{where}: {node.func.__name__} is not among the functions of a schedule"
        )


