"""The result of one check of a gradient in one format, in the shape of the optimizers' results."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from refmath.oracle.code import number_text
from refmath.oracle.gradient.cases import GradientCase
from refmath.oracle.gradient.judge import GradientDeviation
from refmath.oracle.gradient.subject import Function
from refmath.oracle.report import Result

__all__ = ["GradientResult"]


@dataclass
class GradientResult(Result):
    """The outcome for one function in one dtype.

    Attributes:
        wrt: The names of the variables that derivatives are taken by.
        kind: What the function returns.
        smallest_case: The smallest failing inputs.
        function: The function, for the code.
        steps: For a check without a declaration, the ladder of steps.
    """

    wrt: tuple[str, ...] = ()
    kind: str = "gradient"
    smallest_case: Any = None
    function: Function | None = None
    ladder: list[dict[str, Any]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """As plain data; floats of cases travel as hexadecimal text."""
        found = super().to_dict()
        deviation = self.first_deviation
        found["objective"], found["wrt"], found["kind"] = self.rule, list(self.wrt), self.kind
        if isinstance(deviation, GradientDeviation):
            found["first_deviation"] |= {
                "shape": list(deviation.shape),
                "found_shape": None if deviation.found is None else list(deviation.found),
            }
        if self.ladder:
            found["ladder"] = self.ladder
        return found

    def _case_data(self) -> dict[str, Any] | None:
        case = self.smallest_case
        if not isinstance(case, GradientCase):
            return None
        return {
            "dtype": case.dtype, "sizes": dict(case.sizes),
            "values": {k: _data(v) for k, v in case.values.items()}, "code": self.code(),
        }

    def summary(self) -> str:
        """What a person should read, in a few lines."""
        by = f" by {', '.join(self.wrt)}" if self.wrt else ""
        lines = [f"{self.subject} ({self.dtype}): {self.verdict} against {self.rule}{by}, "
                 f"{self.cases} cases"]
        like = "" if self.verdict == "FAILED" else "behaves exactly like: "
        lines += [f"  {like}{text}" for text in self.diagnosis]
        if self.switch:
            lines.append(f"  if that is what you meant: {self.switch}")
        if self.first_deviation:
            lines.append("  " + described(self.first_deviation, self.kind))
        lines += [f"  shows only with: {', '.join(self.needs)}"] if self.needs else []
        lines += [f"  {note}" for note in self.notes]
        return "\n".join(lines)

    def code(self) -> str:
        """The smallest failing case as Python to copy and paste."""
        if not isinstance(self.smallest_case, GradientCase) or self.function is None:
            return ""
        return code(self.function, self.smallest_case, self.first_deviation)


def _data(value: Any) -> Any:
    array = np.asarray(value)
    if array.dtype.kind in "iu":
        return {"shape": list(array.shape), "values": array.reshape(-1).tolist()}
    if not array.ndim:
        return float(array).hex()
    return {"shape": list(array.shape), "values": [float(x).hex() for x in array.reshape(-1)]}


def described(d: Any, kind: str = "gradient") -> str:
    """One line: where, what was found, and what is certified."""
    what = "the value" if d.quantity == "value" else (
        f"the {'Hessian' if kind == 'hessian' else 'gradient'} by {d.quantity}"
    )
    if isinstance(d, GradientDeviation) and d.found is not None:
        return f"{what} has the shape {d.found}, expected is {d.shape}"
    place = f"element {list(d.element)} of " if d.element else ""
    return f"{place}{what} is {d.value!r}, certified is [{d.low!r}, {d.high!r}]"


def code(function: Function, case: GradientCase, deviation: Any) -> str:
    """A case as Python that can be copied and pasted."""
    short = "f"
    lines = ["import numpy as np"]
    if function.framework != "numpy":
        lines.append(f"import {function.framework}")
    if function.framework == "jax" and case.dtype == "float64":
        lines.append('jax.config.update("jax_enable_x64", True)')
    lines += ["", f"# {short} is {function.name}"]
    lines += [f"{_name(k)} = {_array(function, case, k)}" for k in function.how.names]
    names = [_name(k) for k in function.how.names]
    if function.how.keywords is not None:
        names = [f"{t}={n}" for t, n in zip(function.how.keywords, names, strict=True)]
    lines += _calls(function, f"{short}({', '.join(names)})")
    if deviation is not None:
        at = f"[{', '.join(map(str, deviation.element))}]" if deviation.element else ""
        if isinstance(deviation, GradientDeviation) and deviation.found is not None:
            lines.append(f"# {_result(function, deviation.quantity)} has the shape "
                         f"{deviation.found}, expected is {deviation.shape}")
        else:
            lines.append(f"# {_result(function, deviation.quantity)}{at} is {deviation.value!r}")
            lines.append(f"# certified:  [{deviation.low!r}, {deviation.high!r}]")
    return "\n".join(lines)


def _name(name: str) -> str:
    return "lambda_" if name == "lambda" else name


def _array(function: Function, case: GradientCase, name: str) -> str:
    value = np.asarray(case.values[name])
    if not value.ndim:
        return number_text(float(value))
    whole = value.dtype.kind in "iu"
    listed = ", ".join(
        str(x) if whole else number_text(float(x)) for x in value.reshape(-1).tolist()
    )
    dtype = "int64" if whole else "float32" if case.dtype == "bfloat16" else case.dtype
    text = f"np.array([{listed}], np.{dtype})"
    if value.ndim > 1:
        text += f".reshape{value.shape}"
    if function.framework == "torch":
        text = f"torch.tensor({text})"
        if not whole and case.dtype == "bfloat16":
            text += ".bfloat16()"
        if function.automatic and name in function.wrt:
            text += ".requires_grad_()"
    if function.framework == "jax":
        text = f"jax.numpy.asarray({text})"
        if not whole and case.dtype == "bfloat16":
            text += '.astype("bfloat16")'
    return text


def _calls(function: Function, call: str) -> list[str]:
    """The call, and how its derivatives are taken."""
    if not function.automatic:
        return [f"found = {call}"]
    names = [_name(n) for n in function.wrt]
    inner = f"lambda {', '.join(names)}: {call}"
    second = function.kind == "hessian"
    if function.framework == "jax":
        places = ", ".join(map(str, range(len(names))))
        taken = "hessian" if second else "grad"
        return [f"found = {call}",
                f"grads = jax.{taken}({inner}, ({places},))({', '.join(names)})"]
    if second:
        taken = "torch.autograd.functional.hessian"
        return [f"grads = {taken}({inner}, ({', '.join(names)},))"]
    return [f"found = {call}", f"grads = torch.autograd.grad(found, [{', '.join(names)}])"]


def _result(function: Function, name: str) -> str:
    """Where an output is to be found after the code has run."""
    if function.automatic:
        if name == "value":
            return "found"
        place = function.wrt.index(name)
        return f"grads[{place}]" + (f"[{place}]" if function.kind == "hessian" else "")
    wanted = function.outputs
    return "found" if len(wanted) == 1 else f"found[{wanted.index(name)}]"
