"""What each form of weight decay does to every rule: coupled, it adds the gradient of
lambda theta**2 / 2; decoupled, it shrinks the parameter by a factor of its own and leaves every
state as it is without decay: by 1 - alpha lambda before the step, by 1 - lambda before or after it.

Source: Loshchilov and Hutter 2019, arXiv:1711.05101v3, Algorithms 1 and 2; PyTorch, Keras, Optax.
"""

from dataclasses import replace

from refmath.proof import Along, Claim
from refmath.proof.laws import decayed
from refmath.rules import ALL, adam

kinds = ("coupled", "decoupled", "decoupled_by_schedule", "decoupled_unscaled", "after_unscaled")


def wrong(kind: str, name: str) -> Along:
    statement = decayed(adam, kind)
    plain, form = statement.runs
    return replace(statement, runs=(plain, replace(form, rule=form.rule.variant(name))), name=name)


claim = Claim(
    id="decay-forms",
    holds=tuple(decayed(rule, kind) for rule in ALL.values() for kind in kinds),
    controls=(
        wrong("coupled", "decay_sign"),
        wrong("coupled", "decay_multiplies_gradient"),
        wrong("decoupled", "decoupled_after_step"),
        wrong("decoupled", "decoupled_without_parameter"),
    ),
    assumptions=("any gradients", "one learning rate alpha > 0 where the first one is divided by"),
    relation=True,
)
