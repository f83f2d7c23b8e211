"""The source of a kernel: its imports, helpers, arguments, sizes, statements and results."""

import json
import re
from collections.abc import Mapping, Sequence

from refmath.emit.tensor.kernel.arguments import Arguments
from refmath.emit.tensor.kernel.lower import Lowering
from refmath.emit.tensor.kernel.names import Names, without_marks
from refmath.emit.tensor.kernel.ops import Op, Pool, Value
from refmath.emit.tensor.kernel.sizes import Order
from refmath.emit.tensor.kernel.source import Body, reachable
from refmath.emit.tensor.kernel.text import ScalarText
from refmath.tensor.node import Tensor, Variable

__all__ = ["program"]


def program(
    name: str, outputs: Mapping[str, Tensor], extra: Sequence[Variable], hints: Mapping[str, int]
) -> tuple[str, Arguments]:
    """The source of a function and what it takes.

    Args:
        name: What the function is called.
        outputs: The expressions by name; a single one without a name is called "".
        extra: Further tensors that it takes.
        hints: How large some sizes will be.
    """
    roots = list(outputs.values())
    lowering = Lowering(Pool(Order([*roots, *extra], hints)))
    lowering.prepare(roots)
    values = [lowering.value(x) for x in roots]
    arguments = Arguments(roots, extra)
    return _Program(name, arguments, values).source(outputs), arguments


class _Program:
    def __init__(self, name: str, arguments: Arguments, values: Sequence[Value]) -> None:
        self.name, self.taken, self.values = name, arguments, values
        self.names = Names()
        self.arrays = {x: self.names.give(x) for x in arguments.arrays}
        self.scalars = {x: self.names.give(x) for x in arguments.scalars}
        self.sizes = {x: self.names.give(x) for x in arguments.sizes}
        known = {arguments.symbols[x]: s for x, s in (self.scalars | self.sizes).items()}
        self.body = Body(values, self.names, ScalarText(known), self._dtype(), self.arrays)

    def source(self, outputs: Mapping[str, Tensor]) -> str:
        """The whole source."""
        self._results(outputs)
        imports, helpers = self.body.helpers()
        given = [*self.arrays.values(), *self.scalars.values()]
        given += [self.sizes[x] for x in self.taken.free]
        parts = ["\n".join(["import numpy as np", *sorted(imports)]) + "\n", *helpers]
        lines = [f"def {self.name}({', '.join(given)}):", *self._size_lines(), *self.body.lines]
        return self.names.settled("\n\n".join([*parts, "\n".join(lines) + "\n"]))

    def _dtype(self) -> str:
        """The text of the dtype that all arrays of real numbers have."""
        floating = [x for x, v in self.taken.arrays.items() if v.classes is None]
        used = {op.fields[0] for op in reachable([v.op for v in self.values]) if op.kind == "arg"}
        lead = [x for x in floating if x in used] or floating
        return f"{self.arrays[lead[0]]}.dtype" if lead else "float"

    def _results(self, outputs: Mapping[str, Tensor]) -> None:
        for key, value in zip(outputs, self.values, strict=True):
            named = key.isidentifier() and value.op.rank and value.op.kind not in ("arg", "index")
            self.body.result(value.op, self.names.temporary(key) if named else None)
        shared: set[Op] = set()
        shown = [
            (key, self.body.output(value, node.shape, shared)[0])
            for (key, node), value in zip(outputs.items(), self.values, strict=True)
        ]
        if list(outputs) == [""]:
            self.body.line(f"return {shown[0][1]}")
            return
        self.body.line("return {")
        for key, text in shown:
            self.body.line(f"    {json.dumps(key)}: {text},")
        self.body.line("}")

    def _size_lines(self) -> list[str]:
        """The statements that read sizes off the arrays, of those that are needed."""
        words = set(re.findall(r"\w+", without_marks("\n".join(self.body.lines))))
        wanted: dict[str, list[tuple[int, str]]] = {}
        for size, (array, axis) in self.taken.sources.items():
            if self.sizes[size] in words:
                wanted.setdefault(array, []).append((axis, self.sizes[size]))
        lines = []
        for array, found in wanted.items():
            shape = f"{self.arrays[array]}.shape"
            if len(found) == self.taken.arrays[array].rank > 1:
                lines.append(f"    {', '.join(s for _, s in sorted(found))} = {shape}")
            else:
                lines += [f"    {s} = {shape}[{axis}]" for axis, s in found]
        return lines
