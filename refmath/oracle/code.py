"""A case as Python that can be copied and pasted, in the shape of the subject's own callable."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from refmath.emit.cases import Case

if TYPE_CHECKING:
    from refmath.oracle.judge import Deviation

__all__ = ["case_code", "number_text"]

_LONG = 8


def number_text(x: float) -> str:
    """A float as the shortest text that gives it back."""
    return f"{x:g}" if float(f"{x:g}") == x else repr(float(x))


def _array(array: np.ndarray | None, dtype: str) -> str:
    if array is None:
        return "None"
    if array.ndim == 0:
        return f"np.array({number_text(float(array))}, np.{dtype})"
    listed = "[" + ", ".join(number_text(float(x)) for x in array.ravel()) + "]"
    text = f"np.array({listed}, np.{dtype})"
    return text if array.ndim == 1 else f"{text}.reshape{array.shape}"


class _Writer:
    """The lines that make an optimizer and step it, by the shape of the callable.

    Shapes: ``factory`` (``make(params, hyper)`` returns a function), ``object`` (an object with a
    method ``step``), ``keywords`` (``make(params, **hyper)``),
    ``update`` (one tensor at a time), ``framework`` (what an adapter drives).
    """

    def __init__(self, case: Case, shape: str, target: str, asks: bool) -> None:
        self.case, self.shape, self.target, self.asks = case, shape, target, asks
        self.dtype = "float32" if case.dtype == "bfloat16" else case.dtype
        self.hyper: Mapping[str, float] = {"lr": case.rate(0, 0), **case.hyper}

    def head(self) -> list[str]:
        """Imports."""
        lines = ["import numpy as np", ""]
        if self.shape == "framework":
            lines[1:] = ["from refmath.oracle.adapters import resolve",
                         "from refmath.oracle.subject import Configuration", ""]
        elif self.target:
            lines += [f"# {self.name} is {self.target}"]
        return lines

    @property
    def name(self) -> str:
        """What the callable is called in the code."""
        return "update" if self.shape == "update" else "make"

    @property
    def _listed(self) -> str:
        return ", ".join(f"{k!r}: {number_text(v)}" for k, v in self.hyper.items())

    def make(self) -> list[str]:
        """Make the optimizer."""
        if self.shape == "update":
            return [f"hyper = {{{self._listed}}}", "states = [{} for _ in params]"]
        if self.shape == "keywords":
            named = ", ".join(f"{k}={number_text(v)}" for k, v in self.hyper.items())
            return [f"optimizer = make(params, {named})"]
        if self.shape == "framework":
            place = dict(self.case.place)
            return [f"configuration = Configuration({{{self._listed}}}, {place}, "
                    f"{self.case.dtype!r})",
                    f"optimizer = resolve({self.target!r}).make(params, configuration)"]
        made = "optimizer" if self.shape == "object" else "step"
        return [f"{made} = make(params, {{{self._listed}}})"]

    def step(self, grads: str, lr: str) -> str:
        """One step."""
        if self.asks:
            slope = number_text(self.case.slope)
            grads = f"lambda at: [g + {slope} * x for g, x in zip({grads}, at)]"
        if self.shape == "update":
            rates = lr if lr.startswith("[") else f"[{lr}] * len(params)"
            return ("params = [p if g is None else update(p, g, s, {**hyper, 'lr': lr}) "
                    f"for p, g, s, lr in zip(params, {grads}, states, {rates})]")
        call = "step" if self.shape == "factory" else "optimizer.step"
        return f"params = {call}({grads}, {lr}) or params"

    def restore(self) -> list[str]:
        """Save the state, and go on with a new optimizer that restores it."""
        if self.shape == "update":
            return ["states = [dict(s) for s in states]"]
        own = "step" if self.shape == "factory" else "optimizer"
        return [f"saved = {own}.save()", *self.make(), f"{own}.load(saved)"]

    def steps(self) -> list[str]:
        """All steps; a long run of equal gradients becomes a loop."""
        case = self.case
        shown = ["[" + ", ".join(_array(g, self.dtype) for g in row) + "]" for row in case.grads]
        rates = [str(list(r)) if isinstance(r, tuple) else number_text(r) for r in case.rates]
        plain = case.restore is None and not case.reuse
        if plain and len(shown) > _LONG and len(set(shown)) == 1:
            if len(set(rates)) == 1:
                head, rate = f"for _ in range({len(shown)}):", rates[0]
            else:
                head, rate = f"for rate in [{', '.join(rates)}]:", "rate"
            return [head, f"    {self.step(shown[0], rate)}"]
        lines = []
        if case.reuse:
            lines = ["buffers = [np.empty_like(p) for p in params]  # reused at every step"]
        for number, (grads, lr) in enumerate(zip(shown, rates, strict=True)):
            if case.restore == number:
                lines += self.restore()
            given = grads
            if case.reuse:
                row = case.grads[number]
                lines += [f"buffers[{i}][...] = {_array(g, self.dtype)}"
                          for i, g in enumerate(row) if g is not None]
                names = ("None" if g is None else f"buffers[{i}]" for i, g in enumerate(row))
                given = f"[{', '.join(names)}]"
            lines.append(self.step(given, lr))
        return lines


def case_code(
    case: Case,
    deviation: "Deviation | None",
    shape: str = "factory",
    target: str = "",
    asks: bool = False,
) -> str:
    """A case as Python that can be copied and pasted.

    Args:
        case: The case.
        deviation: What was found, for the last two lines.
        shape: How the subject is called: ``factory``, ``object``, ``keywords``, ``update`` or
            ``framework``.
        target: The subject's name.
        asks: Whether it takes a gradient function.
    """
    writer = _Writer(case, shape, target, asks)
    lines = writer.head()
    if case.place and shape != "framework":
        lines.append(f"# switches: {', '.join(f'{k}={v}' for k, v in case.place.items())}")
    lines.append(f"params = [{', '.join(_array(p, writer.dtype) for p in case.params)}]")
    lines += writer.make() + writer.steps()
    if deviation is not None:
        at = f"[{', '.join(map(str, deviation.element))}]" if deviation.element else ""
        name = f"params[{deviation.tensor}]{at}"
        if deviation.quantity != "theta":
            name = f"{deviation.quantity}{at} of tensor {deviation.tensor}"
        lines.append(f"# {name} is {deviation.value!r}")
        lines.append(f"# certified:  [{deviation.low!r}, {deviation.high!r}]")
    return "\n".join(lines)
