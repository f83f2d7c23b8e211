"""Derivatives of tensor expressions by tensors and scalars, in reverse order.

Every node hands its derivative to what it is made of; a kind of node that is not known raises, and
nothing unknown is ever taken for a constant. Results are expressions again, so that derivatives of
any order exist.
"""

from collections.abc import Iterator
from typing import Any

from sympy import Symbol, exp

from refmath.errors import DeclarationError, InvalidInput
from refmath.tensor import build
from refmath.tensor.algebra import dot
from refmath.tensor.declare import as_tensor
from refmath.tensor.functions import KINKS, scalar_derivative
from refmath.tensor.node import (
    Affine,
    FirstMax,
    Inverse,
    LogDet,
    Map,
    OneHot,
    Product,
    Reduce,
    Sum,
    Tensor,
    Variable,
    placeholder,
)
from refmath.tensor.sizes import shown

__all__ = ["gradient", "hessian", "hessian_vector", "jacobian", "kinks", "nodes", "variables"]

Factor = tuple[Tensor, tuple[Any, ...]]
_CONSTANT = (Affine, FirstMax, OneHot)
"""Their entries are 0 and 1 and jump: their derivative is declared to be 0."""


def nodes(*roots: Tensor) -> list[Tensor]:
    """All nodes of some expressions, each after what it is made of."""
    out: dict[Tensor, None] = {}
    stack: list[tuple[Tensor, bool]] = [(r, False) for r in reversed(roots)]
    while stack:
        node, done = stack.pop()
        if node in out:
            continue
        if done:
            out[node] = None
        else:
            stack.append((node, True))
            stack += [(c, False) for c in reversed(node.children)]
    return list(out)


def variables(*roots: Tensor) -> list[Variable]:
    """The variables of some expressions, by name."""
    found = [x for x in nodes(*roots) if isinstance(x, Variable)]
    return sorted(found, key=lambda x: x.name)


def kinks(*roots: Tensor) -> list[str]:
    """What was declared where the expressions have no derivative."""
    found: dict[str, None] = {}
    for node in nodes(*roots):
        if isinstance(node, Map):
            for kind, text in KINKS.items():
                if node.expr.has(kind):
                    found[text] = None
        elif isinstance(node, FirstMax) or (isinstance(node, Reduce) and node.kind == "max"):
            found["where several entries are largest, the maximum's derivative is the first's"] = (
                None
            )
    return list(found)


def jacobian(y: Any, x: Any) -> Tensor:
    """The derivative of an expression by a variable: shape (*y.shape, *x.shape).

    Args:
        y: An expression of any rank.
        x: A variable of ``tensors``, or a scalar symbol.

    Raises:
        InvalidInput: Not a variable of real numbers.
    """
    top = as_tensor(y)
    if isinstance(x, Symbol):
        return _by_scalar(top, x)
    if not isinstance(x, Variable) or x.classes is not None:
        raise InvalidInput(
            f"expected a variable of real numbers to differentiate by, found {x!r}; make it by "
            "tensors('theta[d]') or scalar('lambda')"
        )
    found = _adjoints(top, {x}).get(x)
    return build.constant(0, (*top.shape, *x.shape)) if found is None else found


def gradient(y: Any, x: Any) -> Any:
    """The gradient of a scalar expression, of the shape of x; for several x a tuple.

    Args:
        y: An expression of rank 0.
        x: A variable or scalar, or a list of them.

    Raises:
        InvalidInput: Not a scalar expression, or not a variable.
    """
    top = as_tensor(y)
    if top.rank:
        raise InvalidInput(
            f"expected a scalar to take the gradient of, found shape {shown(top.shape)}; for the "
            "derivative of a tensor write jacobian"
        )
    if isinstance(x, list | tuple):
        return tuple(jacobian(top, one) for one in x)
    return jacobian(top, x)


def hessian(y: Any, x: Any, z: Any = None) -> Tensor:
    """The second derivative of a scalar: shape (*x.shape, *z.shape).

    Args:
        y: An expression of rank 0.
        x: A variable or scalar.
        z: Another variable for a mixed derivative; x if it is left out.
    """
    return jacobian(gradient(y, x), x if z is None else z)


def hessian_vector(y: Any, x: Any, v: Any) -> Tensor:
    """The Hessian times a tensor of the shape of x, without the Hessian."""
    return jacobian(dot(gradient(y, x), v), x)


def _by_scalar(top: Tensor, symbol: Any) -> Tensor:
    """The derivative by a scalar: what every node has of it by itself, times its adjoint."""
    direct: dict[Tensor, Tensor] = {}
    for node in nodes(top):
        own = _own_part(node, symbol)
        if own is not None:
            direct[node] = own
    terms = []
    out = tuple(("y", i) for i in range(top.rank))
    for node, adjoint in _adjoints(top, set(direct)).items():
        if node in direct:
            inner = tuple(("n", i) for i in range(node.rank))
            sizes = _sizes(out, top.shape) | _sizes(inner, node.shape)
            factors = [(adjoint, (*out, *inner)), (direct[node], inner)]
            terms.append(build.product(1, factors, out, sizes))
    return build.add(terms, top.shape)


def _own_part(node: Tensor, symbol: Any) -> Tensor | None:
    """The derivative of a node by a scalar that stands in it, its children held fixed."""
    if isinstance(node, Product) and node.coefficient.has(symbol):
        rate = node.coefficient.diff(symbol)
        return build.product(rate, node.factors, range(node.rank), dict(enumerate(node.sizes)))
    if isinstance(node, Map) and node.expr.has(symbol):
        return build.elementwise(scalar_derivative(node.expr, symbol), node.children)
    if isinstance(node, Affine) and node.offset.has(symbol):
        raise DeclarationError(f"{symbol} is a size; there is no derivative by it")
    return None


def _sizes(labels: Any, shape: Any) -> dict[Any, Any]:
    return dict(zip(labels, shape, strict=True))


def _adjoints(top: Tensor, targets: set[Tensor]) -> dict[Tensor, Tensor]:
    """The derivative of the top by every node on the way to the targets."""
    order = nodes(top)
    needed = set(targets)
    for node in order:
        if any(c in needed for c in node.children):
            needed.add(node)
    if top not in needed:
        return {}
    parts: dict[Tensor, list[Tensor]] = {top: [_seed(top)]}
    done: dict[Tensor, Tensor] = {}
    for node in reversed(order):
        if node not in needed or node not in parts:
            continue
        adjoint = build.add(parts.pop(node), (*top.shape, *node.shape))
        done[node] = adjoint
        if any(c in needed for c in node.children):
            for child, part in _pull_back(node, adjoint, top):
                if child in needed:
                    parts.setdefault(child, []).append(part)
    return done


def _seed(top: Tensor) -> Tensor:
    """The derivative of an expression by itself: a delta for each axis."""
    first = tuple(("y", i) for i in range(top.rank))
    second = tuple(("n", i) for i in range(top.rank))
    sizes = _sizes(first, top.shape) | _sizes(second, top.shape)
    factors = [(build.delta(s), (a, b)) for a, b, s in zip(first, second, top.shape, strict=True)]
    return build.product(1, factors, (*first, *second), sizes)


def _pull_back(
    node: Tensor, adjoint: Tensor, top: Tensor
) -> Iterator[tuple[Tensor, Tensor]]:
    """What a node's adjoint contributes to the adjoints of its children."""
    out = tuple(("y", i) for i in range(top.rank))
    own = tuple(("n", i) for i in range(node.rank))
    sizes = _sizes(out, top.shape) | _sizes(own, node.shape)
    if isinstance(node, Sum):
        yield from ((child, adjoint) for child in node.children)
    elif isinstance(node, Product):
        yield from _through_product(node, adjoint, out, sizes)
    elif isinstance(node, Map):
        for k, child in enumerate(node.children):
            rate = build.elementwise(scalar_derivative(node.expr, placeholder(k)), node.children)
            pair = [(adjoint, (*out, *own)), (rate, own)]
            yield child, build.product(1, pair, (*out, *own), sizes)
    elif isinstance(node, Reduce):
        yield _through_reduction(node, adjoint, out, top)
    elif isinstance(node, Inverse):
        (child,) = node.children
        i, j = own
        rows = {"a": node.shape[0], "b": node.shape[0]}
        factors: list[Factor] = [
            (adjoint, (*out, i, j)), (node, (i, "a")), (node, ("b", j))
        ]
        yield child, build.product(-1, factors, (*out, "a", "b"), sizes | rows)
    elif isinstance(node, LogDet):
        (child,) = node.children
        n = child.shape[0]
        factors = [(adjoint, out), (build.inverse(child), ("b", "a"))]
        yield child, build.product(1, factors, (*out, "a", "b"), sizes | {"a": n, "b": n})
    elif not isinstance(node, _CONSTANT):
        raise DeclarationError(f"no derivative of {type(node).__name__} is known")


def _through_product(
    node: Product, adjoint: Tensor, out: tuple[Any, ...], sizes: dict[Any, Any]
) -> Iterator[tuple[Tensor, Tensor]]:
    name: dict[int, Any] = {i: ("n", i) for i in range(len(node.sizes))}
    known = sizes | {name[i]: s for i, s in enumerate(node.sizes)}
    own = tuple(name[i] for i in range(node.rank))
    for k, (child, labels) in enumerate(node.factors):
        others = [
            (f, tuple(name[x] for x in inner))
            for j, (f, inner) in enumerate(node.factors) if j != k
        ]
        seen: set[int] = set()
        result: list[Any] = []
        for axis, x in enumerate(labels):
            if x in seen:  # the same index twice: only the diagonal has an influence
                fresh = ("d", axis)
                known[fresh] = node.sizes[x]
                others.append((build.delta(node.sizes[x]), (name[x], fresh)))
                result.append(fresh)
            else:
                seen.add(x)
                result.append(name[x])
        factors = [(adjoint, (*out, *own)), *others]
        yield child, build.product(node.coefficient, factors, (*out, *result), known)


def _through_reduction(
    node: Reduce, adjoint: Tensor, out: tuple[Any, ...], top: Tensor
) -> tuple[Tensor, Tensor]:
    (child,) = node.children
    full = tuple(("c", i) for i in range(child.rank))
    kept = tuple(x for i, x in enumerate(full) if i not in node.axes)
    sizes = _sizes(out, top.shape) | _sizes(full, child.shape)
    if node.kind == "max":
        share = build.first_max(child, node.axes)
    else:
        wide = build.product(1, [(node, kept)], full, sizes)
        difference = build.add([child, build.scaled(-1, wide)], child.shape)
        share = build.elementwise(exp(placeholder(0)), [difference])
    factors = [(adjoint, (*out, *kept)), (share, full)]
    return child, build.product(1, factors, (*out, *full), sizes)
