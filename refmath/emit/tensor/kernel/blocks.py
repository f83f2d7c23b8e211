"""Hessians of linear models with several outputs: a symmetric matrix product for each pair of them.

In ``H[i,a,j,b] = sum_n X[n,i] X[n,j] W[n,a,b]`` each block ``H[:,a,:,b] = X' diag(W[:,a,b]) X`` is
symmetric, and so is W in a and b where H is a Hessian.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Integer, S, Symbol

from refmath.emit.tensor.kernel.contraction import contracted
from refmath.emit.tensor.kernel.elementwise import call, linear, times
from refmath.emit.tensor.kernel.indices import Along
from refmath.emit.tensor.kernel.ops import Label, Pool, Value
from refmath.emit.tensor.kernel.products import INDICATORS, Reader
from refmath.tensor import build
from refmath.tensor.node import Affine, Product, Sum, Tensor
from refmath.tensor.sizes import Size

__all__ = ["FIRST", "SECOND", "blocks"]

FIRST, SECOND = Symbol("a", integer=True), Symbol("b", integer=True)
"""The indices of a block inside of the loops over them."""

Factor = tuple[Tensor, tuple[Any, ...]]


def blocks(run: Reader, node: Product) -> Value | None:
    """The value of a product, if it consists of blocks X' diag(w) X; else None."""
    if node.rank != 4:
        return None
    terms = _multiplied_out(node)
    for key in _candidates(terms):
        found = _weights(terms, key)
        if found is not None:
            return _made(run, node, key, *found)
    return None


def _multiplied_out(node: Product) -> list[Tensor]:
    """The terms of a product with its sums multiplied out."""
    for place, (factor, labels) in enumerate(node.factors):
        if isinstance(factor, Sum) and factor.rank > 2:
            found = []
            for child in factor.children:
                factors = [*node.factors[:place], (child, labels), *node.factors[place + 1:]]
                sizes = dict(enumerate(node.sizes))
                term = build.product(node.coefficient, factors, range(node.rank), sizes)
                found += _multiplied_out(term) if isinstance(term, Product) else [term]
            return found
    return [node]


def _candidates(terms: Sequence[Tensor]) -> list[tuple[Tensor, int, int]]:
    """Matrices that stand twice in the first product, with the two labels that remain of them."""
    first = terms[0]
    if not isinstance(first, Product) or first.rank != 4:
        return []
    found = []
    for place, (one, x) in enumerate(first.factors):
        for two, y in first.factors[place + 1:]:
            if one is two and one.rank == 2 and len({*x, *y}) == 3:
                own = sorted((set(x) | set(y)) - (set(x) & set(y)))
                if own[-1] < first.rank and first.shape[own[0]] == first.shape[own[1]]:
                    found.append((one, own[0], own[1]))
    return found


def _weights(
    terms: Sequence[Tensor], key: tuple[Tensor, int, int]
) -> tuple[Tensor | None, Tensor, int] | None:
    """W off the diagonal (n, a, b), W on it (n, a), and the axis of X that is summed over."""
    matrix, i, j = key
    a, b = (x for x in range(4) if x not in (i, j))
    off: list[Tensor] = []
    diagonal: list[Tensor] = []
    axis = None
    for term in terms:
        if not isinstance(term, Product):
            return None
        split = _split(term, matrix, i, j)
        if split is None or (split[0] not in (axis, None) and axis is not None):
            return None
        axis, inner, rest = split
        sizes = dict(enumerate(term.sizes))
        delta = [f for f in rest if isinstance(f[0], Affine) and sorted(f[1]) == [a, b]]
        rest = [f for f in rest if f not in delta]
        if any(isinstance(f, INDICATORS) for f, _ in rest):
            return None
        if delta:
            renamed = [(f, tuple(a if x == b else x for x in labels)) for f, labels in rest]
            diagonal.append(build.product(term.coefficient, renamed, (inner, a), sizes))
        else:
            off.append(build.product(term.coefficient, rest, (inner, a, b), sizes))
    n, k = matrix.shape[axis or 0], terms[0].shape[a]
    if terms[0].shape[b] != k or not _depends(off, diagonal):
        return None
    apart = build.add(off, (n, k, k)) if off else None
    if apart is not None:
        diagonal += [
            build.product(1, [(p, (0, 1, 1))], (0, 1), {0: n, 1: k}) for p in _parts(apart)
        ]
    return apart, build.add(diagonal, (n, k)), axis or 0


def _parts(node: Tensor) -> list[Tensor]:
    """The terms of a sum."""
    front, core = build.split(node)
    return [build.scaled(front, x) for x in (core.children if isinstance(core, Sum) else [core])]


def _depends(off: Sequence[Tensor], diagonal: Sequence[Tensor]) -> bool:
    """Whether some weight differs from block to block."""
    return any(_is_weight(x) for x in (*off, *diagonal))


def _is_weight(node: Tensor) -> bool:
    return not (isinstance(node, Product) and all(0 not in x for x in node.labels))


def _split(
    term: Product, matrix: Tensor, i: int, j: int
) -> tuple[int, int, list[Factor]] | None:
    """The axis of a matrix that a product sums over, its label, and the other factors."""
    rows = [f for f in term.factors if f[0] is matrix and (i in f[1] or j in f[1])]
    rest = [f for f in term.factors if f not in rows]
    if len(rows) != 2 or any(i in x or j in x for _, x in rest):
        return None
    (one, two) = (x for _, x in rows)
    shared = set(one) & set(two)
    if len(shared) != 1 or {*one, *two} - shared != {i, j}:
        return None
    (inner,) = shared
    if inner < term.rank or one.index(inner) != two.index(inner):
        return None
    return one.index(inner), inner, rest


def _made(
    run: Reader, node: Tensor, key: tuple[Tensor, int, int], apart: Tensor | None,
    diagonal: Tensor, axis: int,
) -> Value:
    matrix, i, j = key
    a, b = (x for x in range(4) if x not in (i, j))
    pool = run.pool
    given = run.value(matrix).renamed({axis: "n", 1 - axis: "i"})
    on = _weighted(pool, given, _at(run, diagonal, {1: FIRST}))
    args, signs = [on[1].op], [on[0]]
    symmetric = False
    if apart is not None:
        sizes = dict(enumerate(apart.shape))
        parts = _parts(apart)
        turned = [build.product(1, [(p, (0, 2, 1))], (0, 1, 2), sizes) for p in parts]
        symmetric = set(turned) == set(parts)
        off = _weighted(pool, given, _at(run, apart, {1: FIRST, 2: SECOND}))
        args.append(off[1].op)
        signs.append(off[0])
    d, k = node.shape[i], node.shape[a]
    op = pool.make("grams", args, (tuple(signs), symmetric), (k, k, d, d))
    return Value(op, (a, b, i, j))


def _weighted(pool: Pool, matrix: Value, weight: Value) -> tuple[int, Value]:
    """X' diag(w) X, with its sign in front where w has one, so that half the work is enough."""
    if weight.op.low >= 0 or weight.op.high <= 0:
        sign = 1 if weight.op.low >= 0 else -1
        root = call(pool, "sqrt", [times(pool, Integer(sign), [(weight, 1)])])
        half = times(pool, S.One, [(root, 1), (matrix, 1)])
        return sign, contracted(pool, [half, half.renamed({"i": "j"})], ("i", "j"))
    whole = times(pool, S.One, [(weight, 1), (matrix, 1)])
    return 1, contracted(pool, [matrix, whole.renamed({"i": "j"})], ("i", "j"))


def _at(run: Reader, node: Tensor, fixed: Mapping[int, Any]) -> Value:
    """Weights with some axes at the loops' indices; their only label is "n"."""
    if isinstance(node, Sum):
        return linear(run.pool, [(S.One, _at(run, child, fixed)) for child in node.children])
    front, core = build.split(node)
    if isinstance(core, Sum):
        return times(run.pool, front, [(_at(run, core, fixed), 1)])
    factors: Sequence[Factor] = ((core, tuple(range(core.rank))),)
    sizes: dict[Label, Size] = dict(enumerate(core.shape))
    if isinstance(core, Product):
        factors, sizes = core.factors, dict(enumerate(core.sizes))
    names: dict[Label, Label] = {0: "n"}
    found = {x: Along((), symbol) for x, symbol in fixed.items()}
    own = {names.get(x, x): s for x, s in sizes.items()}
    values = [
        run.at(f, [names.get(x, x) for x in labels], found, own) for f, labels in factors
    ]
    return contracted(run.pool, values, ("n",), front)
