"""What every rule shares: the sign of the objective and the kinds of weight decay."""

from dataclasses import dataclass
from typing import Any

from refmath.notation import hyper, slot, state, t, temp
from refmath.recurrence import Let, let
from refmath.rule import Axis, Variant

__all__ = ["Decay", "decay"]


@dataclass(frozen=True)
class Decay:
    """The pieces that a rule puts into its steps.

    Attributes:
        h: The gradient as the rule uses it: ``h[t]``.
        strength: The hyperparameter.
        kept: What is left of ``theta[t - 1]`` before the step is added.
        after: A factor on the parameter after the step.
        first: The steps that come first.
        axes: ``weight_decay`` and ``maximize``.
        wrong: Named wrong forms.
    """

    h: Any
    strength: Any
    kept: Any
    after: Any
    first: tuple[Let, ...]
    axes: tuple[Axis, ...]
    wrong: tuple[Variant, ...]


def decay(theta: Any, g: Any, alpha: Any, default: str = "0", kind: str = "none") -> Decay:
    """Weight decay of rule with parameter ``theta``, gradient ``g`` and learning rate ``alpha``."""
    wd = hyper("weight_decay", default, "[0, oo)", symbol="lambda", doc="weight decay")
    h = temp("h", doc="gradient as the rule uses it")
    alpha1 = state("alpha1", start=alpha, doc="learning rate of the first step")
    sign_of, used, kept, after = slot("sign"), slot("used"), slot("kept"), slot("after")
    old = theta[t - 1]
    kinds = {
        "none": {used: sign_of, kept: old, after: 1},
        "coupled": {used: sign_of + wd * old, kept: old, after: 1},
        "decoupled": {used: sign_of, kept: old - alpha * wd * old, after: 1},
        "decoupled_by_schedule": {
            used: sign_of, kept: old - alpha / alpha1[t - 1] * wd * old, after: 1,
        },
        "decoupled_unscaled": {used: sign_of, kept: old - wd * old, after: 1},
        "after_unscaled": {used: sign_of, kept: old, after: 1 - wd},
    }
    ordered = {kind: kinds[kind], **{k: v for k, v in kinds.items() if k != kind}}
    axes = (
        Axis("weight_decay", ordered, "where weight decay enters: the gradient, or the parameter"),
        Axis(
            "maximize",
            {"no": {sign_of: g[t]}, "yes": {sign_of: -g[t]}},
            "climb instead of descend; the sign is flipped before weight decay",
            intent=True,
        ),
    )
    coupled, decoupled = {"weight_decay": "coupled"}, {"weight_decay": "decoupled"}
    wrong = (
        Variant("decay_multiplies_gradient", "the gradient is multiplied by 1 + wd*theta",
                {used: sign_of * (1 + wd * old)}, coupled),
        Variant("decay_without_parameter", "weight decay subtracts a constant: theta is missing",
                {used: sign_of + wd}, coupled),
        Variant("decay_sign", "weight decay has the wrong sign", {used: sign_of - wd * old},
                coupled),
        Variant("decoupled_without_parameter",
                "decoupled weight decay subtracts a constant: theta is missing",
                {kept: old - alpha * wd}, decoupled),
        Variant("decoupled_after_step", "decoupled weight decay sees the parameter after the step",
                {kept: old, after: 1 - alpha * wd}, decoupled),
        Variant("decoupled_sign", "decoupled weight decay has the wrong sign",
                {kept: old + alpha * wd * old}, decoupled),
    )
    return Decay(h[t], wd, kept, after, (let(h[t], used), let(alpha1[t], alpha1[t - 1])),
                 axes, wrong)
