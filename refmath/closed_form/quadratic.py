"""Whether an objective is quadratic in a tensor, and its gradient H theta - b if it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Poly, S, Symbol
from sympy.polys.polyerrors import PolynomialError

from refmath.errors import InvalidInput, UnknownName
from refmath.objective import Objective
from refmath.tensor import as_tensor, build, gradient, hessian, nodes
from refmath.tensor.algebra import named
from refmath.tensor.node import Map, Product, Sum, Tensor, Variable, placeholder
from refmath.tensor.replace import replaced
from refmath.tensor.sizes import shown

__all__ = ["Quadratic", "checked_objective", "degrees", "depends", "quadratic"]


@dataclass(frozen=True)
class Quadratic:
    """An objective that is theta'H theta/2 - b'theta + c.

    Attributes:
        objective: The objective, of rank 0.
        theta: What it is quadratic in: a variable, or a scalar symbol.
        hessian: H, of shape (*theta.shape, *theta.shape), free of theta.
        rhs: b, of theta's shape, free of theta.
    """

    objective: Tensor
    theta: Any
    hessian: Tensor
    rhs: Tensor


def depends(node: Tensor, theta: Any) -> bool:
    """Whether theta, a variable or a scalar symbol, stands in an expression."""
    if isinstance(theta, Tensor):
        return theta in nodes(node)
    return any(_own(x).has(theta) for x in nodes(node))


def _own(node: Tensor) -> Any:
    """The scalar expression that a node itself holds."""
    if isinstance(node, Product):
        return node.coefficient
    return node.expr if isinstance(node, Map) else S.Zero


def at_zero(root: Tensor, theta: Any) -> Tensor:
    """An expression with 0 in the place of theta."""
    if isinstance(theta, Tensor):
        return replaced(root, {theta: build.constant(0, theta.shape)})
    return replaced(root, {}, {theta: S.Zero})


def degrees(root: Tensor, theta: Any) -> dict[Tensor, Any]:
    """An upper bound of the degree of every node as a polynomial in theta; oo where it is none."""
    found: dict[Tensor, Any] = {}
    for node in nodes(root):
        inner = [found[c] for c in node.children]
        if node is theta:
            found[node] = S.One
        elif isinstance(node, Sum):
            found[node] = max(inner)
        elif isinstance(node, Product):
            found[node] = sum(inner, _scalar_degree(node.coefficient, {theta: S.One}))
        elif isinstance(node, Map):
            given = {placeholder(i): d for i, d in enumerate(inner)} | {theta: S.One}
            found[node] = _scalar_degree(node.expr, given)
        else:
            found[node] = S.Infinity if any(inner) else S.Zero
    return found


def _scalar_degree(expr: Any, given: Mapping[Any, Any]) -> Any:
    """The degree of a scalar expression whose symbols have degrees themselves."""
    moving = [s for s in given if given[s] != 0 and isinstance(s, Symbol) and expr.has(s)]
    if not moving:
        return S.Zero
    try:
        terms = Poly(expr, *moving).monoms()
    except PolynomialError:
        return S.Infinity
    return max(
        sum((p * given[s] for p, s in zip(m, moving, strict=True) if p), S.Zero) for m in terms
    )


def checked_objective(objective: Any, theta: Any) -> tuple[Tensor, Any]:
    """An objective as a tensor of rank 0 that depends on theta, and theta.

    Args:
        objective: An expression of rank 0, or a declared ``Objective``.
        theta: A variable or scalar symbol; of an ``Objective`` also the name of a parameter, or
            None for its only one.

    Raises:
        UnknownName: No such parameter.
        InvalidInput: It is not of rank 0, or does not depend on theta; or theta is symmetric.
    """
    if isinstance(objective, Objective):
        theta = _parameter(objective, theta)
        objective = objective.value
    top = as_tensor(objective)
    gradient(top, theta)  # says what is wrong with the rank or with theta
    if isinstance(theta, Variable) and theta.symmetric:
        raise InvalidInput(
            f"{theta.name} is declared symmetric, and the stationary point over all matrices need "
            "not be; declare it without symmetric="
        )
    if not depends(top, theta):
        raise InvalidInput(
            f"the objective {named(top)} does not depend on {_name(theta)}; give what it is to be "
            "minimized over"
        )
    return top, theta


def _parameter(objective: Objective, theta: Any) -> Any:
    names = list(objective.parameters)
    if theta is None and len(names) != 1:
        raise InvalidInput(
            f"{objective.name} has the parameters {', '.join(names)}; name the one to be solved for"
        )
    if theta is None or isinstance(theta, str):
        name = names[0] if theta is None else theta
        if name not in names:
            raise UnknownName(f"parameter of {objective.name}", name, names)
        return objective.tensors[name]
    return theta


def _name(theta: Any) -> str:
    return str(theta.name)


def quadratic(objective: Any, theta: Any) -> Quadratic:
    """The gradient of a quadratic objective as H theta - b.

    By Taylor's theorem the gradient of a polynomial of degree 2 is its value at 0 plus H theta.

    Args:
        objective: An expression of rank 0, or an ``Objective``.
        theta: A variable or scalar symbol; see ``checked_objective``.

    Raises:
        InvalidInput: The objective is not quadratic in theta; the message names the part.
    """
    top, theta = checked_objective(objective, theta)
    degree = degrees(top, theta)
    if degree[top].is_infinite or (degree[top] > 2 and depends(hessian(top, theta), theta)):
        raise InvalidInput(_why_not(top, theta, degree))
    rate = at_zero(gradient(top, theta), theta)
    bend = at_zero(hessian(top, theta), theta)  # it is constant, so it is its value at 0
    if build.is_zero(bend):
        raise InvalidInput(
            f"the objective {named(top)} is linear in {_name(theta)}, so it has no stationary "
            "point that is unique; add a quadratic term such as lambda*sum(theta**2)"
        )
    return Quadratic(top, theta, bend, build.scaled(-1, rate))


def _why_not(top: Tensor, theta: Any, degree: Mapping[Tensor, Any]) -> str:
    name = _name(theta)
    part = next(x for x in nodes(top) if degree[x] > 2)
    fault = (
        "is no polynomial in it" if degree[part].is_infinite
        else f"is of degree {degree[part]} in it"
    )
    where = "it" if part is top else f"its part {named(part)} of shape {shown(part.shape)}"
    return (
        f"the objective {named(top)} is not quadratic in {name}: {where} {fault}, so that its "
        f"stationary points have no closed form as a linear system; take one Newton step, "
        f"newton_step(J, {name}), or iterate"
    )
