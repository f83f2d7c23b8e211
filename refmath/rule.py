"""The record of an update rule: what a declaration consists of, checked when it is built."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from importlib import import_module
from typing import Any

from sympy import sympify

from refmath.domain import exact
from refmath.errors import DeclarationError, UnknownName
from refmath.notation import Hyper, Slot, t
from refmath.recurrence import Let, Recurrence, let, quantities, validate

__all__ = ["Axis", "Rule", "Variant", "emitter", "let"]

_EMITTERS: dict[str, Callable[..., Any]] = {}


def emitter(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register what makes ``rule.<name>()``: LaTeX, a kernel, and so on."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _EMITTERS[name] = function
        return function

    return register


@dataclass(frozen=True)
class Axis:
    """A place where real implementations differ; the first option is the canonical one.

    Attributes:
        name: What is chosen, as users write it: ``epsilon``.
        options: Option name to what it puts into the slots.
        doc: One sentence.
        intent: Whether it says what is wanted (climb or descend) rather than how it is written;
            another option is then a wrong form, not a variant.
    """

    name: str
    options: Mapping[str, Mapping[Any, Any]]
    doc: str = ""
    intent: bool = False

    @property
    def default(self) -> str:
        """The canonical option."""
        return next(iter(self.options))


@dataclass(frozen=True)
class Variant:
    """A named wrong form: what it puts into slots, or in place of a step.

    Attributes:
        name: Short name, lower case with underscores.
        doc: What a person should read: "the second moment is not bias-corrected".
        change: Slot or target (``m[t]``) or any symbol to what replaces it.
        needs: Settings under which it means something; None stands for every setting.
    """

    name: str
    doc: str
    change: Mapping[Any, Any]
    needs: Mapping[str, str] = field(default_factory=dict)
    add: tuple[Let, ...] = ()


@dataclass(frozen=True)
class Rule:
    """An update rule.

    Attributes:
        name: The field's name in lower case: ``adam``.
        title: For people: ``Adam``.
        source: Paper with equation or algorithm number.
        algorithm: Assignments in the paper's order; slots in them are filled by the axes.
        gradient: The gradient, declared with the point where it is taken.
        parameter: The state that is optimized.
        axes: The alternatives that real implementations choose between.
        wrong: Named wrong forms, used to test the tests and to diagnose.
        settings: The option chosen on each axis where it is not the canonical one.
        defaults: Defaults that differ from the declaration's, by hyperparameter key.
        summary: What it does, in one plain sentence.
    """

    name: str
    title: str
    source: str
    algorithm: tuple[Let, ...]
    gradient: Any
    parameter: Any
    axes: tuple[Axis, ...] = ()
    wrong: tuple[Variant, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""

    def __post_init__(self) -> None:
        names = [a.name for a in self.axes]
        for name in names:
            if names.count(name) > 1:
                raise DeclarationError(f"{self.name}: two axes are called {name!r}; rename one")
        for axis in self.axes:
            filled = {frozenset(fills) for fills in axis.options.values()}
            if not filled:
                raise DeclarationError(
                    f"{self.name}: axis {axis.name!r} has no options; give it the canonical one"
                )
            if len(filled) != 1:
                raise DeclarationError(
                    f"{self.name}: the options of axis {axis.name!r} fill different slots; "
                    "let every option fill each of them"
                )
        for name, option in self.settings.items():
            self._option(name, option)
        validate(self.recurrence)
        for key, default in self.defaults.items():
            if key in self.hyper:
                self.hyper[key].domain.check(key, default)

    def __repr__(self) -> str:
        chosen = "".join(f", {k}={v!r}" for k, v in self.settings.items())
        return f"<rule {self.name}{chosen}>"

    def axis(self, name: str) -> Axis:
        """The axis of that name.

        Raises:
            UnknownName: There is none; the message lists those of the rule.
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

    def vary(self, **settings: str) -> "Rule":
        """The rule with other options on some axes: ``adam.vary(epsilon="inside")``.

        Raises:
            UnknownName: No such axis, or no such option on it.
        """
        for name, option in settings.items():
            self._option(name, option)
        merged = {**self.settings, **settings}
        kept = {k: v for k, v in merged.items() if v != self.axis(k).default}
        key = tuple(sorted(kept.items()))
        if key not in self._forms:
            other = replace(self, settings=dict(key))
            other.__dict__["_forms"] = self._forms
            self._forms[key] = other
        return self._forms[key]

    def derive(
        self,
        name: str,
        title: str,
        source: str,
        *,
        defaults: Mapping[str, str] | None = None,
        summary: str = "",
        **settings: str,
    ) -> "Rule":
        """A rule of its own whose canonical form is this one with other options."""
        chosen = self.vary(**settings)
        axes = tuple(
            replace(a, options={o: a.options[o] for o in _first(a.options, chosen.setting(a.name))})
            for a in self.axes
        )
        merged = {**self.defaults, **(defaults or {})}
        return replace(
            self, name=name, title=title, source=source, axes=axes, settings={}, defaults=merged,
            summary=summary,
        )

    @cached_property
    def _forms(self) -> dict[tuple[tuple[str, str], ...], "Rule"]:
        """The rule under the settings that were asked for; shared by all of them."""
        return {tuple(sorted(self.settings.items())): self}

    @cached_property
    def _wrong_forms(self) -> dict[int, tuple[Variant, Recurrence]]:
        """Recurrences of wrong forms by identity; these are kept, so that it stays theirs."""
        return {}

    @cached_property
    def _fills(self) -> dict[Any, Any]:
        fills: dict[Any, Any] = {}
        for axis in self.axes:
            for place, value in self._option(axis.name, self.setting(axis.name)).items():
                if place in fills:
                    raise DeclarationError(
                        f"{self.name}: two axes fill the slot {place}; give one a slot of its own"
                    )
                fills[place] = value
        return fills

    @cached_property
    def recurrence(self) -> Recurrence:
        """The steps with every axis decided."""
        return self._resolve({}, ())

    def variant(self, wrong: Variant | str) -> Recurrence:
        """The recurrence of a named wrong form, under the settings in force.

        Args:
            wrong: The form, or its name: ``adam.variant("no_root")``.

        Raises:
            UnknownName: The rule names no such form.
        """
        if isinstance(wrong, str):
            named = {w.name: w for w in self.wrong}
            if wrong not in named:
                raise UnknownName(f"wrong form of {self.name}", wrong, list(named))
            wrong = named[wrong]
        if id(wrong) not in self._wrong_forms:
            self._wrong_forms[id(wrong)] = wrong, self._resolve(wrong.change, wrong.add)
        return self._wrong_forms[id(wrong)][1]

    def applies(self, wrong: Variant) -> bool:
        """Whether a wrong form means something under the settings in force."""
        return all(
            self.setting(axis) in option.split("|") for axis, option in wrong.needs.items()
        )

    def _resolve(self, change: Mapping[Any, Any], add: tuple[Let, ...]) -> Recurrence:
        fills = dict(self._fills)
        changed = [k for k in change if isinstance(k, Slot) and fills[k] is not None]
        own = {k: sympify(fills[k], strict=True) for k in changed}
        for place, value in change.items():
            if isinstance(place, Slot):
                fills[place] = value if value is None else sympify(value, strict=True).xreplace(own)
        targets = {k: v for k, v in change.items() if not isinstance(k, Slot)}
        steps = [Let(s.target, targets.get(s.target, s.rhs)) for s in (*self.algorithm, *add)]
        filled = [(s.target, _fill(s.rhs, fills)) for s in steps]
        symbols = {k: v for k, v in targets.items() if isinstance(k, Hyper)}
        if symbols:
            filled = [(x, r if r is None else r.xreplace(symbols)) for x, r in filled]
        kept = [Let(x, r) for x, r in filled if r is not None]
        starts = {}
        for step in kept:
            base = step.target.base
            if base.start is not None and base.start.has(Slot):
                new = type(base)(
                    base.name, base.role, start=_fill(base.start, fills), doc=base.doc
                )
                starts.update({base[t]: new[t], base[t - 1]: new[t - 1]})
        at = _fill(self.gradient.at, fills)
        return _tidy(self, [(s.target.xreplace(starts), s.rhs.xreplace(starts)) for s in kept],
                     at.xreplace(starts))

    @property
    def steps(self) -> tuple[Let, ...]:
        """The assignments with every axis decided."""
        return self.recurrence.steps

    @cached_property
    def hyper(self) -> dict[str, Hyper]:
        """The hyperparameters in force by the field's name: ``lr``, ``beta1``, ``eps``."""
        return {h.key: h for h in self.recurrence.hypers}

    def default(self, key: str) -> Any:
        """The exact default of a hyperparameter (a Fraction), or None."""
        return exact(self.defaults[key]) if key in self.defaults else self.hyper[key].default

    def _emit(self, name: str) -> Any:
        if name not in _EMITTERS:
            import_module("refmath.emit")  # a floor above: it registers itself with this record
        return _EMITTERS[name](self)

    def latex(self) -> str:
        """The algorithm as aligned LaTeX, in the paper's order."""
        return str(self._emit("latex"))

    def _repr_latex_(self) -> str:
        """What notebooks show as a formula."""
        return f"$\\displaystyle {self.latex()}$"

    def _repr_html_(self) -> str:
        """What notebooks show: the formula and the hyperparameters."""
        rows = "".join(
            f"<tr><td><code>{escape(key)}</code></td><td>{_shown(self.default(key))}</td>"
            f"<td><code>{escape(str(h.domain))}</code></td><td>{escape(h.doc)}</td></tr>"
            for key, h in self.hyper.items()
        )
        head = "<tr><th>name</th><th>default</th><th>domain</th><th>meaning</th></tr>"
        return (
            f"<p><b>{escape(self.title)}</b> ({escape(self.source)})</p>\n"
            f"{escape(self._repr_latex_())}\n<table>{head}{rows}</table>"
        )

    def text(self) -> str:
        """The algorithm as plain text, in the paper's order."""
        return str(self._emit("text"))

    def javascript(self) -> str:
        """The step as a JavaScript object, for one entry: for pages and for Node."""
        return str(self._emit("javascript"))

    def kernel(self) -> Any:
        """A vectorized NumPy kernel generated from the declaration, with readable source."""
        return self._emit("kernel")


def _shown(default: Any) -> str:
    return "" if default is None else f"{float(default):g}"


def _first(options: Mapping[str, Any], name: str) -> list[str]:
    return [name, *(o for o in options if o != name)]


def _fill(expr: Any, fills: Mapping[Any, Any]) -> Any:
    """Put the chosen options into the slots, slots within options included; None drops a step."""
    for _ in range(8):
        found = expr.atoms(Slot) & set(fills)
        if not found:
            return expr
        if any(fills[s] is None for s in found):
            return None
        expr = expr.xreplace({s: sympify(fills[s], strict=True) for s in found})
    raise DeclarationError(f"the slots of {expr} fill each other in a circle")


def _tidy(rule: Rule, steps: list[tuple[Any, Any]], at: Any) -> Recurrence:
    """Drop temporaries that only rename something, and those that nothing uses."""
    alias: dict[Any, Any] = {}
    kept: list[Let] = []
    for target, rhs in steps:
        value = rhs.xreplace(alias)
        if target.base.role == "temp" and (value.is_Atom or value.is_Indexed):
            alias[target] = value
        else:
            kept.append(Let(target, value))
    while True:
        fewer = [s for s in kept if s.target.base == rule.parameter or _is_used(s, kept, at)]
        if len(fewer) == len(kept):
            break
        kept = fewer
    return Recurrence(rule.name, tuple(kept), rule.gradient, at, rule.parameter)


def _is_used(step: Let, steps: list[Let], at: Any) -> bool:
    """Whether another step, or the gradient's point, uses what a step assigns."""
    base = step.target.base
    others = [at, *(s.rhs for s in steps if s.target != step.target)]
    return any(q.base == base for expr in others for q in quantities(expr))
