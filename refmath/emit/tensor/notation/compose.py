"""Products, powers and transposes of notation, in the form that is read."""

from collections.abc import Iterable, Sequence
from typing import Any

from sympy import Pow, S

from refmath.emit.tensor.notation.tree import (
    Add,
    Alias,
    Bracket,
    Call,
    Dot,
    Eye,
    Fill,
    Name,
    Notation,
    Power,
    Scaled,
    Sigma,
    Slice,
    Times,
    Transpose,
)

__all__ = [
    "call", "diagonal", "diagonal_matrix", "dot", "inner", "is_row",
    "is_symmetric", "norm", "ones", "power",
    "scaled", "sliced", "split", "times", "transpose", "transposes",
]

def ones(*shape: Any) -> Notation:
    """A tensor of ones."""
    return Fill(tuple(shape), (), False)


def split(x: Notation) -> tuple[Any, Notation]:
    """A piece as a scalar times one that is not scaled."""
    return (x.coefficient, x.children[0]) if isinstance(x, Scaled) else (S.One, x)


def scaled(coefficient: Any, x: Notation) -> Notation:
    """A scalar times a piece."""
    own, core = split(x)
    whole = coefficient * own
    if whole == 0:
        return Scaled(x.shape, (ones(*x.shape),), S.Zero)
    return core if whole == 1 else Scaled(core.shape, (core,), whole)


def call(name: str, args: Sequence[Notation], shape: Sequence[Any], axes: Any = None) -> Notation:
    """A function of pieces."""
    return Call(tuple(shape), tuple(args), name, axes)


def times(factors: Iterable[Notation], shape: Sequence[Any]) -> Notation:
    """The elementwise product; factors of rank 0 multiply everything."""
    coefficient = S.One
    exponents: dict[Notation, Any] = {}
    pending = list(factors)
    while pending:
        own, core = split(pending.pop(0))
        coefficient = coefficient * own
        if isinstance(core, Times):
            pending = [*core.children, *pending]
        elif isinstance(core, Power) and core.exponent is not None:
            base = core.children[0]
            exponents[base] = exponents.get(base, S.Zero) + core.exponent
        elif not isinstance(core, Fill):
            exponents[core] = exponents.get(core, S.Zero) + 1
    found = [power(base, e) for base, e in exponents.items()]
    cores = sorted((x for x in found if not isinstance(x, Fill)), key=lambda x: x.key)
    if not any(x.rank for x in cores) and (shape or not cores):
        cores.append(ones(*shape))
    bases = {x.children[0] if isinstance(x, Power) and x.exponent is not None else x for x in cores}
    if len(bases) < len(cores) or any(isinstance(x, Times | Scaled) for x in cores):
        return scaled(coefficient, times(cores, shape))
    whole = cores[0] if len(cores) == 1 else Times(tuple(shape), tuple(cores))
    return scaled(coefficient, whole)


def power(base: Notation, exponent: Any) -> Notation:
    """An elementwise power to a scalar."""
    if exponent == 1 or isinstance(base, Fill):
        return base
    if exponent == 0:
        return ones(*base.shape)
    if isinstance(base, Bracket) and exponent.is_positive:
        return base
    if exponent.is_even:
        base = _either_sign(base)
    if isinstance(base, Scaled):
        own, core = split(base)
        if exponent.is_integer or (own.is_positive and not _has_root(own**exponent)):
            return scaled(own**exponent, power(core, exponent))
    if isinstance(base, Times) and exponent.is_integer:
        return times([power(x, exponent) for x in base.children], base.shape)
    if isinstance(base, Power) and base.exponent is not None:
        (inside,) = base.children
        if exponent.is_integer or _is_nonnegative(inside):
            return power(inside, base.exponent * exponent)
    return Power(base.shape, (base,), exponent)


def _either_sign(x: Notation) -> Notation:
    """A sum or minus a sum, as it is usually written: ``X theta - y``, ``1 - x``, ``x - y**2``."""
    if not isinstance(x, Add):
        return x
    first = min(x.children, key=lambda t: (_precedence(split(t)[1]), -t.size, split(t)[1].key))
    if not split(first)[0].could_extract_minus_sign():
        return x
    return Add(x.shape, tuple(scaled(-1, t) for t in x.children))


def _precedence(x: Notation) -> int:
    if _is_made(x):
        return 0
    return 1 if isinstance(x, Fill) else 3 if isinstance(x, Power | Times) else 2


def _is_made(x: Notation) -> bool:
    """Whether there is a matrix product, a sum over an index or a function in a piece."""
    return isinstance(x, Dot | Call | Sigma) or any(_is_made(c) for c in x.children)


def _has_root(scalar: Any) -> bool:
    """Whether a scalar contains the root of a number."""
    return any(p.base.is_Rational and not p.exp.is_integer for p in scalar.atoms(Pow))


def _is_nonnegative(x: Notation) -> bool:
    return isinstance(x, Call) and x.name in ("norm", "exp", "softmax", "sigmoid", "softplus")


def norm(x: Notation) -> Notation:
    """The Euclidean norm of all entries."""
    own, core = split(_either_sign(x))
    size = S(abs(own)) if own.is_number else own
    if own.is_number or own.is_positive:
        return scaled(size, call("norm", [core], ()))
    return call("norm", [scaled(own, core)], ())


def is_row(x: Notation) -> bool:
    """Whether a piece of rank 1 is a row."""
    if isinstance(x, Dot):
        return is_row(x.children[0]) and x.rank == 1
    return isinstance(x, Transpose) and x.rank == 1


def transpose(x: Notation) -> Notation:
    """The transpose: of a matrix, of a column into a row, of a row into a column."""
    own, core = split(x)
    if own != 1:
        return scaled(own, transpose(core))
    if isinstance(x, Transpose):
        return x.children[0]
    if isinstance(x, Dot):
        return dot([transpose(f) for f in reversed(x.children)])
    if x.rank == 0 or (x.rank == 2 and is_symmetric(x)):
        return x
    shape = tuple(reversed(x.shape))
    if isinstance(x, Fill):
        return ones(*shape) if x.rank == 2 else Transpose(shape, (x,))
    if isinstance(x, Times | Add | Power) and x.rank == 2 and _all_transposed(x):
        return type(x)(shape, tuple(_turned(c) for c in x.children), *x.fields)
    if isinstance(x, Times) and not all(c.rank for c in x.children):
        scalars = [c for c in x.children if not c.rank]
        rest = times([c for c in x.children if c.rank], x.shape)
        return times([*scalars, transpose(rest)], shape)
    return Transpose(shape, (x,))


def _turned(x: Notation) -> Notation:
    return transpose(x) if x.rank else x


def _all_transposed(x: Notation) -> bool:
    cores = [split(c)[1] for c in x.children if c.rank]
    free = (Transpose, Dot) if isinstance(x, Add) else Transpose
    turned = [isinstance(c, free) or is_symmetric(c) for c in cores]
    return all(turned) and any(isinstance(c, free) for c in cores)


def is_symmetric(x: Notation) -> bool:
    """Whether a matrix is known to equal its transpose."""
    if isinstance(x, Name | Alias):
        return bool(x.fields[1])
    if isinstance(x, Call) and x.name == "inv":
        return is_symmetric(x.children[0])
    return isinstance(x, Eye) or (isinstance(x, Call) and x.name == "diag")


def transposes(x: Notation) -> int:
    """The number of transposed factors of a product."""
    return sum(isinstance(f, Transpose) for f in (x.children if isinstance(x, Dot) else (x,)))


def diagonal_matrix(vector: Notation) -> Notation:
    """The diagonal matrix of a vector."""
    own, core = split(vector)
    size = vector.shape[0]
    if isinstance(core, Times) and not all(f.rank for f in core.children):
        scalars = [f for f in core.children if not f.rank]
        rest = times([f for f in core.children if f.rank], core.shape)
        return scaled(own, times([*scalars, diagonal_matrix(rest)], (size, size)))
    if isinstance(core, Fill):
        return scaled(own, Eye((size, size), (), False))
    return scaled(own, call("diag", [core], (size, size)))


def diagonal(matrix: Notation) -> Notation:
    """The diagonal of a matrix."""
    own, core = split(matrix)
    if isinstance(core, Call) and core.name == "diag":
        return scaled(own, core.children[0])
    if isinstance(core, Eye):
        return scaled(own, ones(matrix.shape[0]))
    return scaled(own, call("diagonal", [core], matrix.shape[:1]))


def inner(a: Notation, b: Notation) -> Notation:
    """The inner product of two columns, the way that needs fewer transposes."""
    first, second = dot([transpose(a), b]), dot([transpose(b), a])
    scores = [(transposes(split(x)[1]), _late(y), y.key) for x, y in ((first, a), (second, b))]
    return first if scores[0] <= scores[1] else second


def _late(x: Notation) -> int:
    """What stands in front of an inner product: a name rather than a product."""
    return 0 if isinstance(x, Name | Alias) else 2 if isinstance(x, Dot) else 1


def dot(factors: Iterable[Notation]) -> Notation:
    """The matrix product of matrices, columns and rows."""
    coefficient, scalars, chain = _flattened(factors)
    chain = _joined(chain)
    rows = () if is_row(chain[0]) else chain[0].shape[:1]
    columns = chain[-1].shape[-1:] if chain[-1].rank == 2 or is_row(chain[-1]) else ()
    whole = chain[0] if len(chain) == 1 else Dot((*rows, *columns), tuple(chain))
    return scaled(coefficient, times([*scalars, whole], whole.shape) if scalars else whole)


def _flattened(factors: Iterable[Notation]) -> tuple[Any, list[Notation], list[Notation]]:
    """The scalars of a product, and its matrices and vectors in a row."""
    coefficient = S.One
    scalars: list[Notation] = []
    chain: list[Notation] = []
    pending = list(factors)
    while pending:
        own, core = split(pending.pop(0))
        coefficient = coefficient * own
        if core.rank == 0:
            scalars.append(core)
        elif isinstance(core, Dot):
            pending = [*core.children, *pending]
        elif isinstance(core, Times) and not all(c.rank for c in core.children):
            scalars += [c for c in core.children if not c.rank]
            pending.insert(0, times([c for c in core.children if c.rank], core.shape))
        elif isinstance(core, Fill) and core.rank == 2:
            chain += [ones(core.shape[0]), transpose(ones(core.shape[1]))]
        else:
            chain.append(core)
    return coefficient, scalars, chain


def _joined(chain: list[Notation]) -> list[Notation]:
    """A chain without identities, and with diagonal matrices multiplied into vectors."""
    out: list[Notation] = []
    for x in chain:
        last = out[-1] if out else None
        if isinstance(x, Eye) and len(chain) > 1 and (out or x is not chain[-1]):
            continue
        if _is_diagonal(last) and _is_diagonal(x):
            assert last is not None
            both = times([last.children[0], x.children[0]], x.shape[:1])
            out[-1] = diagonal_matrix(both)
        elif last is not None and _is_diagonal(last) and x.rank == 1 and not is_row(x):
            out[-1] = times([last.children[0], x], x.shape)
        elif last is not None and is_row(last) and _is_diagonal(x):
            out[-1] = transpose(times([last.children[0], x.children[0]], x.shape[:1]))
        else:
            out.append(x)
    return out


def _is_diagonal(x: Notation | None) -> bool:
    return isinstance(x, Call) and x.name == "diag"


def sliced(x: Notation, axis: int, item: Any, count: Any) -> Notation:
    """Some entries along an axis: a whole index, or (start, count, step)."""
    items: list[Any] = [None] * x.rank
    if isinstance(x, Slice):
        own = [i for i, old in enumerate(x.items) if old is None or isinstance(old, tuple)]
        if x.items[own[axis]] is None:
            items = list(x.items)
            items[own[axis]] = item
            return Slice(_cut(x.shape, axis, count), x.children, tuple(items))
    items[axis] = item
    return Slice(_cut(x.shape, axis, count), (x,), tuple(items))


def _cut(shape: tuple[Any, ...], axis: int, count: Any) -> tuple[Any, ...]:
    middle = () if count is None else (count,)
    return (*shape[:axis], *middle, *shape[axis + 1:])
