"""What moves entries about: transposition, slices, windows, concatenation, diagonals, inverse."""

from collections.abc import Sequence
from typing import Any

from sympy import Expr, Integer, S, expand, sympify
from sympy.core.sympify import SympifyError

from refmath.errors import InvalidInput
from refmath.tensor import algebra, build
from refmath.tensor.algebra import named, one_axis, times, whole
from refmath.tensor.declare import as_tensor
from refmath.tensor.elementary import exp
from refmath.tensor.node import Tensor
from refmath.tensor.sizes import Size, as_size, shown

__all__ = [
    "concatenate", "det", "diag", "einsum", "eye", "gather", "indexed", "inverse", "logdet", "ones",
    "trace", "transpose", "windows", "zeros",
]


def transpose(a: Any, axes: Sequence[int] | None = None) -> Tensor:
    """The axes in another order, reversed if none is given."""
    x = as_tensor(a)
    order = tuple(reversed(range(x.rank)))
    if axes is not None:
        given = axes if isinstance(axes, list | tuple) else (axes,)
        order = tuple(one_axis(x, a) for a in given)
    if sorted(order) != list(range(x.rank)):
        raise InvalidInput(f"expected each axis of {shown(x.shape)} once, found {axes}")
    labels = tuple(range(x.rank))
    return build.product(1, [(x, labels)], order, dict(enumerate(x.shape)))


def einsum(subscripts: str, *operands: Any) -> Tensor:
    """Einstein's sum, as NumPy's: ``einsum("ij,jk->ik", A, B)``.

    Raises:
        InvalidInput: The subscripts do not fit the operands, or are not of this form.
    """
    if not isinstance(subscripts, str):
        raise InvalidInput(f"expected subscripts such as 'ij,jk->ik' first, found {subscripts!r}")
    left, arrow, out = subscripts.replace(" ", "").partition("->")
    inputs = left.split(",")
    nodes = [as_tensor(x) for x in operands]
    plain = arrow and all(p.isalpha() or not p for p in (*inputs, out))
    if not plain or len(inputs) != len(nodes) or len(set(out)) != len(out):
        raise InvalidInput(
            f"expected subscripts such as 'ij,jk->ik', one group an operand, found {subscripts!r} "
            f"for {len(nodes)} operands"
        )
    sizes: dict[Any, Size] = {}
    for letters, node in zip(inputs, nodes, strict=True):
        if len(letters) != node.rank:
            raise InvalidInput(f"{letters!r} does not fit the shape {shown(node.shape)}")
        for letter, size in zip(letters, node.shape, strict=True):
            if sizes.setdefault(letter, size) != size:
                raise InvalidInput(f"index {letter} has the sizes {sizes[letter]} and {size}")
    for letter in out:
        if letter not in sizes:
            raise InvalidInput(f"index {letter} of the result is on no operand")
    factors = [(n, tuple(s)) for s, n in zip(inputs, nodes, strict=True)]
    return build.product(1, factors, tuple(out), sizes)


def eye(n: Any) -> Tensor:
    """The identity matrix of size n."""
    return build.delta(as_size(n))


def ones(*shape: Any) -> Tensor:
    """A tensor of ones."""
    return build.constant(1, [as_size(s) for s in shape])


def zeros(*shape: Any) -> Tensor:
    """A tensor of zeros."""
    return build.constant(0, [as_size(s) for s in shape])


def diag(x: Any) -> Tensor:
    """The diagonal matrix of a vector, or the diagonal of a square matrix."""
    node = as_tensor(x)
    if node.rank == 1:
        size = node.shape[0]
        factors = [(node, (0,)), (build.delta(size), (0, 1))]
        return build.product(1, factors, (0, 1), {0: size, 1: size})
    if node.rank == 2 and node.shape[0] == node.shape[1]:
        return build.product(1, [(node, (0, 0))], (0,), {0: node.shape[0]})
    raise InvalidInput(
        f"diag takes a vector or a square matrix, found shape {shown(node.shape)}"
    )


def trace(x: Any) -> Tensor:
    """The sum of the diagonal of a square matrix."""
    node = as_tensor(x)
    if node.rank != 2:
        raise InvalidInput(f"trace takes a square matrix, found shape {shown(node.shape)}")
    return algebra.sum(diag(node))


def inverse(x: Any) -> Tensor:
    """The inverse of a square matrix."""
    return build.inverse(as_tensor(x))


def logdet(x: Any) -> Tensor:
    """The logarithm of the absolute value of the determinant of a square matrix."""
    return build.log_det(as_tensor(x))


def det(x: Any) -> Tensor:
    """The determinant of a matrix that is known to have a positive one."""
    return exp(logdet(x))


def gather(x: Any, labels: Any) -> Tensor:
    """The entry of each row at its label: x of shape (..., k), labels of shape (...) in k.

    Raises:
        InvalidInput: The shapes do not fit.
    """
    node, chosen = as_tensor(x), build.one_hot(as_tensor(labels))
    if node.shape != chosen.shape:
        raise InvalidInput(
            f"gather: {named(node)} of shape {shown(node.shape)} does not fit labels that choose "
            f"among shape {shown(chosen.shape)}"
        )
    return algebra.sum(times(node, chosen), -1)


def indexed(a: Any, index: Any) -> Tensor:
    """Whole indices, slices, None (a new axis) and ``...``, as in NumPy.

    Raises:
        InvalidInput: Too many indices, or one out of a known range.
    """
    x = as_tensor(a)
    items = list(index) if isinstance(index, tuple) else [index]
    dots = [place for place, item in enumerate(items) if item is Ellipsis]
    if len(dots) > 1:
        raise InvalidInput("an index may contain ... once")
    used = len([i for i in items if i is not None and i is not Ellipsis])
    if used > x.rank:
        raise InvalidInput(f"{used} indices for the shape {shown(x.shape)}")
    fill = [slice(None)] * (x.rank - used)
    if dots:
        items[dots[0]:dots[0] + 1] = fill
    else:
        items += fill
    factors: list[Any] = []
    sizes: dict[Any, Size] = {("in", a): s for a, s in enumerate(x.shape)}
    labels: list[Any] = [("in", a) for a in range(x.rank)]
    out: list[Any] = []
    axis = 0
    for number, item in enumerate(items):
        if item is None:
            out.append(("new", number))
            sizes["new", number] = Integer(1)
            continue
        _index_axis(item, axis, x.shape[axis], factors, sizes, labels, out)
        axis += 1
    return build.product(1, [(x, tuple(labels)), *factors], out, sizes)


def _index_axis(
    item: Any, axis: int, size: Size, factors: list[Any], sizes: dict[Any, Size],
    labels: list[Any], out: list[Any],
) -> None:
    label: Any = ("in", axis)
    if isinstance(item, slice):
        if item.start is None and item.stop is None and item.step is None:
            out.append(label)
            return
        start, count, stride = _slice(item, size)
        new: Any = ("out", axis)
        sizes[new] = count
        node = build.affine((1, -stride), start, (size, count))
        factors.append((node, (label, new)))
        out.append(new)
        return
    place = _whole(item)
    if place < 0:
        place = size + place
    if isinstance(size, Integer) and not 0 <= place < size:
        raise InvalidInput(f"index {item} is out of range for an axis of size {size}")
    factors.append((build.affine((1,), place, (size,)), (label,)))


def _whole(item: Any) -> Any:
    try:
        found = None if isinstance(item, bool | float | str) else sympify(item, strict=True)
    except (SympifyError, TypeError, ValueError):
        found = None
    if not isinstance(found, Integer):
        raise InvalidInput(
            f"expected a whole number, a slice, None or ... as index, found {item!r}"
        )
    return found


def _slice(item: slice, size: Size) -> tuple[Any, Size, int]:
    """First index, count and stride of a slice with a positive step."""
    stride = int(_whole(1 if item.step is None else item.step))
    if stride < 1:
        raise InvalidInput(f"a slice's step must be positive, found {stride}")
    start = _end(item.start, size, S.Zero)
    stop = _end(item.stop, size, size)
    length = stop - start
    number, _ = expand(length).as_coeff_Add()
    count = expand((length + -number % stride) / stride)  # rounded up
    if not count.is_integer:
        raise InvalidInput(
            f"a slice of {length} entries with step {stride} has no size in closed form; let the "
            f"size be a multiple of {stride}"
        )
    if count.is_Integer and count < 0:
        count = S.Zero
    return start, as_size(count), stride


def _end(value: Any, size: Size, default: Any) -> Any:
    if value is None:
        return default
    if isinstance(value, Expr) and not isinstance(value, Integer):
        return as_size(value)
    place = _whole(value)
    if place < 0:
        place = size + place
    if isinstance(size, Integer):  # as NumPy cuts a slice off at the ends
        return min(max(place, S.Zero), size)
    return place


def concatenate(parts: Sequence[Any], axis: int = 0) -> Tensor:
    """Tensors one after the other along an axis.

    Raises:
        InvalidInput: Other sizes differ, or there is no such axis.
    """
    if not isinstance(parts, list | tuple):
        raise InvalidInput(f"concatenate takes a list of tensors, found {parts!r}")
    nodes = [as_tensor(x) for x in parts]
    if not nodes or nodes[0].rank == 0:
        raise InvalidInput("concatenate takes at least one tensor that has axes")
    place = one_axis(nodes[0], axis)
    first = nodes[0].shape
    for x in nodes:
        rest = x.shape[:place] + x.shape[place + 1:]
        if x.rank != len(first) or rest != first[:place] + first[place + 1:]:
            raise InvalidInput(
                f"concatenate along axis {axis}: {named(nodes[0])} of shape {shown(first)} and "
                f"{named(x)} of shape {shown(x.shape)} do not fit"
            )
    total = as_size(_total(x.shape[place] for x in nodes))
    shape = (*first[:place], total, *first[place + 1:])
    out: list[Any] = list(range(len(shape)))
    terms, offset = [], S.Zero
    for x in nodes:
        labels: list[Any] = list(out)
        labels[place] = "in"
        shift = build.affine((1, -1), offset, (total, x.shape[place]))
        sizes: dict[Any, Size] = {**dict(enumerate(shape)), "in": x.shape[place]}
        terms.append(build.product(1, [(x, tuple(labels)), (shift, (place, "in"))], out, sizes))
        offset = offset + x.shape[place]
    return build.add(terms, shape)


def _total(values: Any) -> Any:
    total = S.Zero
    for v in values:
        total = total + v
    return total


def windows(
    x: Any, axis: int, size: Any, *, stride: int = 1, padding: int = 0, dilation: int = 1
) -> Tensor:
    """All windows along an axis: (..., m, ...) becomes (..., count, ..., size), 0 outside.

    Entry [..., i, ..., a] is entry i*stride + a*dilation - padding of that axis; the window's own
    axis is the last.

    Args:
        x: A tensor.
        axis: The axis.
        size: The number of entries of a window.
        stride: The distance between the starts of windows.
        padding: The number of zeros thought before and after the axis.
        dilation: The distance between the entries of a window.

    Raises:
        InvalidInput: The number of windows has no closed form or is not positive, or a stride,
            padding or dilation is too small.
    """
    node = as_tensor(x)
    place = one_axis(node, axis)
    step, around = whole(stride, "stride", 1), whole(padding, "padding", 0)
    apart = whole(dilation, "dilation", 1)
    length, width = node.shape[place], as_size(size)
    count = _number_of_windows(length, width, step, length + 2 * around - apart * (width - 1) - 1)
    out: list[Any] = [*range(node.rank), "window"]
    labels: list[Any] = list(range(node.rank))
    labels[place] = "in"
    chosen = build.affine((1, -step, -apart), -around, (length, count, width))
    sizes: dict[Any, Size] = {
        **dict(enumerate(node.shape)), place: count, "in": length, "window": width
    }
    factors = [(node, tuple(labels)), (chosen, ("in", place, "window"))]
    return build.product(1, factors, out, sizes)


def _number_of_windows(length: Size, width: Size, stride: int, room: Any) -> Size:
    """How many windows there are, if the last may start by so much after the first."""
    fits = width != 0 and not (room.is_Integer and room < 0)
    if fits and room.is_Integer:
        return Integer(int(room) // stride + 1)
    count = room / stride + 1
    if not fits or not count.is_integer:
        raise InvalidInput(
            f"windows of {width} with stride {stride} do not tile an axis of size {length}"
        )
    return as_size(count)
