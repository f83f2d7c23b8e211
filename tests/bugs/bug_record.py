"""What is known of a bug: where it was, the form that was meant, and what the oracle must say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from refmath.rule import Rule

__all__ = ["Bug", "Make", "Update", "call", "corrected", "moments", "showing"]

Update = Callable[[Any, Any, dict[str, Any], Mapping[str, float]], Any]
Make = Callable[..., Any]


@dataclass(frozen=True)
class Bug:
    """One real bug, written anew as a subject.

    Attributes:
        id: Its number; several rows of one number are several sides of it.
        refs: Project and thread where it was found.
        subject: Makes the wrong subject, or with ``fixed=True`` its right counterpart; both are
            a plain callable of one of the oracle's three shapes. A control has no counterpart.
        rule: The form that was meant.
        step: The first step at which parameters or shown state can differ; a range where it
            depends on rounding.
        why: Why that step.
        expected: The verdict.
        named: What the diagnosis must contain; empty where no form of the rule describes it.
        kind: ``bug``; ``convention``, a form in real use that was taken for a bug; ``control``,
            a report that was wrong: the subject conforms to ``rule``.
        needs: What the report must list among the things needed for the bug to show.
        at: Hyperparameters that the smallest case must hold at a special value.
        shows: States that the subject shows, by the rule's names; its update keeps them so.
        canonical: For a control, the form that it was held against by mistake.
        part: Which side of the bug this row is.
        dtypes: Formats to run.
        clean: Formats among them in which the bug does not show.
        fixed: Hyperparameters that the subject cannot change.
    """

    id: int
    refs: str
    subject: Callable[..., Make]
    rule: Rule
    step: int | range
    why: str = ""
    expected: Literal["CONFORMS", "VARIANT", "DEVIATES", "FAILED"] = "DEVIATES"
    named: str = ""
    kind: Literal["bug", "convention", "control"] = "bug"
    needs: Sequence[str] = ()
    at: Mapping[str, float] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    canonical: Rule | None = None
    part: str = ""
    dtypes: tuple[str, ...] = ("float64",)
    clean: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.id} {self.part}".strip().replace(" ", "-")


def call(bug: Bug, *, fixed: bool = False) -> Make:
    """The callable to hold against the bug's rule."""
    made = bug.subject(fixed=True) if fixed else bug.subject()
    return showing(made, bug.shows) if bug.shows else made


def showing(update: Update, names: Sequence[str]) -> Make:
    """An update of one tensor as a factory whose steps show their state."""

    class Stepper:
        def __init__(self, params: Any, hyper: Any) -> None:
            self.params, self.hyper = params, hyper
            self.states: list[dict[str, Any]] = [{} for _ in params]

        def step(self, grads: Any, lr: float) -> Any:
            hyper = {**self.hyper, "lr": lr}
            for i, (g, s) in enumerate(zip(grads, self.states, strict=True)):
                self.params[i] = update(self.params[i], g, s, hyper)
            return self.params

        def state(self) -> dict[str, list[Any]]:
            return {name: [s[name] for s in self.states] for name in names}

    def make(params: Any, hyper: Any) -> Stepper:
        return Stepper(params, hyper)

    return make


def moments(g: Any, s: dict[str, Any], h: Mapping[str, float]) -> tuple[Any, Any, int]:
    """Advance Adam's moments and the step count, which ``s`` keeps; all three are returned."""
    s["t"] = s.get("t", 0) + 1
    s["m"] = h["beta1"] * s.get("m", np.zeros_like(g)) + (1 - h["beta1"]) * g
    s["v"] = h["beta2"] * s.get("v", np.zeros_like(g)) + (1 - h["beta2"]) * g * g
    return s["m"], s["v"], s["t"]


def corrected(m: Any, v: Any, t: int, h: Mapping[str, float]) -> tuple[Any, Any]:
    """Adam's moments, corrected for their start at 0."""
    return m / (1 - h["beta1"] ** t), v / (1 - h["beta2"] ** t)
