"""Values of formulas that are read: arrays whose sizes may still be open, and what is done to them.

Ones and the identity have the size that their surroundings tell. Vectors are columns, or rows after
a transpose.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb
from notation_balls import Balls, UndecidedError, log_determinant, matrix_inverse

Shape = tuple[int | None, ...]
BALLS = Balls()


@dataclass(frozen=True)
class Value:
    """An array whose size may be open.

    Attributes:
        shape: The sizes, None where they are open.
        make: From sizes to an object array.
        row: Whether a vector is a row.
        classes: For labels the number of classes.
    """

    shape: Shape
    make: Callable[[tuple[int, ...]], Any]
    row: bool = False
    classes: int | None = None

    def array(self, shape: Shape | None = None) -> Any:
        """The entries."""
        sizes = tuple(b if a is None else a for a, b in zip(
            self.shape, shape or self.shape, strict=True
        ))
        assert None not in sizes, "a size that nothing tells"
        return self.make(sizes)  # type: ignore[arg-type]

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)


def constant(entries: Any, classes: int | None = None) -> Value:
    """A given array."""
    array = np.array(entries, dtype=object)
    return Value(array.shape, lambda _: array, classes=classes)


def filled(size: int | None) -> Value:
    """A vector of ones."""
    return Value((size,), lambda s: np.full(s, arb(1), dtype=object))


def identity(size: int | None) -> Value:
    """The identity matrix."""

    def make(sizes: tuple[int, ...]) -> Any:
        assert sizes[0] == sizes[1]
        return np.array(
            [[arb(int(i == j)) for j in range(sizes[0])] for i in range(sizes[0])], dtype=object
        ).reshape(sizes)

    return Value((size, size), make)


def together(function: Callable[..., Any], values: Sequence[Value]) -> Value:
    """A function of entries of tensors of one shape, and of scalars."""
    shape: Shape = ()
    for v in values:
        if not v.rank:
            continue
        assert not shape or len(shape) == v.rank, "shapes do not fit"
        shape = v.shape if not shape else tuple(
            b if a is None else a for a, b in zip(shape, v.shape, strict=True)
        )
    for v in values:
        for a, b in zip(shape, v.shape, strict=True) if v.rank else ():
            assert b is None or a == b, f"shapes do not fit: {shape}, {v.shape}"
    assert len({v.row for v in values if v.rank == 1}) < 2, "a row meets a column"

    def make(sizes: tuple[int, ...]) -> Any:
        arrays = [v.array(sizes) if v.rank else v.array() for v in values]
        out = np.empty(sizes, dtype=object)
        for index in np.ndindex(*sizes):
            out[index] = function(*(a[index] if a.ndim else a[()] for a in arrays))
        return out

    return Value(shape, make, row=any(v.row for v in values))


def matmul(x: Value, y: Value) -> Value:
    """The matrix product; rows and columns are matrices with one row or column."""
    if not x.rank or not y.rank:
        return together(lambda a, b: a * b, [x, y])
    left: Shape = x.shape if x.rank == 2 else (1, *x.shape) if x.row else (*x.shape, 1)
    right: Shape = y.shape if y.rank == 2 else (1, *y.shape) if y.row else (*y.shape, 1)
    meets = left[1] if left[1] is not None else right[0]
    assert meets is not None, "a size that nothing tells"
    assert right[0] in (None, meets), f"{left} and {right} do not fit"
    has_rows = not (x.rank == 1 and x.row)
    has_columns = not (y.rank == 1 and not y.row)
    shape = (left[0],) * has_rows + (right[1],) * has_columns

    def make(sizes: tuple[int, ...]) -> Any:
        rows = sizes[0] if has_rows else 1
        columns = sizes[-1] if has_columns else 1
        a = x.array((rows, meets) if x.rank == 2 else (meets,) if x.row else (rows,))
        b = y.array((meets, columns) if y.rank == 2 else (columns,) if y.row else (meets,))
        a, b = a.reshape(rows, meets), b.reshape(meets, columns)
        out = np.empty((rows, columns), dtype=object)
        for i, j in np.ndindex(rows, columns):
            out[i, j] = sum((a[i, k] * b[k, j] for k in range(meets)), arb(0))
        return out.reshape(sizes)

    return Value(shape, make, row=not has_rows and has_columns)


def quotient(a: Any, b: Any) -> Any:
    """The quotient.

    Raises:
        UndecidedError: The denominator may be 0: formulas do not say what is declared there.
    """
    if b.contains(0):
        raise UndecidedError
    return a / b


def one_hot(labels: Value) -> Value:
    """Zeros and ones."""
    given = labels.array()
    assert labels.classes is not None
    rows = [[arb(int(c == j)) for j in range(labels.classes)] for c in given.reshape(-1)]
    return constant(np.array(rows, dtype=object).reshape(*given.shape, labels.classes))


def diagonal(x: Value) -> Value:
    """The diagonal matrix of a vector, or the diagonal of a matrix."""
    if x.rank == 2:
        return Value(x.shape[:1], lambda s: np.diagonal(x.array((s[0], s[0]))))

    def make(sizes: tuple[int, ...]) -> Any:
        entries = x.array(sizes[:1])
        out = np.full(sizes, arb(0), dtype=object)
        for i in range(sizes[0]):
            out[i, i] = entries[i]
        return out

    return Value(x.shape * 2, make)


def whole_function(name: str, x: Value, axes: tuple[int, ...] | None) -> Value:
    """Functions of whole tensors."""
    if name in ("inv", "logdet", "det", "tr"):
        shape = x.shape if x.shape[0] is not None else x.shape[::-1]
        a = x.array((shape[0], shape[0]))
        if name == "inv":
            return constant(matrix_inverse(a))
        if name == "tr":
            return constant(sum(np.diagonal(a), arb(0)))
        found = log_determinant(a)
        return constant(found if name == "logdet" else found.exp())
    if name in ("softmax", "log_softmax"):
        along = (x.rank - 1,) if axes is None else axes
        return Value(x.shape, lambda s: soft(x.array(s), along, name == "log_softmax"))
    a = x.array()
    if name == "norm":
        return constant(sum((v * v for v in a.reshape(-1)), arb(0)).sqrt())
    if name == "sum":
        return constant(sum(a.reshape(-1), arb(0)))
    run = {
        "max": BALLS.largest,
        "logsumexp": BALLS.log_sum_exp,
        "argmax": lambda v: [m == 1 for m in BALLS.first_largest(v)].index(True),
    }[name]
    found, count = folded(run, a, tuple(range(a.ndim)) if axes is None else axes)
    return constant(found, classes=count if name == "argmax" else None)


def folded(run: Any, a: Any, axes: tuple[int, ...]) -> tuple[Any, int]:
    """A function of all entries along axes, and how many these are."""
    kept = [i for i in range(a.ndim) if i not in axes]
    moved = np.transpose(a, [*kept, *axes])
    out = np.empty(moved.shape[: len(kept)], dtype=object)
    for index in np.ndindex(out.shape):
        out[index] = run(moved[index].reshape(-1).tolist())
    return out, int(np.prod([a.shape[i] for i in axes]))


def soft(a: Any, axes: tuple[int, ...], log: bool) -> Any:
    """Softmax or its logarithm."""
    totals, _ = folded(BALLS.log_sum_exp, a, axes)
    wide = np.expand_dims(totals, axes)
    shifted = a - np.broadcast_to(wide, a.shape)
    return shifted if log else np.vectorize(arb.exp, otypes=[object])(shifted)
