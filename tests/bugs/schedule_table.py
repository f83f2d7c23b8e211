"""The table: bugs of learning-rate schedules, with what the oracle must say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import subjects_schedule as subjects

__all__ = ["SCHEDULE_BUGS", "ScheduleBug"]


@dataclass(frozen=True)
class ScheduleBug:
    """One real bug of a schedule, written anew as a function.

    Attributes:
        id: Its number.
        refs: Project and thread where it was found.
        subject: Makes the wrong schedule, or with ``fixed=True`` its right counterpart.
        schedule: What it is held against.
        named: What the one line of diagnosis must contain.
        expected: The verdict.
        vary: The form asked for.
        fixed: Hyperparameters that are the same in every case.
    """

    id: int
    refs: str
    subject: Callable[..., Callable[..., Any]]
    schedule: str
    named: str
    expected: Literal["VARIANT", "DEVIATES", "FAILED"] = "DEVIATES"
    vary: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.id)


_PLAIN = {"threshold": 0, "cooldown": 0, "min_lr": 0, "eps": 0}

SCHEDULE_BUGS = (
    ScheduleBug(128, "pytorch/pytorch 20486, 22107, 49885", subjects.multi_step_reader,
                "multi_step", "at a milestone the factor is applied twice"),
    ScheduleBug(129, "pytorch/pytorch 21623, 20527, 31828", subjects.step_to_epoch, "step",
                "depends on what it was asked before"),
    ScheduleBug(130, "pytorch/pytorch 4648", subjects.cosine_of_whole_numbers, "cosine",
                "a division of whole numbers", vary={"after": "rise"}),
    ScheduleBug(131, "pytorch/pytorch 47560, 47561", subjects.restarts_short_of_the_end,
                "cosine_restarts", "last left_out", "VARIANT", {"last": "reached"},
                {"mult": 1}),
    ScheduleBug(134, "ooples/AiDotNet.Tensors 349; PaddlePaddle/Paddle 41825",
                subjects.one_cycle_last_rate, "one_cycle", "final of_peak", "VARIANT"),
    ScheduleBug(137, "pytorch/pytorch 63457", subjects.chain_at_zero, "exponential",
                "at t = 0 the base rate overwrites", vary={"warmup": "times"},
                fixed={"decay_steps": 1}),
    ScheduleBug(139, "verl-project/verl 3674; EleutherAI/gpt-neox 1379",
                subjects.warmup_from_nothing, "linear_warmup", "counter from_zero", "VARIANT",
                {"counter": "from_one"}, {"start": 0}),
    ScheduleBug(140, "catalyst-team/catalyst 851; deepspeedai/DeepSpeed 5287",
                subjects.constructor_steps, "exponential", "one step ahead",
                fixed={"decay_steps": 1}),
    ScheduleBug(141, "EleutherAI/gpt-neox 1039", subjects.linear_after_warmup, "polynomial",
                "the updates of warm-up count below", vary={"warmup": "inside"},
                fixed={"start": 0, "end": 0, "power": 1}),
    ScheduleBug(142, "LBANN/lbann 1984", subjects.polynomial_compounds, "polynomial",
                "from the one before instead of the base rate"),
    ScheduleBug(143, "FluxML/Flux.jl 684", subjects.decay_for_rate, "step",
                "the factor stands in place of the rate"),
    ScheduleBug(144, "amoudgl/pygoturn 16", subjects.decays_for_every_part, "step",
                "the factor is applied twice at every drop"),
    ScheduleBug(146, "pytorch/pytorch 2545, 7151; paiml/aprender 2135",
                subjects.plateau_off_by_one, "reduce_on_plateau", "patience reached", "VARIANT",
                fixed=_PLAIN),
    ScheduleBug(149, "nitrain/nitrain 23", subjects.plateau_without_patience,
                "reduce_on_plateau", "patience is ignored", fixed=_PLAIN),
    ScheduleBug(152, "pytorch/torchtitan 1010", subjects.decay_of_no_length,
                "warmup_stable_decay", "ZeroDivisionError", "FAILED"),
)
