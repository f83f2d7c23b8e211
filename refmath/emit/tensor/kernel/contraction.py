"""In which order a product of arrays is multiplied and summed: the cheapest, two at a time."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice
from itertools import product as all_pairs
from typing import Any

from sympy import S

from refmath.emit.tensor.kernel.elementwise import call, sizes_of, times
from refmath.emit.tensor.kernel.ops import Label, Pool, Value
from refmath.tensor.sizes import Size

__all__ = ["contracted", "cost", "summed"]

_MOST = 8
"""Up to so many factors all orders are compared, beyond that the next best pair is taken."""
_MOST_WAYS = 64
"""How often equal factors are permuted to find a known product."""
_BLAS, _BATCH, _SLOW, _READ = 0.02, 0.1, 1.0, 0.1
"""The time of a multiplication in a matrix product, in many small ones, by einsum, and of reading
an entry; writing one takes 1."""

Labels = frozenset[Label]


def contracted(
    pool: Pool, values: Sequence[Value], keep: Sequence[Label], coefficient: Any = S.One
) -> Value:
    """A coefficient times the product of values, summed over all labels but some.

    Args:
        pool: The operations.
        values: At least one value; no label twice on one.
        keep: The labels that remain, in the order that is preferred.
        coefficient: A scalar; it is multiplied where that is the least work.
    """
    kept = set(keep)
    sizes = sizes_of(values)
    merged = _merged(pool, _alone(pool, values, kept))
    merged = _alone(pool, merged, kept)
    product = _gram(pool, merged, kept)
    if product is None:
        merged, coefficient = _scaled_early(pool, merged, kept, sizes, coefficient)
        product = _multiplied(pool, merged, tuple(keep))
    return times(pool, coefficient, [(product, 1)])


def summed(pool: Pool, value: Value, keep: set[Label]) -> Value:
    """The sum over the labels that do not remain; of squares, a product of a value with itself."""
    gone = tuple(a for a, x in enumerate(value.labels) if x not in keep)
    if not gone:
        return value
    if value.op.kind == "square":
        root = Value(value.op.args[0], value.labels)
        return _pair(pool, root, root, keep, ())
    shape = tuple(s for a, s in enumerate(value.op.sizes) if a not in gone)
    bounds = (0.0 if value.op.low >= 0 else float("-inf"), float("inf"))
    op = pool.make("sum", (value.op,), (gone,), shape, bounds)
    return Value(op, tuple(x for x in value.labels if x in keep))


def _alone(pool: Pool, values: Sequence[Value], kept: set[Label]) -> list[Value]:
    """Every factor summed over the labels that only it has."""
    return [summed(pool, v, _outside(values, (i,), kept)) for i, v in enumerate(values)]


def _merged(pool: Pool, values: Sequence[Value]) -> list[Value]:
    """Factors with the same labels multiplied, unless they are equal."""
    groups: dict[Labels, list[Value]] = {}
    for v in values:
        groups.setdefault(frozenset(v.labels), []).append(v)
    out = []
    for labels, group in groups.items():
        if len(group) > 1 and len(values) > len(group) and len(labels) > 0:
            out.append(times(pool, S.One, [(v, 1) for v in group]))
        else:
            out += group
    return out


def _gram(pool: Pool, values: Sequence[Value], kept: set[Label]) -> Value | None:
    """X' diag(w) X with w >= 0 as B' B, B = sqrt(w) X: half the work of a general product."""
    for one, two in combinations(values, 2):
        if one.op is not two.op or one.op.rank != 2:
            continue
        shared = [x for x, y in zip(one.labels, two.labels, strict=True) if x == y]
        rest = [v for v in values if v is not one and v is not two]
        if len(shared) != 1 or shared[0] in kept or not rest:
            continue
        if any(v.labels != tuple(shared) for v in rest) or any(v.op.low < 0 for v in rest):
            continue
        weight = times(pool, S.One, [(v, 1) for v in rest])
        root = call(pool, "sqrt", [weight])
        scaled = times(pool, S.One, [(root, 1), (one, 1)])
        change = dict(zip(one.labels, two.labels, strict=True))
        return _pair(pool, scaled, scaled.renamed(change), kept, ())
    return None


def _scaled_early(
    pool: Pool, values: list[Value], kept: set[Label], sizes: Mapping[Label, Size],
    coefficient: Any,
) -> tuple[list[Value], Any]:
    """The coefficient on the smallest factor, where the result is larger than all of them."""
    result = pool.elements(sizes[x] for x in kept if x in sizes)
    large, small = (f(values, key=lambda v: pool.elements(v.op.sizes)) for f in (max, min))
    if coefficient in (1, -1) or result <= pool.elements(large.op.sizes):
        return values, coefficient
    scaled = times(pool, coefficient, [(small, 1)])
    return [scaled if v is small else v for v in values], S.One


def _multiplied(pool: Pool, values: list[Value], keep: tuple[Label, ...]) -> Value:
    values = _with_known(pool, values, set(keep))
    while len(values) > _MOST:
        values = _next_pair(pool, values, keep)
    tree = _best_tree(pool, values, keep)
    return summed(pool, _executed(pool, tree, values, keep), set(keep))


def _key(values: Sequence[Value]) -> tuple[Any, dict[Label, int]]:
    """What a product consists of, whatever its labels are called."""
    names: dict[Label, int] = {}
    parts = tuple(
        (v.op.number, tuple(names.setdefault(x, len(names)) for x in v.labels))
        for v in sorted(values, key=lambda v: v.op.number)
    )
    return parts, names


def _with_known(pool: Pool, values: list[Value], keep: set[Label]) -> list[Value]:
    """Factors with the largest parts replaced whose product another expression has computed."""
    for key in sorted(pool.known, key=lambda k: -len(k)):
        for chosen in _matching(key, values):
            part = [values[i] for i in chosen]
            found = _recall(pool, part, _outside(values, chosen, keep))
            if found is not None:
                rest = [v for i, v in enumerate(values) if i not in chosen]
                return _with_known(pool, [*rest, found], keep)
    return values


def _matching(key: Any, values: Sequence[Value]) -> Iterator[tuple[int, ...]]:
    """The factors that a known product may consist of."""
    wanted = Counter(number for number, _ in key)
    places: dict[int, list[int]] = {}
    for i, v in enumerate(values):
        if v.op.number in wanted:
            places.setdefault(v.op.number, []).append(i)
    if all(len(places.get(number, ())) >= count for number, count in wanted.items()):
        ways = [combinations(places[number], count) for number, count in wanted.items()]
        for way in islice(all_pairs(*ways), _MOST_WAYS):
            chosen = tuple(i for part in way for i in part)
            if _key([values[i] for i in chosen])[0] == key:
                yield chosen


def _outside(values: Sequence[Value], chosen: Sequence[int], keep: set[Label]) -> set[Label]:
    return keep | {x for i, v in enumerate(values) if i not in chosen for x in v.labels}


def _recall(pool: Pool, values: Sequence[Value], kept: set[Label]) -> Value | None:
    """A product that has been computed before, perhaps without a sum that is left to do."""
    key, names = _key(values)
    needed = {names[x] for x in kept if x in names}
    found = [v for v in pool.known.get(key, ()) if needed <= set(v.labels)]
    if not found:
        return None
    best = min(found, key=lambda v: (len(v.labels), v.op.number))
    back = {i: x for x, i in names.items()}
    return summed(pool, Value(best.op, tuple(back[i] for i in best.labels)), kept)


Tree = Any
"""The number of a factor, or a pair of trees."""


def _best_tree(pool: Pool, values: Sequence[Value], keep: Sequence[Label]) -> Tree:
    """The cheapest order in which all factors are multiplied in pairs."""
    sizes = sizes_of(values)
    labels = [frozenset(v.labels) for v in values]
    return cost(pool, labels, frozenset(keep), sizes)[1]


def cost(
    pool: Pool, factors: Sequence[Labels], keep: Labels, sizes: Mapping[Label, Size]
) -> tuple[float, Tree]:
    """The time of multiplying factors in the best order, and that order."""
    count = len(factors)
    everything = (1 << count) - 1
    on: list[Labels] = [frozenset()] * (everything + 1)
    for chosen in range(1, everything + 1):
        low = (chosen & -chosen).bit_length() - 1
        on[chosen] = on[chosen & (chosen - 1)] | factors[low]
    result = [on[c] & (keep | on[everything ^ c]) for c in range(everything + 1)]
    best: list[tuple[float, Tree]] = [(0.0, None)] * (everything + 1)
    for chosen in sorted(range(1, everything + 1), key=lambda c: (c.bit_count(), c)):
        if chosen.bit_count() == 1:
            place = chosen.bit_length() - 1
            whole = result[chosen] == factors[place]
            best[chosen] = (0.0 if whole else _entries(pool, factors[place], sizes), place)
            continue
        found: tuple[float, Tree] | None = None
        part = (chosen - 1) & chosen
        while part:
            other = chosen ^ part
            if part > other:
                own = _pair_cost(pool, result[part], result[other], result[chosen], sizes)
                total = best[part][0] + best[other][0] + own
                if found is None or total < found[0]:
                    found = (total, (best[other][1], best[part][1]))
            part = (part - 1) & chosen
        assert found is not None
        best[chosen] = found
    return best[everything]


def _entries(pool: Pool, labels: Labels, sizes: Mapping[Label, Size]) -> float:
    return pool.elements(sizes[x] for x in labels)


def _pair_cost(
    pool: Pool, a: Labels, b: Labels, out: Labels, sizes: Mapping[Label, Size]
) -> float:
    """The time of multiplying two arrays and summing over what does not remain."""
    work = _entries(pool, a | b, sizes)
    if a | b == out:
        rate = _SLOW
    elif not a & b & out:
        rate = _BLAS
    else:
        rate = _BATCH if (a - b) and (b - a) else _SLOW
    ends = _entries(pool, out, sizes)
    read = _entries(pool, a, sizes) + _entries(pool, b, sizes)
    return rate * work + ends + _READ * read


def _executed(
    pool: Pool, tree: Tree, values: Sequence[Value], keep: Sequence[Label]
) -> Value:
    """The value of a tree; what is computed on the way can be found again."""
    if isinstance(tree, int):
        return values[tree]
    left, right = (_executed(pool, branch, values, keep) for branch in tree)
    leaves = _leaves(tree)
    outside = _outside(values, leaves, set(keep))
    whole = len(leaves) == len(values)
    found = _pair(pool, left, right, outside, tuple(keep) if whole else ())
    key, names = _key([values[i] for i in leaves])
    pool.known.setdefault(key, []).append(found.renamed(names))
    return found


def _leaves(tree: Tree) -> list[int]:
    return [tree] if isinstance(tree, int) else [x for branch in tree for x in _leaves(branch)]


def _next_pair(pool: Pool, values: list[Value], keep: tuple[Label, ...]) -> list[Value]:
    """The factors with that pair multiplied whose result is smallest beside what it replaces."""
    sizes = sizes_of(values)

    def growth(pair: tuple[int, int]) -> float:
        a, b = (frozenset(values[i].labels) for i in pair)
        out = (a | b) & _outside(values, pair, set(keep))
        own = _entries(pool, a, sizes) + _entries(pool, b, sizes)
        return _entries(pool, out, sizes) - own

    one, two = min(combinations(range(len(values)), 2), key=growth)
    found = _executed(pool, (one, two), values, keep)
    return [*(v for i, v in enumerate(values) if i not in (one, two)), found]


def _chains(a: Value, b: Value, gone: Sequence[Label]) -> bool:
    """Whether two matrices can be multiplied as they are."""
    return len(gone) == 1 and a.labels[-1] == b.labels[0] == gone[0]


def _pair(
    pool: Pool, a: Value, b: Value, kept: set[Label], preferred: tuple[Label, ...]
) -> Value:
    """The product of two values, summed over the labels of both that do not remain."""
    gone = [x for x in a.labels if x in b.labels and x not in kept]
    if not gone:
        return times(pool, S.One, [(a, 1), (b, 1)])
    sizes = sizes_of([a, b])
    left = [x for x in sizes if x not in gone]
    order = pool.order.longest_first(left, sizes)
    if set(left) <= set(preferred):
        order = pool.order.arranged([x for x in preferred if x in left], sizes)
    elif _chains(a, b, gone) or _chains(b, a, gone):
        first, second = (a, b) if _chains(a, b, gone) else (b, a)
        plain = [x for x in (*first.labels, *second.labels) if x in left]
        order = pool.order.arranged(plain, sizes)
    batch = [x for x in order if x in a.labels and x in b.labels]
    free = [x for x in order if x not in batch]
    if free and free[0] in b.labels:
        a, b = b, a
    out = [*batch, *(x for x in (*a.labels, *b.labels) if x in free)]
    names: dict[Label, int] = {}
    for x in (*a.labels, *b.labels):
        names.setdefault(x, len(names))
    fields = tuple(tuple(names[x] for x in part) for part in (a.labels, b.labels, out))
    low = 0.0 if min(a.op.low, b.op.low) >= 0 or a == b else float("-inf")
    bounds = (low, float("inf"))
    op = pool.make("dot", (a.op, b.op), fields, tuple(sizes[x] for x in out), bounds)
    return Value(op, tuple(out))
