"""Derivatives of tensor expressions by tensors and scalars, in reverse order.

Every node hands its derivative to what it is made of; a kind of node that is not known raises, and
nothing unknown is ever taken for a constant. Results are expressions again, so that derivatives of
any order exist.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Rational, Symbol, exp

from refmath.errors import DeclarationError, InvalidInput
from refmath.tensor import build
from refmath.tensor.algebra import named
from refmath.tensor.declare import as_tensor
from refmath.tensor.functions import scalar_derivative
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
from refmath.tensor.sizes import Size, parameter, shown
from refmath.tensor.walk import check_names, nodes, variables
from refmath.tensor.walk import kinks as kinks

__all__ = ["gradient", "hessian", "hessian_vector", "jacobian", "kinks", "nodes", "variables"]

Factor = tuple[Tensor, tuple[Any, ...]]
_CONSTANT = (Affine, FirstMax, OneHot)
"""Their entries are 0 and 1 and jump: their derivative is declared to be 0."""


def jacobian(y: Any, x: Any) -> Tensor:
    """The derivative of an expression by a variable: shape (*y.shape, *x.shape).

    By a symmetric matrix it is the symmetric one: the change of y is the sum of its entries times
    the changes of x.

    Args:
        y: An expression of any rank.
        x: A variable of ``tensors``, or a scalar symbol.

    Raises:
        InvalidInput: Not a variable of real numbers.
    """
    (found,) = _derivatives(as_tensor(y), [x])
    return found


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
        return tuple(_derivatives(top, x))
    return jacobian(top, x)


def hessian(y: Any, x: Any, z: Any = None) -> Tensor:
    """The second derivative of a scalar: shape (*x.shape, *z.shape).

    Args:
        y: An expression of rank 0.
        x: A variable or scalar.
        z: Another variable for a mixed derivative; x if it is left out.

    Raises:
        InvalidInput: Not a scalar expression, or not a variable.
    """
    other = x if z is None else z
    _differentiable(x)
    _differentiable(other)
    return jacobian(gradient(y, x), other)


def hessian_vector(y: Any, x: Any, v: Any) -> Tensor:
    """The Hessian times a tensor of the shape of x, without the Hessian; v is held fixed.

    Args:
        y: An expression of rank 0.
        x: A variable or scalar.
        v: An expression of the shape of x; it may contain x.

    Raises:
        InvalidInput: Not a scalar expression, not a variable, or v has another shape.
    """
    _differentiable(x)
    slope, along = gradient(y, x), as_tensor(v)
    if along.shape != slope.shape:
        raise InvalidInput(
            f"expected a direction of the shape {shown(slope.shape)} of {named(as_tensor(x))}, "
            f"found {named(along)} of shape {shown(along.shape)}"
        )
    (found,) = _derivatives(slope, [x], (along, ()))
    return found


Seed = tuple[Tensor, tuple[Size, ...]]
"""What a derivative starts from: the adjoint of the top, and the shape that results in front."""


def _differentiable(x: Any) -> None:
    if isinstance(x, Symbol) and x == parameter(x.name):
        return
    if not isinstance(x, Variable) or x.classes is not None:
        raise InvalidInput(
            f"expected a variable of real numbers to differentiate by, found {x!r} of type "
            f"{type(x).__name__}; make it by tensors('theta[d]') or scalar('lambda')"
        )


def _derivatives(top: Tensor, by: Sequence[Any], start: Seed | None = None) -> list[Tensor]:
    """The derivatives of an expression, or with an adjoint of it their contraction."""
    for x in by:
        _differentiable(x)
    check_names(top, *by)
    seed = start or (_seed(top), top.shape)
    found = _adjoints(top, {x for x in by if isinstance(x, Tensor)}, seed)
    out = []
    for x in by:
        if isinstance(x, Symbol):
            out.append(_by_scalar(top, x, seed))
        elif x not in found:
            out.append(build.constant(0, (*seed[1], *x.shape)))
        else:
            out.append(_symmetrized(found[x]) if x.symmetric else found[x])
    return out


def _symmetrized(node: Tensor) -> Tensor:
    """The mean over both orders of the last two axes."""
    axes = list(range(node.rank))
    swapped = (*axes[:-2], axes[-1], axes[-2])
    other = build.product(1, [(node, tuple(axes))], swapped, dict(enumerate(node.shape)))
    return build.scaled(Rational(1, 2), build.add([node, other], node.shape))


def _by_scalar(top: Tensor, symbol: Any, seed: Seed) -> Tensor:
    """The derivative by a scalar: what every node has of it by itself, times its adjoint."""
    direct: dict[Tensor, Tensor] = {}
    for node in nodes(top):
        own = _own_part(node, symbol)
        if own is not None:
            direct[node] = own
    terms = []
    out = tuple(("y", i) for i in range(len(seed[1])))
    for node, adjoint in _adjoints(top, set(direct), seed).items():
        if node in direct:
            inner = tuple(("n", i) for i in range(node.rank))
            sizes = _sizes(out, seed[1]) | _sizes(inner, node.shape)
            factors = [(adjoint, (*out, *inner)), (direct[node], inner)]
            terms.append(build.product(1, factors, out, sizes))
    return build.add(terms, seed[1])


def _own_part(node: Tensor, symbol: Any) -> Tensor | None:
    """The derivative of a node by a scalar that stands in it, its children held fixed."""
    if isinstance(node, Product) and node.coefficient.has(symbol):
        rate = scalar_derivative(node.coefficient, symbol)
        return build.product(rate, node.factors, range(node.rank), dict(enumerate(node.sizes)))
    if isinstance(node, Map) and node.expr.has(symbol):
        return build.elementwise(scalar_derivative(node.expr, symbol), node.children)
    return None


def _sizes(labels: Any, shape: Any) -> dict[Any, Any]:
    return dict(zip(labels, shape, strict=True))


def _adjoints(top: Tensor, targets: set[Tensor], seed: Seed) -> dict[Tensor, Tensor]:
    """The derivative of the top by every node on the way to the targets."""
    order = nodes(top)
    needed = set(targets)
    for node in order:
        if any(c in needed for c in node.children):
            needed.add(node)
    if top not in needed:
        return {}
    parts: dict[Tensor, list[Tensor]] = {top: [seed[0]]}
    done: dict[Tensor, Tensor] = {}
    for node in reversed(order):
        if node not in needed or node not in parts:
            continue
        adjoint = build.add(parts.pop(node), (*seed[1], *node.shape))
        done[node] = adjoint
        if any(c in needed for c in node.children):
            for child, part in _pull_back(node, adjoint, seed[1]):
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
    node: Tensor, adjoint: Tensor, front: tuple[Size, ...]
) -> Iterator[tuple[Tensor, Tensor]]:
    """What a node's adjoint contributes to the adjoints of its children."""
    out = tuple(("y", i) for i in range(len(front)))
    own = tuple(("n", i) for i in range(node.rank))
    sizes = _sizes(out, front) | _sizes(own, node.shape)
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
        yield _through_reduction(node, adjoint, out, front)
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
    node: Reduce, adjoint: Tensor, out: tuple[Any, ...], front: tuple[Size, ...]
) -> tuple[Tensor, Tensor]:
    (child,) = node.children
    full = tuple(("c", i) for i in range(child.rank))
    kept = tuple(x for i, x in enumerate(full) if i not in node.axes)
    sizes = _sizes(out, front) | _sizes(full, child.shape)
    if node.kind == "max":
        share = build.first_max(child, node.axes)
    else:
        wide = build.product(1, [(node, kept)], full, sizes)
        difference = build.add([child, build.scaled(-1, wide)], child.shape)
        share = build.elementwise(exp(placeholder(0)), [difference])
    factors = [(adjoint, (*out, *kept)), (share, full)]
    return child, build.product(1, factors, (*out, *full), sizes)
