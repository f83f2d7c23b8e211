"""Operations that take several statements: terms at some entries, windows, blocks."""

from collections.abc import Sequence
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from sympy import Symbol

from refmath.emit.tensor.kernel.blocks import FIRST, SECOND
from refmath.emit.tensor.kernel.ops import Op
from refmath.emit.tensor.kernel.text import ATOM, Piece, aligned, scaled, wrapped

if TYPE_CHECKING:
    from refmath.emit.tensor.kernel.source import Body

__all__ = ["write_grams", "write_place", "write_spread"]


def write_place(body: "Body", op: Op, mark: str) -> None:
    """A base to which terms are added where they stand."""
    base = op.args[0]
    if body.is_lone(base) and base.kind in ("dot", "linear", "times"):
        body.write(base, mark)
    for arg in op.args:
        body.need(arg)
    body.readers_first(base, op)
    if body.reusable(base, op):
        mark = body.ref(base)[0]
    elif base.kind in ("arg", "index", "windows", "diagonal") or body.has_name(base):
        body.line(f"{mark} = {wrapped(body.ref(base), ATOM)}.copy()")
    else:
        body.line(f"{mark} = {body.ref(base)[0]}")
    for number, (sign, *piece) in enumerate(op.fields[0]):
        zeros = base.kind == "full" and base.args[0].fields == (0,) and not body.has_name(base)
        alone = number == 0 and sign == "+" and zeros
        text = _added(body, op, mark, sign, piece, op.sizes, {})
        body.line(text.replace(" += ", " = ", 1) if alone else text)
    body.name(op, (mark, ATOM))


def write_spread(body: "Body", op: Op, mark: str) -> None:
    """Zeros to which windows are added in loops over their entries."""
    loops, room, piece = op.fields
    for arg in op.args:
        body.need(arg)
    wide = [size + before + after for size, (before, after) in zip(op.sizes, room, strict=True)]
    body.line(f"{mark} = np.zeros({body.text.shape(wide)}, {body.text.dtype})")
    fixed: dict[int, Any] = {}
    for number in range(loops):
        name = body.names.temporary(ascii_lowercase[number])
        symbol = Symbol(f"loop{number}", integer=True)
        body.text.scalars.names = {**body.text.scalars.names, symbol: name}
        fixed[number] = symbol
        body.block(f"for {name} in range({body.text.scalars(piece[3][number])}):")
    body.line(_added(body, op, mark, "+", piece, wide, fixed))
    for _ in range(loops):
        body.end()
    shown = mark
    if any(pair != (0, 0) for pair in room):
        parts = []
        for size, (before, after) in zip(op.sizes, room, strict=True):
            start = "" if before == 0 else body.text.scalars(before)
            stop = "" if after == 0 else body.text.scalars((before + size).expand())
            parts.append(f"{start}:{stop}")
        shown = f"{mark}[{', '.join(parts)}]"
    body.name(op, (shown, ATOM))
    body.pin(op)


def _added(
    body: "Body", op: Op, mark: str, sign: str, piece: Sequence[Any], shape: Sequence[Any],
    fixed: dict[int, Any],
) -> str:
    """The statement that adds a term to an array at its place."""
    own, labels, ways, sizes = piece
    value = _fixed(body, op.args[own], labels, fixed)
    left = [x for x in labels if x not in fixed]
    if any(w[0] == "pick" for w in ways):
        return _chosen(body, op, mark, sign, (value, left, ways, sizes), shape)
    items, axes = [], []
    for way, size in zip(ways, shape, strict=True):
        item, label = _along(body, way, sizes, size, fixed)
        items.append(item)
        axes += [] if label is None else [label]
    target = mark if set(items) == {":"} else f"{mark}[{', '.join(items)}]"
    order = list(dict.fromkeys(axes))
    if len(order) < len(axes):
        letters = "".join(ascii_lowercase[8 + order.index(x)] for x in axes)
        out = "".join(ascii_lowercase[8 + i] for i in range(len(order)))
        target = f'np.einsum("{letters}->{out}", {target})[...]'
    elif target == mark:
        target = f"{mark}[...]"
    shown = aligned(value, [order.index(x) for x in left], len(order))[0]
    return f"{target} {sign}= {shown}"


def _fixed(body: "Body", arg: Op, labels: Sequence[int], fixed: dict[int, Any]) -> Piece:
    """An array at the indices of the loops around it."""
    piece = body.ref(arg)
    if not any(x in fixed for x in labels):
        return piece
    items = [body.text.scalars(fixed[x]) if x in fixed else ":" for x in labels]
    while items[-1] == ":":
        items.pop()
    return f"{wrapped(piece, ATOM)}[{', '.join(items)}]", ATOM


def _along(
    body: "Body", way: Any, sizes: Sequence[Any], size: Any, fixed: dict[int, Any]
) -> tuple[str, int | None]:
    """The index of an axis that is written, and the label that goes along it."""
    _, steps, offset = way
    free = [(x, c) for x, c in steps if x not in fixed]
    start = offset + sum(c * fixed[x] for x, c in steps if x in fixed)
    if not free:
        return body.text.scalars(start), None
    ((label, step),) = free
    if start == 0 and step == 1 and sizes[label] == size:
        return ":", label
    return body.text.part(start, sizes[label], step, size), label


def _chosen(
    body: "Body", op: Op, mark: str, sign: str, given: Any, shape: Sequence[Any]
) -> str:
    """A term at entries that arrays choose; where these repeat, it is added as often."""
    value, labels, ways, sizes = given
    along = [x for w in ways if w[0] == "along" for x, _ in w[1]]
    together = list(dict.fromkeys([
        *(x for w in ways if w[0] == "pick" for x in w[2]),
        *(x for x in along if along.count(x) > 1),
    ]))
    items: list[str] = []
    order: list[int] = []
    places: list[int] = []
    for way, size in zip(ways, shape, strict=True):
        if way[0] == "pick" or (way[1] and way[1][0][0] in together):
            places.append(len(items))
            items.append(_array_index(body, op, way, together, sizes))
            continue
        item, label = _along(body, way, sizes, size, {})
        places += [len(items)] if label is None else []
        items.append(item)
        order += [] if label is None else [label]
    first = 0  # NumPy puts the axes of indices that stand apart in front
    if places == list(range(places[0], places[-1] + 1)):
        first = places[0]
    order[first:first] = together
    shown = aligned(value, [order.index(x) for x in labels], len(order))[0]
    index = ", ".join(items)
    if set(together) <= set(along):
        return f"{mark}[{index}] {sign}= {shown}"
    function = "np.add" if sign == "+" else "np.subtract"
    parts = [x if i in places else _slice(x) for i, x in enumerate(items)]
    inside = index if len(items) == 1 else f"({', '.join(parts)})"
    return f"{function}.at({mark}, {inside}, {shown})"


def _array_index(
    body: "Body", op: Op, way: Any, together: Sequence[int], sizes: Sequence[Any]
) -> str:
    """The index of one axis as an array, in line with those of the others."""
    if way[0] == "pick":
        places = [together.index(x) for x in way[2]]
        return aligned(body.ref(op.args[way[1]]), places, len(together))[0]
    ((label, step),) = way[1]
    count = f"np.arange({body.text.scalars(sizes[label])})", ATOM
    shown = aligned(count, [together.index(label)], len(together))[0]
    shown = f"{step}*{shown}" if step != 1 else shown
    return f"{body.text.scalars(way[2])} + {shown}" if way[2] != 0 else shown


def _slice(item: str) -> str:
    """A slice outside of brackets."""
    if item == ":":
        return "slice(None)"
    return f"slice({', '.join(part or 'None' for part in item.split(':'))})"


def write_grams(body: "Body", op: Op, mark: str) -> None:
    """Blocks B' B in loops over pairs of labels, each block at both of its places."""
    signs, symmetric = op.fields
    inner = [x for arg in op.args for x in body.inside(arg, (FIRST, SECOND))]
    for arg in dict.fromkeys(a for x in inner for a in x.args if a not in inner):
        body.need(arg)
        body.pin(arg)
    k = op.sizes[0]
    size = body.text.scalars
    body.line(f"{mark} = np.zeros({body.text.shape(op.sizes)}, {body.text.dtype})")
    first, second = body.names.temporary("a"), body.names.temporary("b")
    body.text.scalars.names = {**body.text.scalars.names, FIRST: first, SECOND: second}
    room = body.names.temporary("B")
    matrix = body.ref(_matrix(op.args[0]))[0]
    body.line(f"{room} = np.empty_like({matrix})")
    body.block(f"for {first} in range({size(k)}):")
    if len(op.args) > 1:
        _once_in_a_row(body, op.args[1])
        body.block(f"for {second} in range({first if symmetric else size(k)}):")
        target = f"{mark}[{first}, {second}]"
        target = f"{target} = {mark}[{second}, {first}]" if symmetric else target
        _gram(body, op.args[1], signs[1], target, room)
        body.end()
    _gram(body, op.args[0], signs[0], f"{mark}[{first}, {first}]", room)
    body.end()
    body.name(op, (mark, ATOM))


def _once_in_a_row(body: "Body", product: Op) -> None:
    """Write what does not depend on the inner loop before it opens."""
    second = body.inside(product, (SECOND,))
    first = body.inside(product, (FIRST,))
    for inner in second:
        for arg in inner.args:
            if arg in first and arg not in second and arg.kind != "index":
                body.write(arg)
                body.pin(arg)


def _matrix(product: Op) -> Op:
    """X in the product of sqrt(w)*X with itself, or of X with w*X."""
    return product.args[1].args[1]


def _gram(body: "Body", product: Op, sign: int, target: str, room: str) -> None:
    half = product.args[1]
    for arg in half.args:
        body.need(arg)
    bare, (matrix, _) = (body.text.line(half, i) for i in range(2))
    weight, _ = scaled(body.text.scalars, half.fields[0], bare)
    body.line(f"np.multiply({weight}, {matrix}, out={room})")
    body.name(half, (room, ATOM))
    body.consume(half)
    body.need(product)
    piece = body.ref(product)
    shown = piece[0] if sign > 0 else f"-({piece[0]})"
    body.line(f"{target} = {shown}")
