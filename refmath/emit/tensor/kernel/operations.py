"""Operations as NumPy expressions."""

from collections.abc import Callable, Sequence
from string import ascii_lowercase
from typing import Any

from sympy import Symbol

from refmath.emit.tensor.kernel.helpers import RENAMED, UFUNCS
from refmath.emit.tensor.kernel.ops import Op
from refmath.emit.tensor.kernel.text import (
    ATOM,
    POWER,
    PRODUCT,
    SUM,
    Piece,
    ScalarText,
    aligned,
    scaled,
    transposed,
    wrapped,
)

__all__ = ["OperationText"]


class OperationText:
    """Prints single operations.

    Args:
        scalars: Prints scalar expressions.
        array: The text of an array that gives its dtype to others.
        ref: The text of an operation that is an argument.
        uses: Called with the name of each function beyond NumPy's that a text needs.
        lone: Whether an argument is computed for nothing else.
    """

    def __init__(
        self, scalars: ScalarText, dtype: str, ref: Callable[[Op], Piece],
        uses: Callable[[str], None], lone: Callable[[Op], bool],
    ) -> None:
        self.scalars, self.dtype = scalars, dtype
        self.ref, self.uses, self.lone = ref, uses, lone
        scalars.uses = uses

    def piece(self, op: Op) -> Piece:
        """The text of an operation."""
        found: Piece = getattr(self, f"_{op.kind}")(op)
        return found

    def line(self, op: Op, argument: int) -> Piece:
        """An argument of an elementwise operation, brought into line with the result."""
        return aligned(self.ref(op.args[argument]), op.fields[-1][argument], op.rank)

    def shape(self, sizes: Sequence[Any]) -> str:
        """A shape as NumPy takes it."""
        shown = [self.scalars(s) for s in sizes]
        return shown[0] if len(shown) == 1 else f"({', '.join(shown)})"

    def _scalar(self, op: Op) -> Piece:
        return self.scalars.piece(op.fields[0])

    def _linear(self, op: Op) -> Piece:
        text = ""
        for number in range(len(op.args)):
            minus, shown = self.term(op, number)
            if number:
                text += " - " if minus else " + "
            elif minus:  # a minus in front of a matrix product would negate the matrix
                text += f"-{wrapped(shown, POWER if ' @ ' in shown[0] else PRODUCT)}"
                continue
            text += wrapped(shown, PRODUCT)
        return text, SUM

    def term(self, op: Op, number: int) -> tuple[bool, Piece]:
        """Whether a term of a sum is subtracted, and what is added or subtracted."""
        coefficient = op.fields[0][number]
        if op.args[number].kind == "scalar":
            coefficient = coefficient * op.args[number].fields[0]
            minus = bool(coefficient.could_extract_minus_sign())
            return minus, self.scalars.piece(-coefficient if minus else coefficient)
        minus = bool(coefficient.could_extract_minus_sign())
        plain = -coefficient if minus else coefficient
        return minus, scaled(self.scalars, plain, self.line(op, number))

    def _times(self, op: Op) -> Piece:
        coefficient, exponents, _ = op.fields
        minus = bool(coefficient.could_extract_minus_sign())
        coefficient = -coefficient if minus else coefficient
        above = [self.line(op, i) for i, e in enumerate(exponents) if e == 1]
        below = [self.line(op, i) for i, e in enumerate(exponents) if e == -1]
        front, divisor = coefficient.as_numer_denom()
        if front != 1 or not above:
            above.insert(0, self.scalars.piece(front))
        if divisor != 1:
            below.append(self.scalars.piece(divisor))
        several = len(above) > 1
        text = "*".join(
            wrapped(t, POWER if i or (several and " @ " in t[0]) else PRODUCT)
            for i, t in enumerate(above)
        )
        text += "".join("/" + wrapped(t, POWER) for t in below)
        if minus:
            return f"-({text})" if " @ " in text else f"-{text}", SUM
        return text, PRODUCT

    def _square(self, op: Op) -> Piece:
        return f"{wrapped(self.ref(op.args[0]), ATOM)}**2", POWER

    def _call(self, op: Op) -> Piece:
        name = op.fields[0]
        args = [self.line(op, i) for i in range(len(op.args))]
        shown = [a[0] for a in args]
        if name in UFUNCS:
            return f"{UFUNCS[name]}({', '.join(shown)})", ATOM
        if name in ("relu", "step"):
            function = "np.maximum" if name == "relu" else "np.heaviside"
            return f"{function}({shown[0]}, 0)", ATOM
        if name == "pow":
            return f"{wrapped(args[0], ATOM)}**{wrapped(args[1], ATOM)}", POWER
        if name == "equal":
            return f"{wrapped(args[0], SUM)} == {wrapped(args[1], SUM)}", 0
        if name == "only_where":
            if op.args[1].kind == "scalar":
                return f"{shown[1]}*({shown[0]}).astype({self.dtype})", PRODUCT
            return f"np.where({shown[0]}, {shown[1]}, 0)", ATOM
        if name == "choose":
            return f"np.where({wrapped(args[0], SUM)} > 0, {shown[1]}, {shown[2]})", ATOM
        if name == "one_or_nan":
            return f"np.where(np.isnan({shown[0]}), {shown[0]}, 1)", ATOM
        if name == "where":
            self.uses("where")
            if all(a.kind == "scalar" for a in op.args[1:]):
                shown[1] = f"np.full_like({shown[0]}, {shown[1]})"
            return f"where({', '.join(shown)})", ATOM
        own = RENAMED.get(name, name)
        self.uses(own)
        return f"{own}({', '.join(shown)})", ATOM

    def _sum(self, op: Op) -> Piece:
        return self._over("np.sum", op)

    def _max(self, op: Op) -> Piece:
        return self._over("np.max", op)

    def _over(self, function: str, op: Op) -> Piece:
        (axes,) = op.fields
        text = self.ref(op.args[0])[0]
        if len(axes) == op.args[0].rank:
            return f"{function}({text})", ATOM
        return f"{function}({text}, axis={axes[0] if len(axes) == 1 else axes})", ATOM

    def _argmax(self, op: Op) -> Piece:
        (axes,) = op.fields
        piece = self.ref(op.args[0])
        if len(axes) == 1:
            return f"np.argmax({piece[0]}, axis={axes[0]})", ATOM
        kept = [a for a in range(op.args[0].rank) if a not in axes]
        sizes = op.args[0].sizes
        turned = wrapped(transposed(piece, [*kept, *axes]), ATOM)
        flat = f"{turned}.reshape({', '.join([*(self.scalars(sizes[a]) for a in kept), '-1'])})"
        return f"np.argmax({flat}, axis=-1)", ATOM

    def _unravel(self, op: Op) -> Piece:
        inner, which = op.fields
        return f"np.unravel_index({self.ref(op.args[0])[0]}, {self.shape(inner)})[{which}]", ATOM

    def _index(self, op: Op) -> Piece:
        items = []
        for item, size in zip(op.fields[0], op.args[0].sizes, strict=True):
            if item[0] == "all":
                items.append(":")
            elif item[0] == "at":
                items.append(self.scalars(item[1]))
            else:
                items.append(self.part(item[1], item[2], item[3], size))
        while items[-1] == ":":
            items.pop()
        return f"{wrapped(self.ref(op.args[0]), ATOM)}[{', '.join(items)}]", ATOM

    def part(self, start: Any, count: Any, step: int, size: Any) -> str:
        """A slice of so many entries of an axis of some size."""
        first = "" if start == 0 else self.scalars(start)
        stop = start + step * (count - 1) + 1
        room = (size - stop).expand()
        if room.is_number and 0 <= room < step:
            last = ""
        elif room.is_Integer and room > 0 and size.free_symbols and step == 1:
            last = str(-room)
        else:
            last = self.scalars(stop.expand())
        return f"{first}:{last}" + (f":{step}" if step != 1 else "")

    def _windows(self, op: Op) -> Piece:
        axis, offset, stride, count, dilation, width = op.fields
        self.uses("sliding_window_view")
        (given,) = op.args
        base = self.ref(given)
        rest = given.sizes[axis] - offset
        if offset != 0:
            cut = [":"] * axis + [f"{self.scalars(offset)}:"]
            base = f"{wrapped(base, ATOM)}[{', '.join(cut)}]", ATOM
        span = dilation * (width - 1) + 1
        text = f"sliding_window_view({base[0]}, {self.scalars(span)}, axis={axis})"
        positions = (rest - span + 1).expand()
        chosen = self.part(0 * count, count, stride, positions)
        items = [":"] * given.rank + [f"::{dilation}" if dilation != 1 else ":"]
        items[axis] = chosen
        while items and items[-1] == ":":
            items.pop()
        return (f"{text}[{', '.join(items)}]" if items else text), ATOM

    def _pad(self, op: Op) -> Piece:
        axis, before, after = op.fields
        widths = ["(0, 0)"] * op.rank
        widths[axis] = f"({self.scalars(before)}, {self.scalars(after)})"
        pairs = ", ".join(widths) + ("," if len(widths) == 1 else "")
        return f"np.pad({self.ref(op.args[0])[0]}, ({pairs}))", ATOM

    def _diagonal(self, op: Op) -> Piece:
        (places,) = op.fields
        letters = "".join(ascii_lowercase[8 + p] for p in places)
        out = "".join(ascii_lowercase[8 + p] for p in range(op.rank))
        return f'np.einsum("{letters}->{out}", {self.ref(op.args[0])[0]})', ATOM

    def _count(self, op: Op) -> Piece:
        return f"np.arange({self.scalars(op.sizes[0])})", ATOM

    def _pick(self, op: Op) -> Piece:
        items, together = op.fields
        return f"{wrapped(self.ref(op.args[0]), ATOM)}[{self.picks(op, items, together)}]", ATOM

    def picks(self, op: Op, items: Sequence[Any], together: Sequence[Any]) -> str:
        """Advanced indices that choose entries together."""
        shown = []
        for item in items:
            if item[0] == "all":
                shown.append(":")
            elif item[0] == "pick":
                shown.append(aligned(self.ref(op.args[item[1]]), item[2], len(together))[0])
            else:
                count = f"np.arange({self.scalars(together[item[1]])})", ATOM
                shown.append(aligned(count, (item[1],), len(together))[0])
        while shown[-1] == ":":
            shown.pop()
        return ", ".join(shown)

    def _full(self, op: Op) -> Piece:
        value = self.ref(op.args[0])[0]
        if op.args[0].kind == "scalar":
            if value == "0":
                return f"np.zeros({self.shape(op.sizes)}, {self.dtype})", ATOM
            return f"np.full({self.shape(op.sizes)}, {value}, {self.dtype})", ATOM
        return f"np.full({self.shape(op.sizes)}, {value})", ATOM

    def _wide(self, op: Op) -> Piece:
        line = aligned(self.ref(op.args[0]), op.fields[0], op.rank)[0]
        return f"np.broadcast_to({line}, {self.shape(op.sizes)}).copy()", ATOM

    def _norm(self, op: Op) -> Piece:
        (axes,) = op.fields
        self.uses("norm")
        text = self.ref(op.args[0])[0]
        if len(axes) < op.args[0].rank:
            text += f", axis={axes[0] if len(axes) == 1 else axes}"
        return f"norm({text})", ATOM

    def _inverse(self, op: Op) -> Piece:
        self.uses("inverse")
        return f"inverse({self.ref(op.args[0])[0]})", ATOM

    def _logdet(self, op: Op) -> Piece:
        self.uses("logdet")
        return f"logdet({self.ref(op.args[0])[0]})", ATOM

    def _dot(self, op: Op) -> Piece:
        one, two = op.args
        left, right, out = op.fields
        gone = [x for x in left if x in right and x not in out]
        batch = [x for x in left if x in right and x in out]
        solved = self._solved(op, gone, batch)
        if solved is not None:
            return solved
        if batch:
            return self._batched(op, gone, batch)
        a, b = self.ref(one), self.ref(two)
        if len(gone) == 1 and one.rank <= 2 and two.rank <= 2:
            first = transposed(a, (1, 0)) if one.rank == 2 and left[0] == gone[0] else a
            second = transposed(b, (1, 0)) if two.rank == 2 and right[1] == gone[0] else b
            return f"{wrapped(first, PRODUCT)} @ {wrapped(second, POWER)}", PRODUCT
        if not out:
            turned = transposed(b, [right.index(x) for x in left])
            return f"np.vdot({a[0]}, {turned[0]})", ATOM
        axes = [[part.index(x) for x in gone] for part in (left, right)]
        return f"np.tensordot({a[0]}, {b[0]}, axes=({axes[0]}, {axes[1]}))", ATOM

    def _solved(self, op: Op, gone: Sequence[int], batch: Sequence[int]) -> Piece | None:
        """The inverse of a matrix times something as the solution of equations."""
        one, two = op.args
        left, right, _ = op.fields
        if one.kind != "inverse" or not self.lone(one) or batch or len(gone) != 1:
            return None
        if two.rank > 2:
            return None
        self.uses("solve")
        matrix = self.ref(one.args[0])
        matrix = transposed(matrix, (1, 0)) if left[0] == gone[0] else matrix
        given = self.ref(two)
        given = transposed(given, (1, 0)) if two.rank == 2 and right[1] == gone[0] else given
        return f"solve({matrix[0]}, {given[0]})", ATOM

    def _batched(self, op: Op, gone: Sequence[int], batch: Sequence[int]) -> Piece:
        left, right, out = op.fields
        a, b = (self.ref(x) for x in op.args)
        free = [x for x in left if x not in gone and x not in batch]
        other = [x for x in right if x not in gone and x not in batch]
        if len(gone) == len(free) == len(other) == 1:
            first = transposed(a, [left.index(x) for x in (*batch, *free, *gone)])
            second = transposed(b, [right.index(x) for x in (*batch, *gone, *other)])
            return f"{wrapped(first, PRODUCT)} @ {wrapped(second, POWER)}", PRODUCT
        letters = letters_of(op)
        one, two, three = ("".join(letters[x] for x in part) for part in (left, right, out))
        return f'np.einsum("{one},{two}->{three}", {a[0]}, {b[0]})', ATOM


def letters_of(op: Op) -> dict[int, str]:
    """A letter for every label of a product, that of its size where it can be."""
    found: dict[int, str] = {}
    for part, arg in zip(op.fields, op.args, strict=False):
        for x, size in zip(part, arg.sizes, strict=True):
            if x in found:
                continue
            own = str(size)[0] if isinstance(size, Symbol) else ""
            free = [c for c in (own, *"ijklmnpqrs", *ascii_lowercase) if c not in found.values()]
            found[x] = next(c for c in free if c.isascii() and c.isalpha())
    return found
