"""The table: bugs of how a batch is cut and added up, with the weights that they give examples."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import subjects_batching as subjects

from refmath import objectives

__all__ = ["BATCHING_BUGS", "BatchingBug"]

_PLAIN = objectives.get("least_squares")


@dataclass(frozen=True)
class BatchingBug:
    """One real bug, written anew as the gradient of a batch that is cut into parts.

    Attributes:
        id: Its number.
        refs: Project and thread where it was found.
        subject: Makes the wrong function, or with ``fixed=True`` its right counterpart.
        weights: What the wrong function gives each of n examples, for d features; the right one
            gives 1/n. None where it cannot be said by weights.
        verdict: What the oracle says.
        named: What the diagnosis contains, where one slip describes the bug.
        needs: What the report must list among the things needed for the bug to show.
        objective: What is meant.
        options: Further arguments of the check.
        part: Which side of the bug this row is.
    """

    id: int
    refs: str
    subject: Callable[..., Callable[..., Any]]
    weights: Callable[[int, int], list[float]] | None
    verdict: str = "DEVIATES"
    named: str = ""
    needs: Sequence[str] = ()
    objective: Any = _PLAIN
    options: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""

    def __str__(self) -> str:
        return f"{self.id} {self.part}".strip().replace(" ", "-")


def sizes(n: int) -> list[int]:
    """For each example how many share its part."""
    return [min(subjects.PART, n - i // subjects.PART * subjects.PART) for i in range(n)]


def count(n: int) -> int:
    """How many parts there are."""
    return -(-n // subjects.PART)


BATCHING_BUGS: tuple[BatchingBug, ...] = (
    BatchingBug(180, "huggingface/transformers PR #35438, issues #35203, #37197",
                subjects.scaled_twice, lambda n, d: [1 / n / count(n)] * n, needs=("n > 1",),
                part="twice"),
    BatchingBug(180, "huggingface/transformers PR #35527", subjects.never_scaled,
                lambda n, d: [1] * n, "VARIANT", "least squares with reduction=sum", ("n > 1",),
                part="never"),
    BatchingBug(180, "huggingface/transformers issue #35203", subjects.equal_parts,
                lambda n, d: [1 / b / count(n) for b in sizes(n)], needs=("n > 1",),
                part="equal parts"),
    BatchingBug(181, "huggingface/transformers PR #39659; Lightning-AI/pytorch-lightning issue "
                "#19987; jingyaogong/minimind issue #749", subjects.incomplete_window,
                lambda n, d: [1 / (subjects.WINDOW if n <= subjects.WINDOW else n)] * n),
    BatchingBug(183, "OpenNMT/OpenNMT-py issue #2209", subjects.two_normalisers, None,
                named="n times too large", needs=("n > 1", "lambda not 0"),
                objective=_PLAIN.vary(penalty="ridge"),
                options={"argnames": ("X", "y", "theta", "lambda")}),
    BatchingBug(185, "deeplearning4j/deeplearning4j PR #1452", subjects.squeezed_part,
                lambda n, d: [1 / n if b > 1 else 1 / n / d for b in sizes(n)], needs=("d > 1",)),
    BatchingBug(186, "rinuboney/ladder issue #5; rstudio/keras3 issue #1071",
                subjects.constant_divisor, lambda n, d: [1 / subjects.PART] * n, "VARIANT",
                "factor=half", options={"sizes": {"n": 1}}),
    BatchingBug(188, "mlpack/ensmallen issue #428; davharris/mistnet issue #33; "
                "bethgelab/foolbox issue #439", subjects.sum_of_batch, lambda n, d: [1] * n,
                "VARIANT", "least squares with reduction=sum", ("n > 1",)),
)
