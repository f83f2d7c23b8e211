"""Evaluates tensor expressions node by node, every entry with its bound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flint import arb, arb_mat

from refmath.emit.enclosure import working_precision
from refmath.emit.tensor.enclosure.entries import (
    FUNCTION,
    Entries,
    Model,
    either,
    leaf,
    magnitude,
    objects,
    plus,
    upper,
)
from refmath.emit.tensor.enclosure.products import contracted
from refmath.emit.tensor.enclosure.scalars import Scalars
from refmath.errors import DeclarationError, InvalidInput
from refmath.tensor.calculus import nodes
from refmath.tensor.evaluate import size_of
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
from refmath.tensor.sizes import dimension, parameter, shown

__all__ = ["ELIMINATION", "PRECISION", "Bounds", "enclose"]

PRECISION = 192
"""Working precision of the balls, in bits."""

ELIMINATION = 16
"""The factor c of the bound c n cond(A) u for inverse and log-determinant."""

_FINAL = 4
"""Roundings allowed at the end even where every step could be exact."""


@dataclass(frozen=True)
class Bounds:
    """What may be computed for the entries of one expression.

    Attributes:
        value: The middles, as balls.
        radius: The largest distance from the middle; infinite where nothing can be said.
        magnitude: Bounds of what is met on the way; where it overflows nothing can be said.
        undecided: Where rounding decides on which side of a kink an implementation is.
        kinks: Whether some argument was exactly at a kink.
    """

    value: Any
    radius: Any
    magnitude: Any
    undecided: Any
    kinks: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape."""
        shape: tuple[int, ...] = self.value.shape
        return shape


def enclose(
    roots: Sequence[Tensor],
    values: Mapping[str, Any],
    sizes: Mapping[str, int],
    model: Model,
) -> list[Bounds]:
    """Enclose every reasonable evaluation of some expressions.

    Args:
        roots: The expressions.
        values: By name, an array of exact floats for every tensor (labels: of whole numbers), and
            a number for every scalar.
        sizes: Numbers for the sizes, by name.
        model: How an implementation rounds.

    Raises:
        InvalidInput: A value is missing or has another shape.
        DeclarationError: A kind of node that is not known.
    """
    with working_precision(PRECISION):
        machine = _Machine(values, sizes, model)
        for node in nodes(*roots):
            machine.known[node] = machine.entries(node)
        return [machine.bounds(r) for r in roots]


class _Machine:
    def __init__(self, values: Mapping[str, Any], sizes: Mapping[str, int], model: Model) -> None:
        self.values, self.sizes, self.model = values, sizes, model
        self.known: dict[Tensor, Entries] = {}
        symbols: dict[Any, Entries] = {
            dimension(k): _exact(np.array([float(v)])) for k, v in sizes.items()
        }
        for name, x in values.items():
            if np.ndim(x) == 0:
                symbols[parameter(name)] = self._scalar(float(x))
        self.scalars = Scalars(model, symbols)

    def _scalar(self, x: float) -> Entries:
        """A scalar that is given as a double, and rounded where it meets an array."""
        known = _exact(np.array([x]))
        held = float(self.model.fmt.round(x)) == x
        error = 0.0 if held else self.model.unit * abs(x)
        return Entries(
            known.value, upper(known.magnitude + error), upper([error]),
            known.grid if held else None,
        )

    def bounds(self, root: Tensor) -> Bounds:
        """What may be computed for an expression that has been evaluated."""
        x = self.known[root]
        radius = self.model.spread(x, _FINAL if self.model.unit else 0)
        return Bounds(x.value, radius, x.magnitude, x.undecided, self.scalars.kinks)

    def shape(self, node: Tensor) -> tuple[int, ...]:
        """The shape in numbers."""
        return tuple(size_of(s, self.sizes) for s in node.shape)

    def entries(self, node: Tensor) -> Entries:
        """The entries of a node whose children have been evaluated."""
        children = [self.known[c] for c in node.children]
        if isinstance(node, Variable):
            return self._variable(node)
        if isinstance(node, Product):
            coefficient = self.scalars.value(node.coefficient, {})
            lengths = [size_of(s, self.sizes) for s in node.sizes]
            return contracted(self.model, coefficient, children, node.labels, lengths, node.rank)
        if isinstance(node, Sum):
            count = _count(self.shape(node))
            return plus([c.shaped((count,)) for c in children]).shaped(self.shape(node))
        if isinstance(node, Map):
            places = {placeholder(i): c.shaped((c.value.size,)) for i, c in enumerate(children)}
            return self.scalars.value(node.expr, places).shaped(self.shape(node))
        if isinstance(node, Reduce | FirstMax):
            return self._reduced(node, children[0])
        if isinstance(node, OneHot):
            return self._one_hot(node)
        if isinstance(node, Affine):
            return self._affine(node)
        if isinstance(node, Inverse | LogDet):
            return self._eliminate(node, children[0])
        raise DeclarationError(f"no enclosure of {type(node).__name__} is known")

    def _variable(self, node: Variable) -> Entries:
        if node.name not in self.values:
            raise InvalidInput(f"no value is given for {node.name}")
        given = np.asarray(self.values[node.name], dtype=np.float64)
        if given.shape != self.shape(node):
            raise InvalidInput(
                f"{node.name} has the shape {shown(node.shape)}, that is {self.shape(node)}; found "
                f"{given.shape}"
            )
        return _exact(given)

    def _affine(self, node: Affine) -> Entries:
        known = {dimension(k): v for k, v in self.sizes.items()}
        offset = int(node.offset.subs(known))
        grid = np.indices(self.shape(node))
        total = sum(c * i for c, i in zip(node.coefficients, grid, strict=True))
        return replace(_exact((total == offset).astype(np.float64)), choice=True)

    def _one_hot(self, node: OneHot) -> Entries:
        (labels,) = node.children
        given = np.asarray(self.values[labels.fields[0]])
        classes = self.shape(node)[-1]
        chosen = (given[..., None] == np.arange(classes)).astype(np.float64)
        return replace(_exact(chosen), choice=True)

    def _reduced(self, node: Reduce | FirstMax, child: Entries) -> Entries:
        """Over some axes: these are moved to the end and taken together."""
        axes = node.axes
        kept = [i for i in range(child.value.ndim) if i not in axes]
        order = [*kept, *axes]
        outer = tuple(child.value.shape[i] for i in kept)
        inner = tuple(child.value.shape[i] for i in axes)
        spread = self.model.spread(child)
        rows = np.transpose(child.value, order).reshape(_count(outer), _count(inner))
        gaps = np.transpose(spread, order).reshape(rows.shape)
        lost = child.undecided
        if isinstance(node, Reduce):
            if lost is not None:
                lost = np.transpose(lost, order).reshape(rows.shape).any(axis=1)
            call = self._largest if node.kind == "max" else self._log_sum_exp
            return call(rows, gaps, child, lost).shaped(outer)
        marks = self._first(rows, gaps, lost)
        back = np.argsort(order)

        def put(x: Any) -> Any:
            return None if x is None else np.transpose(x.reshape(*outer, *inner), back)

        return Entries(
            put(marks.value), put(marks.magnitude), put(marks.error), marks.grid, 1, 0,
            put(marks.undecided), True,
        )

    def _largest(self, rows: Any, gaps: Any, child: Entries, lost: Any) -> Entries:
        values, errors = [], []
        for row, gap in zip(rows, gaps, strict=True):
            top = _most(row)
            floor = _most([x - arb(0, e) for x, e in zip(row, gap, strict=True)]).lower()
            near = [e for x, e in zip(row, gap, strict=True) if not x + arb(0, e) < floor]
            values.append(top)
            errors.append(max(near, default=0.0))
        size = upper(np.add([magnitude(v) for v in values], errors))
        return Entries(objects(values), size, upper(errors), child.grid, 1, 0, lost)

    def _log_sum_exp(self, rows: Any, gaps: Any, _child: Entries, lost: Any) -> Entries:
        """With a maximum taken out: its own size is met on the way, and rounded."""
        values, errors, sizes = [], [], []
        unit = self.model.unit
        for row, gap in zip(rows, gaps, strict=True):
            value = _log_sum(row)
            high = _log_sum([x + arb(e) for x, e in zip(row, gap, strict=True)])
            low = _log_sum([x - arb(e) for x, e in zip(row, gap, strict=True)])
            spread = max(magnitude(high - value), magnitude(value - low))
            count = len(row)
            met = magnitude(_most(row)) + float(np.log(count)) + spread
            values.append(value)
            errors.append(spread + unit * FUNCTION * (met + count + 2))
            sizes.append(met + errors[-1])
        return Entries(objects(values), upper(sizes), upper(errors), None, 1, 0, lost)

    def _first(self, rows: Any, gaps: Any, lost: Any) -> Entries:
        """1 at the first maximum; where rounding decides which it is, any of those that can be."""
        marks = np.zeros(rows.shape)
        doubt = np.zeros(rows.shape, dtype=bool)
        for i, (row, gap) in enumerate(zip(rows, gaps, strict=True)):
            floor = _most([x - arb(0, e) for x, e in zip(row, gap, strict=True)]).lower()
            near = [j for j, (x, e) in enumerate(zip(row, gap, strict=True))
                    if not x + arb(0, e) < floor]
            tied = all((row[j] - row[near[0]]).is_zero() and gap[j] == 0 for j in near)
            if len(near) > 1 and not tied:
                doubt[i, near] = True
                marks[i, near] = 0.5
                continue
            self.scalars.kinks = self.scalars.kinks or len(near) > 1
            ties = self.model.ties
            chosen = near[:1] if ties == "first" else near
            marks[i, chosen] = 1 / len(near) if ties == "even" else 1.0
        error = np.where(doubt, 0.5, 0.0).reshape(-1)
        values = objects([arb(x) for x in marks.reshape(-1).tolist()])
        undecided = either(lost, doubt.reshape(-1) if doubt.any() else None)
        grid = None if self.model.ties == "even" else 0
        return Entries(values, upper(marks.reshape(-1) + error), error, grid, 1, 0, undecided)

    def _eliminate(self, node: Tensor, child: Entries) -> Entries:
        """Inverse and log-determinant, by the norms of the matrix and its inverse."""
        matrix = arb_mat(child.value.tolist())
        n, unit = child.value.shape[0], self.model.unit
        lost = None if child.undecided is None else np.array(bool(child.undecided.any()))
        try:
            found = matrix.inv()
            determinant = abs(matrix.det())
        except ZeroDivisionError:
            return _unbounded(self.shape(node))
        inverse = np.array(found.tolist(), dtype=object).reshape(n, n)
        norm, other = _norm(child.magnitude), _norm_of(inverse)
        change = float(_norm(self.model.spread(child))) * other
        if not change < 1:
            return _unbounded(self.shape(node))
        relative = ELIMINATION * n * unit * norm * other + change / (1 - change)
        if isinstance(node, Inverse):
            values = inverse.reshape(-1).tolist()
            error = np.full(n * n, relative * other)
            return leaf(values, upper(error), lost).shaped((n, n))
        value = determinant.log()
        error = np.array([n * relative + unit * FUNCTION * magnitude(value)])
        return leaf([value], upper(error), lost).shaped(())


def _exact(given: Any) -> Entries:
    """Floats that are given: exact, multiples of the last place of the finest of them."""
    flat = given.reshape(-1)
    values = objects([arb(x) for x in flat.tolist()]).reshape(given.shape)
    return Entries(values, np.abs(given), np.zeros(given.shape), _grid(flat))


def _grid(flat: Any) -> int | None:
    """The largest exponent such that all values are multiples of that power of 2."""
    used = flat[flat != 0]
    if not np.isfinite(used).all():
        return None
    if not used.size:
        return 0
    fraction, exponent = np.frexp(used)
    whole = np.abs(np.ldexp(fraction, 53)).astype(np.int64)
    trailing = np.round(np.log2((whole & -whole).astype(np.float64))).astype(int)
    return int((exponent - 53 + trailing).min())


def _most(row: Any) -> Any:
    top = row[0]
    for x in row[1:]:
        top = top.max(x)
    return top


def _log_sum(row: Any) -> Any:
    top = _most(row)
    total = arb(0)
    for x in row:
        total += (x - top).exp()
    return top + total.log()


def _count(shape: Sequence[int]) -> int:
    return int(np.prod(shape, dtype=int))


def _norm(rows: Any) -> float:
    """The largest row sum of a matrix of doubles that are not negative."""
    return float(upper(rows.sum(axis=1).max()))


def _norm_of(balls: Any) -> float:
    return _norm(np.array([[magnitude(x) for x in row] for row in balls]))


def _unbounded(shape: tuple[int, ...]) -> Entries:
    values = objects([arb("nan")] * _count(shape)).reshape(shape)
    wide = np.full(shape, np.inf)
    return Entries(values, wide, wide)
