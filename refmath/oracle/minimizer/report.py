"""The result of one check of a minimizer, in the shape of the optimizers' results."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from refmath.oracle.code import number_text
from refmath.oracle.minimizer.judge import Slip
from refmath.oracle.report import Result

__all__ = ["MinimizerResult", "Reproduction"]

Array = Any


@dataclass(frozen=True)
class Reproduction:
    """The smallest run that shows what is wrong.

    Attributes:
        case: Its name.
        text: The function, as ``refmath.parse`` reads it.
        memory: The pairs that were asked for.
        x, g: Iterates and gradients up to where it goes wrong.
        slip: What is wrong.
        lines: Code that shows it, where there is more to say than that.
    """

    case: str
    text: str
    memory: int
    x: tuple[Array, ...]
    g: tuple[Array, ...]
    slip: Slip
    lines: tuple[str, ...] = ()


@dataclass
class MinimizerResult(Result):
    """The outcome for one minimizer.

    Attributes:
        slips: Everything that is wrong, in words.
        runs: The number of iterations, directions judged and evaluations, by case.
        smallest: The smallest run that goes wrong.
    """

    slips: list[str] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    smallest: Reproduction | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain data; floats of points travel as hexadecimal text."""
        found = super().to_dict()
        found["slips"], found["runs"] = self.slips, self.runs
        return found

    def _case_data(self) -> dict[str, Any] | None:
        small = self.smallest
        if small is None:
            return None
        return {
            "case": small.case, "function": small.text, "memory": small.memory,
            "step": small.slip.step, "points": [_hex(x) for x in small.x],
            "gradients": [_hex(g) for g in small.g], "code": self.code(),
        }  # fmt: skip

    def summary(self) -> str:
        """What a person should read, in a few lines."""
        asked = self.rule + (f" as {self.convention} writes it" if self.convention else "")
        lines = [f"{self.subject} ({self.dtype}): {self.verdict} against {asked}, "
                 f"{self.cases} runs"]  # fmt: skip
        like = "" if self.verdict == "FAILED" else "behaves exactly like: "
        lines += [f"  {like}{text}" for text in self.diagnosis]
        if self.switch:
            lines.append(f"  if that is what you meant: {self.switch}")
        lines += [f"  {text}" for text in self.slips]
        lines += [f"  {note}" for note in self.notes]
        return "\n".join(lines)

    def code(self) -> str:
        """The smallest failing run as Python to copy and paste."""
        small = self.smallest
        if small is None:
            return ""
        if small.lines:
            return "\n".join(small.lines)
        lines = ["import numpy as np", "", f"# {small.case}: {small.text}"]
        lines += [f"# memory {small.memory}"] if self.rule.startswith("lbfgs") else []
        lines += ["x = np.array([  # the iterates", *(_row(x) for x in small.x), "])"]
        lines += ["g = np.array([  # the gradients there", *(_row(g) for g in small.g), "])"]
        if small.slip.expected is not None and small.slip.found is not None:
            lines.append(f"# {self.subject} then moves by {_vector(small.slip.found)}")
            lines.append(f"# certified is a multiple of   {_vector(small.slip.expected)}")
        else:
            lines.append(f"# {small.slip.text}")
        return "\n".join(lines)


def _hex(x: Array) -> list[str]:
    return [float(v).hex() for v in np.asarray(x).reshape(-1)]


def _row(x: Array) -> str:
    return f"    [{', '.join(number_text(float(v)) for v in x)}],"


def _vector(x: Array) -> str:
    return f"[{', '.join(f'{float(v):.9g}' for v in np.asarray(x).reshape(-1))}]"
