"""What rounding may do to a rule: the certified bound in four formats, and where a format ends."""

from fractions import Fraction
from typing import Any

import numpy as np
from page import lines_of, table
from sympy import Pow

from refmath import conventions
from refmath.emit.enclosure import Enclosure, model, working_precision
from refmath.formats import FORMATS, Format
from refmath.notation import number
from refmath.rule import Rule

__all__ = ["STEPS", "bounds", "numerics_section", "rounded"]

STEPS = (1, 10, 30)
_ENTRIES = 8


def bounds(rule: Rule, array: str, scalar: str) -> list[float]:
    """The largest radius relative to its parameter after each of STEPS; inf where unbounded."""
    fmt, box = FORMATS[array], Enclosure(rule.recurrence)
    rng = np.random.default_rng(0)
    theta = fmt.round(1 + rng.random(_ENTRIES)).astype(np.float64)
    gradients = fmt.round(rng.standard_normal((max(STEPS), _ENTRIES))).astype(np.float64)
    hyper = {k: float(number(rule.default(k))) for k in rule.hyper}
    out = []
    with working_precision():
        rounding = model(array, scalar)
        balls = box.hypers(rounding, hyper)
        track = box.begin(theta, rounding, balls)
        for t, g in enumerate(gradients, 1):
            box.step(track, g, rounding, balls)
            if t in STEPS:
                out.append(max(map(_relative, track.arrays[0])))
    return out


def _relative(ball: Any) -> float:
    radius, middle = float(ball.rad()), abs(float(ball.mid()))
    return radius / middle if ball.is_finite() else float("inf")


def numerics_section(rule: Rule) -> str:
    """The bounds as a table, and what happens to hyperparameters and squares in 16 bits."""
    rows = []
    for name, fmt in FORMATS.items():
        for scalar in dict.fromkeys(["float64", name]):
            if scalar != "float64" and not _has_scalars(rule):
                continue
            shown = [_shown(x) for x in bounds(rule, name, scalar)]
            rows.append([name, "double" if scalar == "float64" else name,
                         f"{_power(fmt.unit)}", *shown])
    head = ["arrays", "scalars", "unit roundoff", *(f"after {s}" for s in STEPS)]
    return "\n\n".join([
        "## Rounding",
        f"How far two correct implementations may be apart: the certified bound on the parameter, "
        f"relative to it, the largest of {_ENTRIES} entries, with the defaults above, parameters "
        "uniform in [1, 2], standard normal gradients (seed 0). *Scalars* are factors such as "
        "learning rates and powers: some compute them in double precision, some in the arrays' "
        "dtype. *Unbounded*: the divisor may be 0, so that nothing is certain. See "
        "[the tolerance](../guides/tolerance.md).",
        table(head, rows), "In 16 bits:", lines_of(_hazards(rule)),
    ])


def _has_scalars(rule: Rule) -> bool:
    return set(rule.hyper) != {"lr"}


def _shown(x: float) -> str:
    return f"{x:.1e}" if np.isfinite(x) else "unbounded"


def _power(x: float) -> str:
    return f"$2^{{{round(np.log2(x))}}}$"


def rounded(fmt: Format, value: Fraction) -> float:
    """A decimal as the format holds it."""
    return float(fmt.round(np.asarray(float(value))))


def _hazards(rule: Rule) -> list[str]:
    out = []
    half, brain = FORMATS["float16"], FORMATS["bfloat16"]
    if "eps" in rule.hyper:
        lost = [v for v in _epsilons(rule) if rounded(half, Fraction(v)) == 0]
        kept = [v for v in _epsilons(rule) if rounded(half, Fraction(v)) != 0]
        if lost:
            safe = f" ({', '.join(kept)}, also in use, not)" if kept else ""
            out.append(f"An epsilon of {' or '.join(lost)}, a default in use, is 0 in "
                       f"float16{safe}: 0 is then divided by 0 where all gradients were 0.")
    for key in ("beta1", "beta2", "rho", "momentum"):
        if key in rule.hyper:
            value = Fraction(rule.default(key))
            near = {f.name: rounded(f, value) for f in (half, brain)}
            one = [name for name, x in near.items() if x == 1]
            held = " and ".join(f"{x:.6g} in {name}" for name, x in near.items())
            if one:
                out.append(f"`{key}` = {float(value):g} is 1 in {' and '.join(one)}: 1 - {key} and "
                           f"1 - {key}\\*\\*t are 0 there, unless they are computed in more bits.")
            else:
                out.append(f"`{key}` = {float(value):g} is {held}.")
    if _squares(rule):
        least = np.sqrt(half.flush / 2)
        out.append(f"In float16 the square of a gradient below {least:.1e} is 0, and of one above "
                   f"{np.sqrt(half.largest):.0f} infinite.")
    rate = float(rule.default("lr"))
    for fmt in (half, brain):
        spacing = 2 * fmt.unit
        out.append(f"In {fmt.name} a parameter in [1, 2) moves in multiples of {spacing:.1e}: "
                   f"a step below half of that is lost. The default rate is {rate:g}.")
    return out


def _epsilons(rule: Rule) -> list[str]:
    """The defaults of epsilon, the rule's and the frameworks', as decimals, small ones first."""
    found = {f"{float(rule.default('eps')):.0e}"} | {
        f"{float(c.defaults['eps']):.0e}" for c in conventions.ALL
        if c.rule == rule.name and "eps" in c.defaults
    }
    return [x.replace("e-0", "e-") for x in sorted(found, key=float)]


def _squares(rule: Rule) -> bool:
    """Whether the rule squares gradients."""
    return any(
        p.exp == 2 and p.base.has(rule.recurrence.gradient)
        for s in rule.steps for p in s.rhs.atoms(Pow)
    )
