"""Pictures that are drawn when the pages are built, from the declared kernels, as SVG."""

from collections.abc import Callable
from functools import cache
from html import escape
from typing import Any

import numpy as np

from refmath import objectives
from refmath.notation import number
from refmath.rule import Rule

__all__ = [
    "best_rate", "level", "response", "response_section", "rosenbrock_path", "rosenbrock_section",
]

_SPAN = 100
_NOISE = np.random.default_rng(0).standard_normal(_SPAN)
GRADIENTS: dict[str, tuple[str, Any, bool]] = {
    "constant": ("g = 1 at every step", np.ones(_SPAN), False),
    "noisy": ("g = 1 + 2 z, z standard normal (seed 0)", 1 + 2 * _NOISE, False),
    "vanishing": ("g = 0.8 to the power t", 0.8 ** np.arange(1, _SPAN + 1), True),
}
"""What is fed to a rule: title, gradients, and whether the axis is logarithmic."""
_LOWEST = 1e-10
START, GOAL, LAST = (-1.2, 1.0), (1.0, 1.0), 500
RATES = tuple(10.0**p for p in np.arange(-3.0, 1.01, 0.5))
_BOX = (-1.8, 1.6, -0.7, 1.7)
"""What is shown: left, right, low, high."""
_WIDTH, _HEIGHT = 380, 268
_LEVELS = (0.1, 1.0, 4.0, 10.0, 30.0, 100.0, 300.0)


def response(rule: Rule, gradients: Any) -> Any:
    """The steps from 0 that a rule takes on given gradients, over the learning rate, along -g."""
    kernel = rule.kernel()
    lr = float(number(rule.default("lr")))
    states = kernel.start(np.zeros(1))
    out = []
    for t, g in enumerate(gradients, 1):
        states["theta"] = np.zeros(1)
        states = kernel(**states, **{kernel.gradient: np.full(1, g)}, t=t)
        out.append(-float(states["theta"][0]) / lr)
    return np.asarray(out)


def _line(values: Any, place: Callable[[int, float], tuple[float, float]], kind: str) -> str:
    points = (place(t, float(v)) for t, v in enumerate(values))
    return f'<polyline class="{kind}" points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in points) \
        + '"/>'


def _pane(title: str, gradients: Any, steps: Any, log: bool) -> str:
    """One pane: the gradient and the step by t."""
    if log:
        low, high = np.log10(_LOWEST), 1.0
        ticks = [10.0**p for p in (-10, -5, 0)]
    else:
        both = np.concatenate([gradients, steps, [0.0]])
        low, high = float(both.min()), float(both.max())
        ticks = [x for x in (low, 0.0, high) if x == 0 or abs(x) > 0.1 * (high - low)]

    def place(t: int, value: float) -> tuple[float, float]:
        shown = np.log10(max(abs(value), _LOWEST)) if log else value
        return 38 + 190 * t / (_SPAN - 1), 12 + 116 * (high - shown) / (high - low)

    out = []
    for tick in ticks:
        _, y = place(0, tick)
        out.append(f'<line class="level" x1="38" x2="228" y1="{y:.1f}" y2="{y:.1f}"/>')
        text = f"1e{round(np.log10(tick))}" if log else f"{tick:.2g}"
        out.append(f'<text x="34" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
    out += [_line(gradients, place, "given"), _line(steps, place, "loss")]
    out += ['<text x="38" y="146">t = 1</text>',
            f'<text x="228" y="146" text-anchor="end">{_SPAN}</text>']
    label = escape(f"step over learning rate by t, where {title}")
    return (f'<figure><svg viewBox="0 0 236 150" role="img" aria-label="{label}">{"".join(out)}'
            f"</svg><figcaption>{escape(title)}</figcaption></figure>")


def response_section(rule: Rule) -> str:
    """Three panes: the step on a constant, a noisy and a vanishing gradient."""
    panes = "".join(
        _pane(title, g, response(rule, g), log) for title, g, log in GRADIENTS.values()
    )
    return (
        "## How long its steps are\n\n"
        "The step, divided by the learning rate (blue), and the gradient that it answers to "
        "(grey), of one coordinate with the default hyperparameters.\n\n"
        f'```{{raw}} html\n<div class="still three">{panes}</div>\n```'
    )


def rosenbrock_path(rule: Rule, lr: float) -> Any:
    """The points that a rule visits on Rosenbrock's function; ends early where it diverges."""
    kernel, gradient = rule.kernel(), _kernel("gradient")
    states = kernel.start(np.array(START), lr=lr)
    points = [np.array(START)]
    with np.errstate(all="ignore"):
        for t in range(1, LAST + 1):
            at = kernel.point(**states, t=t, lr=lr)
            states = kernel(**states, **{kernel.gradient: gradient(at)}, t=t, lr=lr)
            point = states["theta"]
            if not (np.isfinite(point).all() and np.abs(point).max() < 1e3):
                break
            points.append(point)
    return np.array(points)


@cache
def _kernel(which: str) -> Callable[[Any], Any]:
    """The declared problem's value or gradient as a function of the point."""
    problem = objectives.get("rosenbrock")
    made = problem.kernel() if which == "value" else problem.gradient("x").kernel()
    return lambda point: made(x=point)


def best_rate(rule: Rule) -> tuple[float, Any]:
    """The rate whose path stays in the picture and ends lowest, and that path."""
    paths = {lr: rosenbrock_path(rule, lr) for lr in RATES}
    whole = [lr for lr, path in paths.items() if len(path) > LAST and _inside(path)]
    best = min(whole, key=lambda lr: float(_kernel("value")(paths[lr][-1])))
    return best, paths[best]


def _inside(path: Any) -> bool:
    left, right, low, high = _BOX
    return bool(((path > (left, low)) & (path < (right, high))).all())


def level(value: float) -> Any:
    """The points of shape (n, 2) around the level set of a value."""
    width = np.sqrt(value)
    angle = np.linspace(0, 2 * np.pi, 721)
    x = 1 - width * np.cos(angle)
    return np.stack([x, x**2 + width * np.sin(angle) / 10], axis=1)


def rosenbrock_section(rule: Rule) -> str:
    """The path in the curved valley, with the best rate of a grid."""
    lr, path = best_rate(rule)
    out = [f'<path class="level" d="{_outline(c)}"/>' for c in _LEVELS]
    out.append(f'<polyline class="path" points="{_placed(path)}"/>')
    for t in (10, 100, LAST):
        x, y = _place(path[t])
        out.append(f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
        up = 16 if t == LAST else -6  # the last one is often at the goal
        out.append(f'<text x="{x + 6:.1f}" y="{y + up:.1f}">{t}</text>')
    (sx, sy), (gx, gy) = _place(START), _place(GOAL)
    out.append(f'<circle class="start" cx="{sx:.1f}" cy="{sy:.1f}" r="4"/>')
    out.append(f'<circle class="goal" cx="{gx:.1f}" cy="{gy:.1f}" r="4"/>')
    value = float(_kernel("value")(path[-1]))
    label = escape(f"path of {rule.title} on Rosenbrock's function", quote=True)
    return (
        "## In a curved valley\n\n"
        f'```{{raw}} html\n<figure class="still"><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{label}">{"".join(out)}</svg>\n'
        f"<figcaption>{LAST} steps on Rosenbrock's function from (-1.2, 1), ring, to (1, 1), dot; "
        f"other hyperparameters at their defaults. Of the rates {RATES[0]:g} to {RATES[-1]:g} by "
        f"half powers of ten that stay in the picture, {lr:.3g} gets lowest: {value:.2g}. Numbers "
        "are steps."
        "</figcaption></figure>\n```\n\n"
        "The function itself: [rosenbrock](../objectives/rosenbrock.md)."
    )


def _outline(value: float) -> str:
    """The part of a level set that is in the picture, as the data of an SVG path."""
    out, before = [], False
    for point in level(value):
        x, y = _place(point)
        seen = -40 < x < _WIDTH + 40 and -40 < y < _HEIGHT + 40
        if seen:
            out.append(f"{'L' if before else 'M'}{x:.1f} {y:.1f}")
        before = seen
    return "".join(out)


def _place(point: Any) -> tuple[float, float]:
    left, right, low, high = _BOX
    x = _WIDTH * (float(point[0]) - left) / (right - left)
    return x, _HEIGHT * (high - float(point[1])) / (high - low)


def _placed(points: Any) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in map(_place, points))
