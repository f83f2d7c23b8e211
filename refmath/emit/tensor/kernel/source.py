"""Operations as a function in readable NumPy: statements, reuse of memory, and what is returned."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from refmath.emit.tensor.kernel.helpers import IMPORTS, source_of
from refmath.emit.tensor.kernel.inplace import ELEMENTWISE, write_elementwise
from refmath.emit.tensor.kernel.loops import write_grams, write_place, write_spread
from refmath.emit.tensor.kernel.names import Names, length, letter
from refmath.emit.tensor.kernel.operations import OperationText
from refmath.emit.tensor.kernel.ops import Op, Value
from refmath.emit.tensor.kernel.text import ATOM, Piece, ScalarText, aligned, transposed, wrapped

__all__ = ["Body"]

_LONGEST = 56
"""An expression longer than this gets a name of its own."""
_LINE = 84
"""The longest right-hand side."""
_VIEWS = {"index", "windows", "diagonal"}
_SIMPLE = {"arg", "scalar"}
_READERS = {"sum", "max", "argmax", "pick", "dot"}


class Body:
    """The statements of a kernel while they are written.

    Attributes:
        lines: What has been written, with marks for temporaries.
        text: Prints single operations.
        names: Hands out names.
    """

    def __init__(
        self, outputs: Sequence[Value], names: Names, scalars: ScalarText, dtype: str,
        arrays: Mapping[str, str],
    ) -> None:
        self.names, self.arrays = names, arrays
        self.lines: list[str] = []
        self.text = OperationText(scalars, dtype, self.ref, self._use, self.is_lone)
        self.functions: dict[str, None] = {}
        self._known: dict[Op, Piece] = {}
        self._pinned: set[Op] = set()
        self._indent = 1
        self._left: Counter[Op] = Counter(v.op for v in outputs)
        self._users: dict[Op, list[Op]] = {}
        for op in reachable([v.op for v in outputs]):
            for arg in op.args:
                self._left[arg] += 1
                self._users.setdefault(arg, []).append(op)
        self._total = dict(self._left)

    def _use(self, name: str) -> None:
        self.functions[name] = None

    def helpers(self) -> tuple[list[str], list[str]]:
        """The imports and the helper functions that the statements need."""
        imports = [IMPORTS[f] for f in self.functions if f in IMPORTS]
        return imports, [source_of(f) for f in self.functions if f not in IMPORTS]

    def line(self, text: str) -> None:
        """Write a statement."""
        self.lines.append("    " * self._indent + text)

    def block(self, head: str) -> None:
        """Open a loop."""
        self.line(head)
        self._indent += 1

    def end(self) -> None:
        """Close a loop."""
        self._indent -= 1

    def is_lone(self, op: Op) -> bool:
        """Whether an operation is computed for one other only and has no name."""
        return self._total[op] == 1 and op not in self._known

    def ref(self, op: Op) -> Piece:
        """The text that stands for an operation: its name, or what computes it."""
        if op in self._known:
            return self._known[op]
        if op.kind == "arg":
            return self.arrays[op.fields[0]], ATOM
        return self.text.piece(op)

    def has_name(self, op: Op) -> bool:
        """Whether an operation has been written under a name."""
        return op in self._known

    def inside(self, op: Op, symbols: Sequence[Any]) -> list[Op]:
        """What an operation consists of that depends on the indices of a loop."""
        found: dict[Op, None] = {}
        for inner in reachable([op]):
            own = inner.kind == "index" and any(
                item[0] == "at" and item[1].free_symbols & set(symbols) for item in inner.fields[0]
            )
            if own or any(a in found for a in inner.args):
                found[inner] = None
        return list(found)

    def need(self, op: Op, longest: int = _LONGEST) -> None:
        """Write what an operation needs, and the operation itself if it has to have a name."""
        if op in self._known or op.kind in _SIMPLE:
            return
        if self._must_be_named(op):
            self.write(op)
            return
        solved = op.kind == "dot" and op.args[0].kind == "inverse" and self.is_lone(op.args[0])
        for arg in (*(op.args[0].args if solved else op.args[:1]), *op.args[1:]):
            self.need(arg)
        text = self.ref(op)[0]
        if length(text) > longest:
            self.write(op)

    def _must_be_named(self, op: Op) -> bool:
        if op.kind in _SIMPLE:
            return False
        if op.kind in ("place", "spread", "grams", "unravel"):
            return True
        if op.kind == "full" and op.args[0].kind == "scalar":
            return False
        if op.kind in _VIEWS:
            return op.kind == "windows" and self._total[op] > 1
        if self._total[op] > 1 and op.kind != "count":
            return True
        users = self._users.get(op, [])
        if op.kind in ELEMENTWISE and op.rank >= 2:
            return True
        inner = {a.kind for a in op.args}
        if op.kind == "call":
            return bool(inner & {"dot", "sum"}) and bool(users)
        if op.kind == "linear":
            return "dot" in inner and any(u.kind in ("dot", "square", "call") for u in users)
        return op.kind == "dot" and any(u.kind in ELEMENTWISE and u.rank >= 2 for u in users)

    def write(self, op: Op, name: str | None = None) -> None:
        """Write the statements that compute an operation under a name."""
        if op in self._known:
            return
        mark = name or self.names.temporary(letter(op, self._users.get(op, ())))
        if op.kind == "place":
            write_place(self, op, mark)
        elif op.kind == "spread":
            write_spread(self, op, mark)
        elif op.kind == "grams":
            write_grams(self, op, mark)
        elif op.kind in ELEMENTWISE and op.rank >= 2:
            write_elementwise(self, op, mark, name)
        else:
            for arg in op.args:
                self.need(arg)
            self.line(f"{mark} = {self.short(op)}")
            self._known[op] = (mark, ATOM)
            if op.kind in _VIEWS:
                self._pinned.add(root_of(op))
        self.consume(op)

    def short(self, op: Op) -> str:
        """The text of an operation, of which parts get names until it fits into a line."""
        text = self.text.piece(op)[0]
        while length(text) > _LINE:
            parts = [a for a in op.args if a not in self._known and a.kind not in _SIMPLE]
            if not parts:
                break
            self.write(max(parts, key=lambda a: len(self.ref(a)[0])))
            text = self.text.piece(op)[0]
        return text

    def name(self, op: Op, piece: Piece) -> None:
        """Note what an operation is called from now on."""
        self._known[op] = piece

    def consume(self, op: Op) -> None:
        """Count the arguments of an operation that has been written as used."""
        self._used(op, self._left)

    def _used(self, op: Op, left: Counter[Op]) -> None:
        for arg in op.args:
            left[arg] -= 1
            if left[arg] == 0 and arg not in self._known:
                self._used(arg, left)

    def pin(self, op: Op) -> None:
        """Keep the memory of everything that an operation is made of for good."""
        for inner in reachable([op]):
            self._pinned.add(inner)

    def reusable(self, op: Op, user: Op) -> bool:
        """Whether the memory of an operation may be overwritten by its user."""
        if op.kind in (*_SIMPLE, *_VIEWS, "count") or op in self._pinned or op not in self._known:
            return False
        if op.sizes != user.sizes:
            return False
        left = self._left.copy()
        self._used(user, left)
        return left[op] == 0

    def readers_first(self, arg: Op, op: Op) -> None:
        """Write other, smaller users of an array before it is overwritten."""
        if arg.kind in _SIMPLE:
            return
        for user in self._users.get(arg, []):
            done = user in self._known or self._left[user] == 0
            ready = all(a in self._known or a.kind in _SIMPLE for a in user.args)
            inside = self._users.get(user) == [op]
            if user.kind in _READERS and user.rank < arg.rank and ready and not (done or inside):
                self.write(user)

    def result(self, op: Op, name: str | None = None) -> None:
        """Write what a result needs, and the result itself if it has to have a name."""
        if name is not None or self._must_be_named(op):
            self.write(op, name or (self.names.temporary("out") if op.rank else None))
        self.need(op, _LONGEST + 24)

    def output(self, value: Value, shape: Sequence[Any], taken: set[Op]) -> Piece:
        """The text of a result, which shares its memory with nothing else.

        All statements have been written by then: they may have given new names to its parts.
        """
        op = value.op
        rank = len(shape)
        if len(value.labels) < rank or op.kind == "scalar":
            return self._widened(value, shape)
        piece = transposed(self.ref(op), [value.labels.index(x) for x in range(rank)])
        if rank == 0:
            return piece
        root = root_of(op)
        if root.kind == "arg" or root in taken or _overlaps(op):
            return f"{wrapped(piece, ATOM)}.copy()", ATOM
        taken.add(root)
        return piece

    def _widened(self, value: Value, shape: Sequence[Any]) -> Piece:
        if value.op.kind == "scalar":
            if not shape:
                return self.ref(value.op)
            full = Op("full", (value.op,), (), tuple(shape), (0.0, 0.0), -1)
            return self.text.piece(full)
        if not value.op.rank:
            return f"np.full({self.text.shape(shape)}, {self.ref(value.op)[0]})", ATOM
        line = aligned(self.ref(value.op), value.labels, len(shape))[0]
        return f"np.broadcast_to({line}, {self.text.shape(shape)}).copy()", ATOM


def root_of(op: Op) -> Op:
    """The operation whose memory a view shows."""
    while op.kind in _VIEWS:
        op = op.args[0]
    return op


def _overlaps(op: Op) -> bool:
    """Whether entries of a view share memory."""
    return op.kind in _VIEWS and (op.kind == "windows" or _overlaps(op.args[0]))


def reachable(roots: Sequence[Op]) -> list[Op]:
    """All operations that some consist of, each after its arguments."""
    out: dict[Op, None] = {}
    stack = [(r, False) for r in reversed(roots)]
    while stack:
        op, done = stack.pop()
        if op in out:
            continue
        if done:
            out[op] = None
        else:
            stack.append((op, True))
            stack += [(a, False) for a in reversed(op.args)]
    return list(out)
