"""Laws that many rules obey, as statements about their runs."""

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Eq, sympify

from refmath.proof.along import Along
from refmath.proof.names import c, g, lr, wd
from refmath.proof.runs import Run, theta0
from refmath.recurrence import Recurrence
from refmath.rule import Rule

__all__ = ["decayed", "domains", "same_path", "scaled", "sign_flipped"]


def domains(*runs: Run) -> tuple[Any, ...]:
    """That every hyperparameter that is a symbol lies in its declared domain."""
    out: dict[Any, None] = {}
    for run in runs:
        for h, value in run.values.items():
            if not value.is_Symbol:
                continue
            d = h.domain
            if d.low is not None:
                low = sympify(d.low)
                out.setdefault(value > low if d.low_open else value >= low)
            if d.high is not None:
                high = sympify(d.high)
                out.setdefault(value < high if d.high_open else value <= high)
    return tuple(out)


def same_path(
    first: Rule | Recurrence, second: Rule | Recurrence, *,
    hyper: Mapping[str, Any] | None = None, to: Mapping[str, Any] | None = None,
    states: Mapping[str, Any] | None = None, varying: Sequence[Any] = (),
    given: Sequence[Any] = (), gradient: Any = None, scale: Any = 1, **options: Any,
) -> Along:
    """That two rules take the parameter through the same values.

    Args:
        first: A rule, or a wrong form of one.
        second: The other.
        hyper: What stands for hyperparameters of the first.
        to: The same for the second.
        states: States of the second, to expressions in ``a_...``, the states of the first; those
            that are left out are the first's of the same name, if it has it.
        varying: Hyperparameters that may change at every step.
        given: Hypotheses beyond the declared domains.
        gradient: The gradient at a point, where that matters.
        scale: What the second's gradient is multiplied by.
        options: Other arguments of ``Along``.
    """
    a = Run("a", first, hyper or {}, gradient)
    own = (lambda _: scale * g) if gradient is None and scale != 1 else gradient
    b = Run("b", second, to or {}, own)
    equations = {}
    for name in b.states:
        if states and name in states:
            if states[name] is not None:
                equations[b[name]] = sympify(states[name])
        elif name in a.states:
            equations[b[name]] = a[name]
    return Along(
        (a, b), equations, given=(*domains(a, b), *given), varying=tuple(varying), **options
    )


def sign_flipped(rule: Rule | Recurrence, odd: Sequence[str], **options: Any) -> Along:
    """That a rule on mirrored gradients from the mirrored start takes the mirrored path.

    Args:
        rule: A rule.
        odd: The states that change their sign, beside the parameter.
        options: Other arguments of ``Along``.
    """
    a, b = Run("a", rule), Run("b", rule, {}, lambda _: -g, -theta0)
    mirrored = {a.rec.parameter.name, *odd}
    equations = {b[n]: -a[n] if n in mirrored else a[n] for n in a.states}
    return Along((a, b), equations, given=domains(a), **options)


def scaled(
    rule: Rule | Recurrence, powers: Mapping[str, int], to: Mapping[str, Any], **options: Any
) -> Along:
    """That gradients multiplied by c > 0 change nothing but the scale of the states.

    Args:
        rule: A rule.
        powers: A state, to the power of c that it is multiplied by.
        to: Hyperparameters that must change for it: ``{"eps": c * eps}``.
        options: Other arguments of ``Along``.
    """
    a, b = Run("a", rule), Run("b", rule, to, lambda _: c * g)
    equations = {b[n]: c ** powers.get(n, 0) * a[n] for n in a.states}
    return Along(
        (a, b), equations, given=(*domains(a), c > 0),
        **{"script": "try scale c; finish.", **options},
    )


def decayed(rule: Rule, kind: str, **options: Any) -> Along:
    """What a form of weight decay does, told by the same rule without any.

    Coupled, it is the gradient of ``weight_decay theta**2 / 2`` in addition; else every state is
    that of the rule without it, and the parameter moves by its step and is shrunk apart from it.

    Args:
        rule: A rule.
        kind: ``coupled``, ``decoupled``, ...: an option of its axis ``weight_decay``.
        options: Other arguments of ``Along``.
    """
    plain, form = rule.vary(weight_decay="none"), rule.vary(weight_decay=kind)
    b = Run("b", form)
    old = b.before("theta")
    coupled = kind == "coupled"
    a = Run("a", plain, {}, (lambda _: g + wd * old) if coupled else None)
    equations = {b[n]: a[n] for n in a.states if coupled or n != "theta"}
    if "alpha1" in b.states:
        equations[b["alpha1"]] = lr
    step = a["theta"] - a.before("theta")
    results = {
        "coupled": (),
        "decoupled": (Eq(b["theta"], old + step - lr * wd * old),),
        "decoupled_by_schedule": (Eq(b["theta"], old + step - wd * old),),
        "decoupled_unscaled": (Eq(b["theta"], old + step - wd * old),),
        "after_unscaled": (Eq(b["theta"], (1 - wd) * (old + step)),),
    }[kind]
    given = (*domains(a, b), wd >= 0, *((lr > 0,) if "alpha1" in b.states else ()))
    return Along((a, b), equations, results=results, given=given,
                 **{"name": f"{rule.name}, {kind}", "script": None, **options})
