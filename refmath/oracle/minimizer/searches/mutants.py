"""Mutants of the line searches' own code: one node of a module's syntax tree changed in each."""

import ast
import types
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from importlib import import_module
from inspect import getsource
from typing import Any

__all__ = ["MODULES", "SEARCHES", "Mutant", "mutants"]

SEARCHES = ("armijo", "exact", "weak_wolfe", "strong_wolfe", "more_thuente")
MODULES = ("record", *SEARCHES)
_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
_BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
_ATTRIBUTES = {
    "value": ("slope",), "slope": ("value",), "step": ("value",), "low": ("high",),
    "high": ("low",), "best": ("other",), "other": ("best",), "min_step": ("max_step",),
    "max_step": ("min_step",), "tilt": ("flat",), "flat": ("tilt",), "width": ("old_width",),
    "old_width": ("width",), "inf": ("nan",), "nan": ("inf",), "best_decrease": ("best",),
    "FOUND": ("EVALUATIONS",), "EVALUATIONS": ("FOUND",), "LONGEST": ("SHORTEST",),
    "SHORTEST": ("LONGEST",), "WIDTH": ("ROUNDING",), "ROUNDING": ("WIDTH",),
    "WALL": ("EVALUATIONS",), "CONCAVE": ("FOUND",), "c1": ("c2",), "c2": ("c1",),
    "value0": ("slope0",), "slope0": ("value0",),
}  # fmt: skip
_NAMES = {
    "c1": ("c2",), "c2": ("c1",), "low": ("high",), "high": ("low",), "best": ("new", "other"),
    "other": ("best",), "new": ("best", "last"), "last": ("new",), "left": ("right",),
    "right": ("left",), "value0": ("slope0",), "slope0": ("value0",), "min_step": ("max_step",),
    "max_step": ("min_step",), "phi": ("dphi",), "dphi": ("phi",), "cubic": ("secant", "quadratic"),
    "secant": ("cubic",), "quadratic": ("cubic",), "third": ("high",), "origin": ("target",),
    "target": ("origin",), "anchor": ("new",), "b": ("c",), "c": ("b",), "step": ("best",),
    "over_b": ("over_c",), "over_c": ("over_b",), "square": ("cube",), "cube": ("square",),
    "gamma": ("theta",), "theta": ("gamma",), "tilt": ("flat",), "direction": ("gradient",),
    "gradient": ("direction",), "slope": ("curvature",), "curvature": ("slope",),
    "max_doublings": ("max_sections",), "max_sections": ("max_doublings",),
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change of one module.

    Attributes:
        package: The package of the searches.
        module: "armijo", ..., or "record", which they share.
        name: Where and what, in the code's own words.
        code: The module, compiled.
    """

    package: types.ModuleType
    module: str
    name: str
    code: types.CodeType

    @property
    def searches(self) -> tuple[str, ...]:
        """The searches that it changes."""
        return SEARCHES if self.module == "record" else (self.module,)

    def load(self, search: str) -> Callable[..., Any]:
        """The search with the change in it.

        Raises:
            Exception: The changed module cannot be imported.
        """
        package = self.package.__name__
        made = _executed(self.code, package, self.module)
        if self.module == "record":
            shared, made = made, _executed(_compiled(_tree(package, search)), package, search)
            made.__dict__.update({k: v for k, v in vars(shared).items() if k in vars(made)})
        found: Callable[..., Any] = getattr(made, search)
        return found


def _tree(package: str, module: str) -> ast.Module:
    return ast.parse(getsource(import_module(f"{package}.{module}")))


def _compiled(tree: ast.Module) -> types.CodeType:
    return compile(ast.fix_missing_locations(tree), "<mutant>", "exec")


def _executed(code: types.CodeType, package: str, module: str) -> types.ModuleType:
    made = types.ModuleType(f"{package}.{module}")
    made.__package__ = package
    exec(code, made.__dict__)  # noqa: S102  (our own code, changed)
    return made


def mutants(
    package: types.ModuleType, modules: tuple[str, ...] = MODULES
) -> Iterator[Mutant]:
    """All mutants of the modules named, in the order of the code.

    Args:
        package: The package of the searches, with a module for each of `SEARCHES`, of that name.
        modules: The modules to change.
    """
    for module in modules:
        tree, seen = _tree(package.__name__, module), Counter[str]()
        for where, holder, place, old in _nodes(tree, "", frozenset()):
            for new in _changes(old, where.names):
                name = f"{where.path}: {_shown(old)} -> {_shown(new)}"
                seen[name] += 1
                _put(holder, place, new)
                number = f" #{seen[name]}" if seen[name] > 1 else ""
                code = _compiled(deepcopy(tree))
                yield Mutant(package, module, f"{module}.{name}{number}", code)
                _put(holder, place, old)


@dataclass(frozen=True)
class _Where:
    path: str
    names: frozenset[str]


Place = tuple[_Where, ast.AST, tuple[str, int | None], ast.AST]


def _nodes(node: ast.AST, path: str, names: frozenset[str]) -> Iterator[Place]:
    """Every node that may change: where it is, what holds it, and in which field."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases") or isinstance(
            node, ast.Import | ast.ImportFrom | ast.JoinedStr
        ):
            continue
        for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _idle(child):
                continue
            inner, known = path, names
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{path}.{child.name}".strip(".")
                known = frozenset(
                    n.id if isinstance(n, ast.Name) else n.arg
                    for n in ast.walk(child) if isinstance(n, ast.Name | ast.arg)
                )  # fmt: skip
            yield _Where(inner, known), node, (name, place), child
            yield from _nodes(child, inner, known)


def _idle(node: ast.AST) -> bool:
    """Text, what is exported, aliases of types: nothing of it decides anything."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    targets = node.targets if isinstance(node, ast.Assign) else []
    if any(isinstance(t, ast.Name) and t.id.startswith("__") for t in targets):
        return True
    return isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.unparse(node.annotation)


def _put(holder: ast.AST, place: tuple[str, int | None], node: ast.AST) -> None:
    name, index = place
    if index is None:
        setattr(holder, name, node)
    else:
        getattr(holder, name)[index] = node


def _shown(node: ast.AST) -> str:
    text = ast.unparse(node).splitlines()[0]
    return text if text != "pass" else "nothing"


def _changes(node: ast.AST, names: frozenset[str]) -> Iterator[ast.AST]:
    """What a node is changed to."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in _COMPARE.get(type(operator), ()):
                ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        yield ast.BinOp(node.left, _BINARY[type(node.op)](), node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant):
        yield from _constants(node.value)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for place in range(len(node.values)):
            rest = node.values[:place] + node.values[place + 1 :]
            yield ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        yield from (ast.Attribute(node.value, a, node.ctx) for a in _ATTRIBUTES.get(node.attr, ()))
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from (ast.Name(n, node.ctx) for n in _NAMES.get(node.id, ()) if n in names)
    elif isinstance(node, ast.stmt):
        yield from _statements(node)


def _constants(value: Any) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, float):
        yield ast.Constant(value * 1.125 if value else 0.125)


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    name = ast.unparse(node.func)
    if name in ("min", "max"):
        yield ast.Call(ast.Name("max" if name == "min" else "min", ast.Load()), node.args, [])
    elif name == "abs":
        yield node.args[0]
    elif name[0] in "_T" or name in ("LineSearch", "self.end"):
        for place in range(len(node.args) - 1):
            args = list(node.args)
            args[place], args[place + 1] = args[place + 1], args[place]
            if ast.unparse(args[place]) != ast.unparse(args[place + 1]):
                yield ast.Call(node.func, args, node.keywords)


def _statements(node: ast.stmt) -> Iterator[ast.AST]:
    """Left out; an ``if`` that guards an exit is never entered, another the other way round."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Continue | ast.Break) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        yield ast.Pass()
    elif isinstance(node, ast.If):
        if isinstance(node.test, ast.Name | ast.Call | ast.Attribute):
            yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        if isinstance(node.body[-1], ast.Raise | ast.Return | ast.Break | ast.Continue):
            yield ast.If(ast.Constant(value=False), node.body, node.orelse)
