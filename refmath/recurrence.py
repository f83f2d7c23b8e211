"""A recurrence: the resolved steps of an update rule, ready to be emitted, mutated or proved."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from sympy import (
    Abs,
    Add,
    Expr,
    Indexed,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    sign,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFunction

from refmath.errors import DeclarationError
from refmath.notation import Hyper, Quantity, Slot, t

__all__ = ["Let", "Recurrence", "let", "quantities", "validate"]

_FUNCTIONS = (Add, Mul, Pow, Abs, Max, Min, sign, Piecewise, Relational, BooleanFunction)


@dataclass(frozen=True)
class Let:
    """One step of the algorithm: ``target`` takes the value of ``rhs``.

    SymPy's ``Eq`` would fold ``x = x`` to True, so an assignment is a record of its own.
    """

    target: Any
    rhs: Any

    @property
    def name(self) -> str:
        """The name of the quantity assigned."""
        return str(self.target.base.name)


def let(target: Any, rhs: Any) -> Let:
    """An assignment step, ``let(m[t], beta1 * m[t - 1] + (1 - beta1) * g[t])``.

    Raises:
        DeclarationError: The target is not a state or temporary at step t.
    """
    ok = isinstance(target, Indexed) and isinstance(target.base, Quantity)
    if not ok or target.base.role == "grad" or target.indices != (t,):
        raise DeclarationError(
            f"expected a state or temporary at step t as the target, found {target}; "
            "write for example let(m[t], ...)"
        )
    return Let(target, rhs if isinstance(rhs, Expr) else _sympify(target, rhs))


def _sympify(target: Any, value: Any) -> Any:
    if isinstance(value, float):
        raise DeclarationError(f"{value!r} is a binary float; write number('{value!r}')")
    if not isinstance(value, int | Fraction):
        raise DeclarationError(
            f"expected a formula for {target}, found {value!r}; write for example "
            f"let({target}, number('0.5'))"
        )
    return Rational(value.numerator, value.denominator)


@lru_cache(maxsize=1 << 16)
def quantities(expr: Any) -> tuple[Any, ...]:
    """All indexed quantities in an expression."""
    return tuple(sorted(expr.atoms(Indexed), key=str))


@dataclass(frozen=True)
class Recurrence:
    """The steps of a rule with every alternative decided.

    Attributes:
        name: The rule's name.
        steps: Assignments in order.
        gradient: The gradient's quantity.
        at: The point where it is taken, an expression in values before the step.
        parameter: The quantity that is optimized.
    """

    name: str
    steps: tuple[Let, ...]
    gradient: Any
    at: Any
    parameter: Any

    @cached_property
    def states(self) -> tuple[Any, ...]:
        """The states in order of assignment, the parameter first."""
        found = [s.target.base for s in self.steps if s.target.base.role == "state"]
        return (self.parameter, *(q for q in found if q != self.parameter))

    @cached_property
    def hypers(self) -> tuple[Hyper, ...]:
        """The hyperparameters in order of appearance."""
        seen: dict[Any, None] = {}
        exprs = [self.at, *(s.rhs for s in self.steps)]
        for expr in exprs + [q.start for q in self.states if q.start is not None]:
            for symbol in sorted(expr.atoms(Hyper), key=lambda h: str(h.key)):
                seen.setdefault(symbol)
        return tuple(sorted(seen, key=_hyper_order))

    def rhs(self, name: str) -> Any:
        """The right-hand side of the step that assigns ``name``."""
        return next(s.rhs for s in self.steps if s.name == name)

    @cached_property
    def takes_point(self) -> bool:
        """Whether the gradient is taken elsewhere than at the current parameter."""
        return bool(self.at != self.parameter[t - 1])

    @cached_property
    def scalars(self) -> frozenset[str]:
        """Names of the quantities that are the same for every element."""
        found: set[str] = set()
        changed = True
        candidates = {s.name for s in self.steps} - {self.parameter.name}
        while changed:
            keep = {
                s.name
                for s in self.steps
                if s.name in candidates
                and all(q.base.name in candidates for q in quantities(s.rhs))
            }
            changed = keep != candidates
            candidates = keep
        found |= candidates
        return frozenset(found)

    def replace(self, name: str, rhs: Any) -> "Recurrence":
        """The same recurrence with one step's right-hand side replaced."""
        steps = tuple(Let(s.target, rhs) if s.name == name else s for s in self.steps)
        return Recurrence(self.name, steps, self.gradient, self.at, self.parameter)

    def map(self, change: Callable[[Any], Any]) -> "Recurrence":
        """The same recurrence with every right-hand side and every start value changed."""
        renewed: dict[Any, Any] = {}
        for q in self.states:
            if q.start is not None and change(q.start) != q.start:
                new = Quantity(q.name, q.role, start=change(q.start), doc=q.doc)
                renewed |= {q[t]: new[t], q[t - 1]: new[t - 1]}
        steps = tuple(
            Let(s.target.xreplace(renewed), change(s.rhs).xreplace(renewed)) for s in self.steps
        )
        at = change(self.at).xreplace(renewed)
        return Recurrence(self.name, steps, self.gradient, at, self.parameter)


_ORDER = ["lr", "momentum", "dampening", "rho", "beta1", "beta2", "momentum_decay", "eps"]


def _hyper_order(symbol: Hyper) -> tuple[int, str]:
    key = symbol.key
    return (_ORDER.index(key) if key in _ORDER else len(_ORDER), key)


def validate(rec: Recurrence) -> None:
    """Check that a recurrence can be run; every fault is reported with its cure.

    Raises:
        DeclarationError: Undeclared symbol, step used before it is defined, an index other than
            t and t - 1, a state never updated, an unknown function, a float.
    """
    assigned: set[str] = set()
    all_targets = [s.name for s in rec.steps]
    for name in all_targets:
        if all_targets.count(name) > 1:
            raise DeclarationError(f"{rec.name}: {name}[t] is assigned twice; give one a new name")
    _check_names(rec)
    for step in rec.steps:
        where = f"{rec.name}, step {step.name}[t]"
        _check_nodes(where, step.rhs)
        for q in quantities(step.rhs):
            _check_use(where, q, assigned, all_targets)
        assigned.add(step.name)
    if rec.parameter.name not in assigned:
        raise DeclarationError(
            f"{rec.name}: {rec.parameter.name}[t] is never assigned; add "
            f"let({rec.parameter.name}[t], ...)"
        )
    for base in rec.states:
        _check_start(rec, base)
    _check_nodes(f"{rec.name}, gradient point", rec.at)
    for q in quantities(rec.at):
        if q.indices != (t - 1,):
            raise DeclarationError(
                f"{rec.name}: the gradient is taken at {rec.at}, which uses {q}; "
                f"before the step only {q.base}[t - 1] is known"
            )
        _check_use(f"{rec.name}, gradient point", q, assigned, all_targets)


def _check_names(rec: Recurrence) -> None:
    """Every name stands for one thing: the names become arguments of the kernel."""
    named: dict[str, Any] = {}
    exprs = [rec.at, *(s.target for s in rec.steps), *(s.rhs for s in rec.steps)]
    found = {q.base for expr in exprs for q in expr.atoms(Indexed) if isinstance(q.base, Quantity)}
    things = [(q.name, q) for q in sorted(found, key=str)] + [(h.key, h) for h in rec.hypers]
    for name, thing in things:
        if named.setdefault(name, thing) != thing:
            raise DeclarationError(
                f"{rec.name}: {name!r} stands for two different things; rename one of them"
            )


def _check_start(rec: Recurrence, base: Any) -> None:
    if base.start is None:
        if base != rec.parameter:
            raise DeclarationError(
                f"{rec.name}: the state {base} has no start; write {base} = "
                f"state({base.name!r}, start=0)"
            )
        return
    _check_nodes(f"{rec.name}, start of {base}", base.start)
    if base.start.has(t) or base.start.has(Indexed):
        raise DeclarationError(
            f"{rec.name}: {base} starts at {base.start}; a start is made of hyperparameters alone"
        )


def _check_nodes(where: str, expr: Any) -> None:
    for node in _preorder(expr):
        if isinstance(node, Hyper | Indexed) or node == t or node.is_Boolean:
            continue
        if isinstance(node, Slot):
            raise DeclarationError(f"{where}: no axis fills the slot {node}")
        if isinstance(node, Quantity):
            raise DeclarationError(
                f"{where}: {node} stands without a time; write {node}[t] or {node}[t - 1]"
            )
        if isinstance(node, Symbol):
            raise DeclarationError(
                f"{where}: {node} is not declared; write {node} = hyper({str(node)!r}, "
                'default, "(0, oo)") or state/temp'
            )
        if node.is_Float:
            raise DeclarationError(
                f"{where}: {node} is a binary float; write number('{node.num!s}')"
            )
        if not (node.is_Rational or isinstance(node, _FUNCTIONS)):
            raise DeclarationError(
                f"{where}: {node.func.__name__} is not among the functions of an update rule: "
                + ", ".join(sorted(f.__name__ for f in _FUNCTIONS[:8]))
            )


def _preorder(expr: Any) -> Iterator[Any]:
    yield expr
    if not isinstance(expr, Indexed):
        for arg in expr.args:
            if type(arg).__name__ == "ExprCondPair":
                yield from _preorder(arg.expr)
                yield from _preorder(arg.cond)
            else:
                yield from _preorder(arg)


def _check_use(where: str, q: Any, assigned: set[str], targets: list[str]) -> None:
    base, (index,) = q.base, q.indices
    if not isinstance(base, Quantity):
        raise DeclarationError(
            f"{where}: {base} is not declared; write {base} = state({str(base)!r}, start=0)"
        )
    if base.role == "grad":
        if index != t:
            raise DeclarationError(
                f"{where}: {q} is an old gradient; keep it in a state of its own"
            )
        return
    if index == t:
        if base.name not in assigned:
            cure = f"did you mean {base}[t - 1]?" if base.role == "state" else "move its step up"
            raise DeclarationError(
                f"{where}: {q} is used before the step that defines it; {cure}"
            )
    elif index == t - 1:
        if base.role == "temp":
            raise DeclarationError(
                f"{where}: {q} is gone after its step; declare {base} with state() to keep it"
            )
        if base.name not in targets:
            raise DeclarationError(
                f"{where}: {q} is never updated; add let({base}[t], ...) or make it a hyper"
            )
    else:
        raise DeclarationError(
            f"{where}: {q} is out of reach: only {base}[t] and {base}[t - 1] are kept; "
            f"carry it in a second state, let({base}_old[t], {base}[t - 1])"
        )
