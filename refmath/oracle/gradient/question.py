"""What a function is held against: an expression, its derivatives, and forms in real use of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import Any

from refmath import objectives
from refmath.emit.tensor.enclosure import Model
from refmath.errors import InvalidInput, RefmathError, UnknownName
from refmath.objective import Input, Layer, Objective, given
from refmath.oracle.gradient.cases import Source
from refmath.tensor.algebra import dot
from refmath.tensor.build import variable
from refmath.tensor.calculus import gradient, jacobian
from refmath.tensor.node import Map, Product, Tensor, is_placeholder
from refmath.tensor.sizes import is_dimension
from refmath.tensor.walk import kinks, nodes, variables

__all__ = ["Asked", "Form", "Question", "asked_of"]

Record = Objective | Layer
_KINKS = {"zero": 0.0, "half": 0.5, "one": 1.0}
_TIES = ("first", "even", "every")
_MOST_FORMS = 60


@dataclass(frozen=True)
class Form:
    """A form in real use.

    Attributes:
        text: For people.
        switch: How to ask for it.
        expr: The value.
        kink: The derivative of relu at 0.
        ties: Where several entries are largest.
    """

    text: str
    switch: str
    expr: Tensor
    kink: float = 0.0
    ties: str = "first"


@dataclass(frozen=True)
class Asked:
    """What a person asks for, before it is known what the function returns.

    Attributes:
        name: For tables: the objective's name.
        record: The objective or layer; None for a plain expression.
        inputs: All variables by name, in the order of their declaration.
        wrt: The names of those that derivatives are taken by.
        form: The form asked for.
        upstream: For a layer, the name of the upstream gradient.
        settings: Options chosen beyond those of the record.
    """

    name: str
    record: Record | None
    inputs: Mapping[str, Input]
    wrt: tuple[str, ...]
    form: Form
    upstream: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def ordered(self) -> bool:
        """Whether the variables have a declared order."""
        return self.record is not None

    def scalar(self, expr: Tensor) -> Tensor:
        """What is differentiated: the value, or a layer's output times the upstream gradient."""
        return expr if self.upstream is None else dot(expr, self.inputs[self.upstream].tensor)


@dataclass(frozen=True)
class Question:
    """What a function is held against, in full.

    Attributes:
        asked: What a person asks for.
        outputs: The names of what is compared.
        order: 2 where the derivatives are Hessians.
        source: What cases are drawn from.
    """

    asked: Asked
    outputs: tuple[str, ...]
    order: int
    source: Source

    def reference(self, expr: Tensor) -> dict[str, Tensor]:
        """The outputs of a value's expression."""
        top = self.asked.scalar(expr)
        out = {}
        for name in self.outputs:
            out[name] = expr if name == "value" else self.derivative(top, name)
        return out

    def derivative(self, top: Tensor, name: str) -> Tensor:
        """The gradient or Hessian of a scalar by one of the variables."""
        x = self.asked.inputs[name].tensor
        slope: Tensor = gradient(top, x)
        return jacobian(slope, x) if self.order == 2 else slope

    def model(self, dtype: str) -> Model:
        """How an implementation rounds, with the derivatives at kinks that are asked for."""
        return Model.of(dtype).asking(self.asked.form.kink, self.asked.form.ties)

    def forms(self) -> Iterator[Form]:
        """Other forms in real use, nearest first."""
        yield from _moved(self.asked, 1)
        yield from _bent(self.asked)
        yield from _moved(self.asked, 2)


def asked_of(
    what: Any,
    wrt: Any,
    vary: Mapping[str, str],
    domains: Mapping[str, str] | None,
) -> Asked:
    """What a person asks for, from an objective's name, a record, or an expression.

    Raises:
        UnknownName: No such objective, variable, axis or option.
        InvalidInput: Not an objective or expression, or it is not clear what to differentiate by.
    """
    record = _looked_up(what) if isinstance(what, str) else what
    if not isinstance(record, Objective | Layer | Tensor):
        raise InvalidInput(
            f"expected an objective, its name, or a tensor expression, found {record!r} of type "
            f"{type(record).__name__}; write for example rm.objectives.get('least_squares')"
        )
    own = {a.name for a in record.axes} if not isinstance(record, Tensor) else set()
    kink, ties, rest = _extras(vary, own)
    if isinstance(record, Tensor):
        if rest:
            raise InvalidInput(
                f"a plain expression has no axis {next(iter(rest))!r} to vary; its axes are kink "
                "and ties"
            )
        return _of_expression(record, wrt, kink, ties, domains or {})
    record = record.vary(**rest)
    inputs = dict(record.in_force)
    form = Form("", "", record.expr, kink, ties)
    if isinstance(record, Layer):
        upstream = record.upstream_name
        inputs[upstream] = given(record.upstream, "the gradient by the output")
        return Asked(record.name, record, inputs, _chosen(wrt, record.flowing, inputs), form,
                     upstream, vary)
    return Asked(record.name, record, inputs, _chosen(wrt, record.parameters, inputs), form, None,
                 vary)


def _looked_up(name: str) -> Record:
    known: dict[str, Record] = {**objectives.LAYERS, **objectives.ALL}
    if name not in known:
        raise UnknownName("objective", name, list(known))
    return known[name]


def _extras(vary: Mapping[str, str], own: set[str]) -> tuple[float, str, dict[str, str]]:
    """The derivative at kinks and at ties, where these are no axes of the declaration's own."""
    rest = dict(vary)
    kink = "zero" if "kink" in own else rest.pop("kink", "zero")
    ties = "first" if "ties" in own else rest.pop("ties", "first")
    if kink not in _KINKS:
        raise UnknownName("option of axis kink", kink, list(_KINKS))
    if ties not in _TIES:
        raise UnknownName("option of axis ties", ties, list(_TIES))
    return _KINKS[kink], ties, rest


def _chosen(wrt: Any, usual: Sequence[str], inputs: Mapping[str, Input]) -> tuple[str, ...]:
    """The names of what is differentiated by."""
    if wrt is None:
        return tuple(usual)
    listed = wrt.replace(",", " ").split() if isinstance(wrt, str) else (
        wrt if isinstance(wrt, list | tuple) else [wrt]
    )
    names = [str(getattr(x, "name", x)) for x in listed]
    real = [k for k, x in inputs.items() if not x.is_labels]
    for name in names:
        if name not in real:
            raise UnknownName("variable of real numbers", name, real)
    if not names or len(set(names)) != len(names):
        raise InvalidInput(f"expected each variable once in wrt, found {wrt!r}")
    return tuple(names)


def _of_expression(
    expr: Tensor, wrt: Any, kink: float, ties: str, domains: Mapping[str, str]
) -> Asked:
    found: dict[str, Any] = {x.name: x for x in variables(expr)}
    found |= {s.name: s for s in _scalars(expr)}
    for name in domains:
        if name not in found:
            raise UnknownName("variable", name, list(found))
    inputs = {k: given(x, "given", domains.get(k, "R")) for k, x in found.items()}
    real = [k for k, x in inputs.items() if x.shape and not x.is_labels]
    if wrt is None and len(real) != 1:
        raise InvalidInput(
            f"which variable is the derivative taken by? Give wrt (on the command line --wrt), "
            f"one of: {', '.join(real)}"
        )
    names = _chosen(wrt, real, inputs)
    inputs = {k: replace(x, role="parameter") if k in names else x for k, x in inputs.items()}
    form = Form("", "", expr, kink, ties)
    upstream = None
    if expr.rank:
        upstream = "upstream"
        inputs[upstream] = given(variable(upstream, expr.shape), "the gradient by the output")
    return Asked("expression", None, inputs, names, form, upstream)


def _scalars(expr: Tensor) -> list[Any]:
    """The scalar symbols of an expression, by name."""
    found: set[Any] = set()
    for node in nodes(expr):
        parts = [node.coefficient] if isinstance(node, Product) else (
            [node.expr] if isinstance(node, Map) else []
        )
        found |= {s for p in parts for s in p.free_symbols if not is_dimension(s)}
    return sorted((s for s in found if not is_placeholder(s)), key=str)


def _moved(asked: Asked, count: int) -> Iterator[Form]:
    """The declaration with other options on so many axes, where it needs nothing else."""
    record = asked.record
    if record is None:
        return
    moves = [
        [(a.name, o) for o in a.options if o != record.setting(a.name)] for a in record.axes
    ]
    seen = {record.expr}
    for axes in combinations(moves, count):
        for chosen in list(product(*axes))[:_MOST_FORMS]:
            changed = dict(chosen)
            try:
                other = record.vary(**changed)
                expr, names = other.expr, set(other.in_force)
            except RefmathError:
                continue
            if expr in seen or not names <= set(asked.inputs) or expr.shape != record.expr.shape:
                continue
            seen.add(expr)
            shown = ", ".join(f"{k}={v}" for k, v in changed.items())
            switch = " ".join(f"--vary {k}={v}" for k, v in changed.items())
            yield Form(f"{record.title} with {shown}", switch, expr, asked.form.kink,
                       asked.form.ties)


def _bent(asked: Asked) -> Iterator[Form]:
    """Other derivatives where there is none."""
    expr = asked.form.expr
    if not kinks(expr):
        return
    title = asked.record.title if asked.record else "the expression"
    for name, kink in _KINKS.items():
        if kink != asked.form.kink:
            yield replace(asked.form, text=f"{title} with {_AT_KINK[name]} as derivative at a kink",
                          switch=f"--vary kink={name}", kink=kink)
    for ties in _TIES:
        if ties != asked.form.ties:
            yield replace(asked.form, text=f"{title} with {_AT_TIES[ties]}",
                          switch=f"--vary ties={ties}", ties=ties)


_AT_KINK = {"zero": "0", "half": "1/2", "one": "1"}
_AT_TIES = {
    "first": "the maximum's derivative given to the first of several largest entries",
    "even": "the maximum's derivative shared by several largest entries",
    "every": "the maximum's derivative given to each of several largest entries",
}
