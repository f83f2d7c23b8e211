"""How many operations an expression costs, as polynomials in the sizes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import prod
from typing import Any

from sympy import Dummy, Integer, Poly, S, cse, expand, numbered_symbols

from refmath.emit.tensor.graph.plan import Indices, is_indicator, pairs, reduced, typical
from refmath.errors import InvalidInput
from refmath.tensor import nodes
from refmath.tensor.node import (
    FirstMax,
    Inverse,
    LogDet,
    Map,
    Product,
    Reduce,
    Sum,
    Tensor,
    is_placeholder,
)
from refmath.tensor.sizes import is_dimension

__all__ = ["Counts", "cost", "is_view", "never_negative", "own_cost"]


@dataclass(frozen=True)
class Counts:
    """Operations on numbers.

    Attributes:
        multiplications: Multiplications and divisions.
        additions: Additions, subtractions and comparisons.
        functions: Evaluations of elementary functions and roots.
    """

    multiplications: Any = S.Zero
    additions: Any = S.Zero
    functions: Any = S.Zero

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            expand(self.multiplications + other.multiplications),
            expand(self.additions + other.additions),
            expand(self.functions + other.functions),
        )

    def times(self, count: Any) -> "Counts":
        """The same work for every one of a number of entries."""
        return Counts(
            expand(count * self.multiplications), expand(count * self.additions),
            expand(count * self.functions),
        )

    @property
    def total(self) -> Any:
        """All operations, each counted once."""
        return expand(self.multiplications + self.additions + self.functions)

    def at(self, **sizes: int) -> tuple[int, int, int]:
        """The three counts at given sizes.

        Raises:
            InvalidInput: A size is missing.
        """
        out = []
        for count in (self.multiplications, self.additions, self.functions):
            value = count.subs({s: sizes[s.name] for s in count.free_symbols if s.name in sizes})
            if not isinstance(value, Integer):
                missing = ", ".join(sorted(s.name for s in value.free_symbols))
                raise InvalidInput(f"expected a number for every size; {missing} has none")
            out.append(int(value))
        return out[0], out[1], out[2]


def never_negative(polynomial: Any) -> bool:
    """Whether a polynomial in sizes is proved to be at least 0 for all sizes from 1.

    It is if its coefficients in the sizes less 1 are none of them negative.
    """
    symbols = sorted(polynomial.free_symbols, key=str)
    assert all(is_dimension(s) for s in symbols), polynomial
    if not symbols:
        return bool(polynomial >= 0)
    shifted = expand(polynomial.subs({s: s + 1 for s in symbols}, simultaneous=True))
    return all(c >= 0 for c in Poly(shifted, *symbols).coeffs())


def is_view(node: Tensor) -> bool:
    """Whether a node holds entries of another, or their negatives, in another arrangement."""
    if not isinstance(node, Product) or abs(node.coefficient) != 1:
        return False
    real = sum(not is_indicator(c) for c in node.children)
    return real == 1 and own_cost(node).total == 0


def cost(root: Tensor) -> Counts:
    """The operations that an expression of variables costs, common parts once."""
    total = Counts()
    for node in nodes(root):
        total += own_cost(node)
    return total


def own_cost(node: Tensor) -> Counts:
    """The operations of one node, its children given."""
    entries = _volume(node.shape)
    match node:
        case Sum():
            return Counts(additions=expand((len(node.children) - 1) * entries))
        case Product():
            return _product_cost(node)
        case Map():
            return scalar_cost(node.expr).times(entries)
        case Reduce():
            return _reduction_cost(node)
        case FirstMax():
            rest = (s for a, s in enumerate(node.shape) if a not in node.axes)
            return Counts(additions=expand(entries - _volume(rest)))
        case Inverse():
            n = node.shape[0]  # Gauss-Jordan
            return Counts(n**3, expand(n * (n - 1) ** 2))
        case LogDet():
            n = node.children[0].shape[0]  # LU, then the logarithms of the diagonal
            products = n * (n - 1) * (2 * n - 1) / 6
            return Counts(
                expand(products + n * (n - 1) / 2), expand(products + n - 1), n
            )
    return Counts()


def _volume(shape: Iterable[Any]) -> Any:
    return prod(shape, start=S.One)


def _product_cost(node: Product) -> Counts:
    real = [(f, frozenset(labels)) for f, labels in node.factors if not is_indicator(f)]
    if not real:
        return Counts()
    indices = Indices.of(node)
    choosing = indices.choosing
    out = frozenset(range(node.rank))
    given = [labels for _, labels in real]
    held = reduced(given, out | choosing) if len(real) > 1 else given
    products = S.Zero
    sums = sum(
        (indices.volume(a) - indices.volume(b) for a, b in zip(given, held, strict=True)), S.Zero
    )
    for step in pairs(held, out | choosing, indices):
        whole = held[step.left] | held[step.right]
        held.append(frozenset(step.out))
        products += indices.volume(whole)
        sums += indices.volume(whole) - indices.volume(step.out)
    last = held[-1] | choosing
    sums += _additions(indices, last, last & out)
    if abs(node.coefficient) != 1:
        places = [*(indices.entries(x) for x in held), indices.entries(last & out)]
        products += min(places, key=typical)
    return Counts(expand(products), expand(sums))


def _additions(indices: Indices, labels: frozenset[int], kept: frozenset[int]) -> Any:
    """The additions that bring entries at some labels to those at fewer."""
    gone_through = indices.volume(labels)
    if not kept & {x for _, fixed in indices.choices for x in fixed}:
        return gone_through - indices.volume(kept)
    fewer = expand(gone_through - indices.entries(kept))
    if never_negative(fewer):
        return fewer
    return S.Zero if never_negative(-fewer) else gone_through


def _reduction_cost(node: Reduce) -> Counts:
    before, after = _volume(node.children[0].shape), _volume(node.shape)
    if node.kind == "max":
        return Counts(additions=expand(before - after))
    return Counts(additions=expand(3 * before - after), functions=expand(before + after))


_COMPARISONS = ("Abs", "maximum", "minimum", "relu", "sign", "step", "where")


def scalar_cost(expr: Any) -> Counts:
    """The operations of a scalar function at one point, common parts once."""
    parts, (rest,) = cse([expr], symbols=numbered_symbols("part", Dummy))
    moving = {s for s in expr.free_symbols if is_placeholder(s)}
    total = Counts()
    for name, part in parts:
        if part.free_symbols & moving:
            moving.add(name)
            total += _tree_cost(part, moving)
    return total + _tree_cost(rest, moving)


def _tree_cost(expr: Any, moving: Collection[Any]) -> Counts:
    """The operations of an expression; parts that are the same for all entries cost nothing."""
    own = [a for a in expr.args if a.free_symbols & set(moving)]
    if not own:
        return Counts()
    if expr.is_Add:
        return _sum_of(own, moving) + Counts(additions=_joints(expr, own, S.Zero))
    if expr.is_Mul:
        below = [1 / a for a in own if _is_divisor(a)]
        above = [a for a in own if not _is_divisor(a)]
        joints = _joints(expr, own, S.One)
        alone = not above and joints == len(own) - 1  # a divisor needs something to divide
        return _sum_of([*above, *below], moving) + Counts(joints + Integer(alone))
    if _is_divisor(expr):
        return _tree_cost(1 / expr, moving) + Counts(S.One)
    if expr.is_Pow:
        return _sum_of(own, moving) + _power_cost(expr.exp)
    one = Counts(additions=S.One) if expr.func.__name__ in _COMPARISONS else Counts(functions=S.One)
    return _sum_of(own, moving) + one


def _sum_of(exprs: Iterable[Any], moving: Collection[Any]) -> Counts:
    total = Counts()
    for expr in exprs:
        total += _tree_cost(expr, moving)
    return total


def _joints(expr: Any, own: list[Any], neutral: Any) -> Any:
    """The operations that join the moving parts and, if it does something, the constant part."""
    constant = expr.func(*(a for a in expr.args if a not in own))
    return Integer(len(own) - 1 + (constant not in (neutral, -neutral)))


def _is_divisor(expr: Any) -> bool:
    return bool(expr.is_Pow and expr.exp.could_extract_minus_sign())


def _power_cost(exponent: Any) -> Counts:
    """A power by repeated squaring; a root is one function, another exponent too."""
    if not exponent.is_Rational or exponent.q > 2:
        return Counts(functions=S.One)
    size = int(exponent.p)
    return Counts(
        Integer(size.bit_length() + size.bit_count() - 2), S.Zero, Integer(exponent.q == 2)
    )
