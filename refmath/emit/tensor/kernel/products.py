"""Products of tensors as operations: what they read, multiply, sum, and where the result stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sympy import S

from refmath.emit.tensor.kernel.access import read
from refmath.emit.tensor.kernel.contraction import contracted
from refmath.emit.tensor.kernel.elementwise import arguments_of, call, linear, scalar, times, wide
from refmath.emit.tensor.kernel.indices import Along, Chosen, Index, Indices, reach
from refmath.emit.tensor.kernel.ops import Label, Pool, Value
from refmath.tensor.node import Affine, FirstMax, OneHot, Product, Tensor
from refmath.tensor.sizes import Size

__all__ = ["INDICATORS", "Reader", "Term", "product_term", "put_together"]

INDICATORS = (Affine, OneHot, FirstMax)
"""Their entries are 0 and 1."""


class Reader(Protocol):
    """What turns expressions into operations."""

    pool: Pool

    def value(self, node: Tensor) -> Value:
        """The value of an expression; its labels are the expression's axes."""

    def at(
        self, node: Tensor, labels: Sequence[Label], found: Mapping[Label, Index],
        sizes: Mapping[Label, Size],
    ) -> Value:
        """The value of an expression at indices."""

    def first_max(self, node: FirstMax) -> tuple[list[Value], Value]:
        """The indices of the first maximum, and 1 where it is a number."""


@dataclass(frozen=True)
class Term:
    """A value that stands at some entries of a tensor, which is 0 elsewhere.

    Attributes:
        value: The value.
        ways: For each axis of the tensor the index at which it is written.
        sizes: The size of every label.
    """

    value: Value
    ways: tuple[Index, ...]
    sizes: Mapping[Label, Size]

    def labels(self, shape: Sequence[Size]) -> tuple[Label, ...] | None:
        """The labels of the axes if the value fills a tensor of that shape, else None."""
        plain = [
            w.labels[0] for w, size in zip(self.ways, shape, strict=True)
            if _is_plain(w) and self.sizes[w.labels[0]] == size
        ]
        if len(plain) == len(self.ways) == len(set(plain)):
            return tuple(plain)
        return None


def _is_plain(way: Index) -> bool:
    return isinstance(way, Along) and len(way.steps) == 1 and way.steps[0][1] == 1 and (
        way.offset == 0 and way.sure
    )


def product_term(run: Reader, node: Tensor) -> list[tuple[Any, Term]]:
    """A product, or a single indicator, as a sign and a term; none if it vanishes.

    A factor that is 1 at chosen entries and 0 elsewhere is not multiplied with: the entries are
    read, or written, where they stand.
    """
    factors = node.factors if isinstance(node, Product) else ((node, tuple(range(node.rank))),)
    sizes = dict(enumerate(node.sizes if isinstance(node, Product) else node.shape))
    coefficient = node.coefficient if isinstance(node, Product) else S.One
    dense = [f for f in factors if not isinstance(f[0], INDICATORS)]
    out = tuple(range(node.rank))
    indices = Indices(run.pool, sizes, out, {x for _, labels in dense for x in labels})
    guards = _indicated(run, indices, [f for f in factors if isinstance(f[0], INDICATORS)])
    if indices.vanishes:
        return []
    values = [run.at(f, labels, indices.found, sizes) for f, labels in dense] + guards
    ways = tuple(indices.way(x) for x in out)
    keep = tuple(dict.fromkeys(x for w in ways for x in w.labels))
    coefficient = coefficient * _repeats(values, keep, indices, sizes)
    sign = -S.One if coefficient.could_extract_minus_sign() else S.One
    coefficient = sign * coefficient
    if sign < 0:
        sign, values = _turned(run.pool, values)
    value = _masked(run.pool, values, keep, indices, coefficient)
    return [(sign, Term(value, ways, sizes))]


def _turned(pool: Pool, values: Sequence[Value]) -> tuple[Any, list[Value]]:
    """Minus a product as the product with a difference turned round: p - y for -(y - p)."""
    for place, v in enumerate(values):
        if v.op.kind == "linear" and v.op.rank == 1:
            terms = zip(v.op.fields[0], arguments_of(v), strict=True)
            other = linear(pool, [(-c, a) for c, a in terms])
            return S.One, [*values[:place], other, *values[place + 1:]]
    return -S.One, list(values)


def _repeats(
    values: Sequence[Value], keep: Sequence[Label], indices: Indices, sizes: Mapping[Label, Size]
) -> Any:
    """How often entries are added that do not depend on a label that is summed over."""
    used = {x for v in values for x in v.labels} | set(keep) | set(indices.found)
    used |= {x for m in indices.masks() for x in m.labels}
    count = S.One
    for x, size in sizes.items():
        if x not in used:
            count = count * size
    return count


def _indicated(
    run: Reader, indices: Indices, factors: Sequence[tuple[Tensor, tuple[Label, ...]]]
) -> list[Value]:
    """Take account of all indicators; what remains of them are factors that may be NaN."""
    for node, labels in sorted(factors, key=lambda f: f[0].rank):
        if isinstance(node, Affine):
            indices.require(node, labels)
    guards = []
    for node, labels in factors:
        if isinstance(node, OneHot):
            chosen = run.at(node.children[0], labels[:-1], indices.found, indices.sizes)
            indices.choose(labels[-1], chosen)
        elif isinstance(node, FirstMax):
            places, guard = run.first_max(node)
            kept = [a for a in range(node.rank) if a not in node.axes]
            change = {i: labels[a] for i, a in enumerate(kept)}
            here = [read(run.pool, v.renamed(change), indices.found, indices.sizes)
                    for v in (*places, guard)]
            for axis, place in zip(node.axes, here[:-1], strict=True):
                indices.choose(labels[axis], place)
            guards.append(here[-1])
    return guards


def _masked(
    pool: Pool, values: Sequence[Value], keep: tuple[Label, ...], indices: Indices, scale: Any
) -> Value:
    masks = indices.masks()
    given = list(values) or [scalar(pool, S.One)]
    if not masks:
        return contracted(pool, given, keep, scale)
    more = dict.fromkeys(x for m in masks for x in m.labels)
    whole = contracted(pool, given, tuple(dict.fromkeys((*keep, *more))), scale)
    for mask in masks:
        whole = call(pool, "only_where", [mask, whole])
    return contracted(pool, [whole], keep)


def put_together(
    pool: Pool, terms: Sequence[tuple[Any, Term]], shape: Sequence[Size]
) -> Value:
    """The sum of scalars times terms; its labels are the axes."""
    own = dict(enumerate(shape))
    filled: list[tuple[Any, Value]] = []
    placed: list[tuple[Any, Term]] = []
    for scale, term in terms:
        labels = term.labels(shape)
        if labels is not None:
            change = {x: axis for axis, x in enumerate(labels)}
            filled.append((scale, term.value.renamed(change)))
        elif _needs_room(term):
            filled.append((scale, _spread(pool, term, shape)))
        else:
            placed.append((scale, term))
    placed = _united(pool, placed)
    base = linear(pool, filled) if filled else scalar(pool, S.Zero)
    if not placed:
        return base
    base = wide(pool, base, list(own), own)
    args, pieces = [base.op], []
    for scale, term in placed:
        front = term.value.op.fields[0] if term.value.op.kind == "times" else S.One
        minus = bool((scale * front).could_extract_minus_sign())
        value = times(pool, -scale if minus else scale, [(term.value, 1)])
        pieces.append(("-" if minus else "+", *_written(term, value, base.labels, args)))
    return Value(pool.make("place", args, (tuple(pieces),), base.op.sizes), base.labels)


def _united(pool: Pool, terms: Sequence[tuple[Any, Term]]) -> list[tuple[Any, Term]]:
    """Terms with those added that stand at the same entries."""
    groups: dict[Any, list[tuple[Any, Term]]] = {}
    for scale, term in terms:
        names: dict[Label, int] = {}
        for way in term.ways:
            for x in way.labels:
                names.setdefault(x, len(names))
        ways = tuple(
            Chosen(w.value.renamed(names)) if isinstance(w, Chosen)
            else Along(tuple((names[x], c) for x, c in w.steps), w.offset) for w in term.ways
        )
        sizes = {names[x]: s for x, s in term.sizes.items() if x in names}
        plain = Term(term.value.renamed(names), ways, sizes)
        groups.setdefault((ways, tuple(sizes.items())), []).append((scale, plain))
    out = []
    for members in groups.values():
        if len(members) == 1:
            out += members
        else:
            first = members[0][1]
            whole = linear(pool, [(scale, t.value) for scale, t in members])
            out.append((S.One, Term(whole, first.ways, first.sizes)))
    return out


def _needs_room(term: Term) -> bool:
    return any(
        w.room != (0, 0) if isinstance(w, Chosen) else len(w.steps) > 1 or not w.sure
        for w in term.ways
    )


def _written(
    term: Term, value: Value, axes: Sequence[Label], args: list[Any], inner: Sequence[Label] = ()
) -> tuple[Any, ...]:
    """A term by the numbers of its arguments and labels: (value, its labels, ways, sizes)."""
    names: dict[Label, int] = {}

    def number(label: Label) -> int:
        return names.setdefault(label, len(names))

    for x in inner:
        number(x)
    args.append(value.op)
    own = len(args) - 1
    labels = tuple(number(x) for x in value.labels)
    ways: list[Any] = []
    for axis in axes:
        way = term.ways[axis]
        if isinstance(way, Chosen):
            args.append(way.value.op)
            ways.append(("pick", len(args) - 1, tuple(number(x) for x in way.labels)))
        else:
            ways.append(("along", tuple((number(x), c) for x, c in way.steps), way.offset))
    return own, labels, tuple(ways), tuple(term.sizes[x] for x in names)


def _spread(pool: Pool, term: Term, shape: Sequence[Size]) -> Value:
    """Windows added up into zeros, with room for what leaves the axes; the room is cut off."""
    loops, room, ways = [], [], []
    for way, size in zip(term.ways, shape, strict=True):
        before, after = S.Zero, S.Zero
        if isinstance(way, Chosen):
            before, after = way.room
            way = Chosen(linear(pool, [(S.One, way.value), (S.One, scalar(pool, before))]))
        elif len(way.steps) > 1 or not way.sure:
            before, after = reach(way, size, term.sizes)
            way = Along(way.steps, way.offset + before)
            shortest = sorted(way.labels, key=lambda x: pool.order.length(term.sizes[x]))
            loops += [x for x in shortest[:-1] if x not in loops]
        room.append((before, after))
        ways.append(way)
    args: list[Any] = []
    moved = Term(term.value, tuple(ways), term.sizes)
    piece = _written(moved, term.value, range(len(shape)), args, loops)
    fields = (len(loops), tuple(room), piece)
    return Value(pool.make("spread", args, fields, tuple(shape)), tuple(range(len(shape))))
