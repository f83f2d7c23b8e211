"""The picture of a trajectory that stands where no script runs: as `live.js` draws it."""

from typing import Any

import numpy as np

from refmath.rule import Rule

START = (-1.6, 1.0)
STEPS = 120
LEVELS = (0.02, 0.1, 0.3, 0.7, 1.3, 2.2)


def trajectory(rule: Rule, hyper: dict[str, float], kappa: float) -> list[Any]:
    """The points that the rule's NumPy kernel visits on (x^2 + kappa y^2)/2."""
    kernel = rule.kernel()
    curvature = np.array([1.0, kappa])
    states = kernel.start(np.array(START), **hyper)
    points = [np.array(START)]
    for t in range(1, STEPS + 1):
        at = kernel.point(**states, t=t, **hyper)
        states = kernel(**states, **{kernel.gradient: curvature * at}, t=t, **hyper)
        point = states["theta"]
        if not (np.isfinite(point).all() and np.abs(point).max() < 1e6):
            break
        points.append(point)
    return points


def path_pane(points: list[Any], kappa: float) -> str:
    """The path on level sets."""
    out = []
    for level in LEVELS:
        rx, ry = 80 * np.sqrt(2 * level), 70 * np.sqrt(2 * level / kappa)
        out.append(f'<ellipse class="level" cx="160" cy="110" rx="{rx:.2f}" ry="{ry:.2f}"/>')
    places = [np.clip([160 + 80 * x, 110 - 70 * y], -999, 999) for x, y in points]
    text = " ".join(f"{x:.2f},{y:.2f}" for x, y in places)
    out.append(f'<polyline class="path" points="{text}"/>')
    out += [f'<circle class="point" cx="{x:.2f}" cy="{y:.2f}" r="1.7"/>' for x, y in places]
    out.append('<circle class="goal" cx="160" cy="110" r="3.5"/>')
    return "".join(out)


def loss_pane(points: list[Any], kappa: float) -> str:
    """The loss by step, on a logarithmic axis from 1e-12 to 1e4."""
    def place(t: float, loss: float) -> tuple[float, float]:
        power = np.clip(np.log10(max(loss, 1e-30)), -12, 4)
        return 34 + t / STEPS * 176, 14 + (4 - power) / 16 * 180

    out = []
    for power in (-12, -8, -4, 0, 4):
        x, y = place(0, 10.0**power)
        out.append(f'<line class="level" x1="{x:g}" x2="210" y1="{y:.2f}" y2="{y:.2f}"/>')
        out.append(f'<text x="{x - 4:g}" y="{y + 4:.2f}" text-anchor="end">1e{power}</text>')
    out.append(f'<text x="210" y="212" text-anchor="end">step {STEPS}</text>')
    marks = [place(t, float(p[0] ** 2 + kappa * p[1] ** 2) / 2) for t, p in enumerate(points)]
    out.append('<polyline class="loss" points="'
               + " ".join(f"{x:.2f},{y:.2f}" for x, y in marks) + '"/>')
    return "".join(out)
