"""The rate over t as a picture, drawn from the NumPy kernel of the declaration."""

from html import escape
from typing import Any

import numpy as np

from refmath.schedule import Schedule

__all__ = ["caption", "metrics_shown", "picture", "rates"]

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 460, 190, 46, 24, 12
SHOWN: dict[str, dict[str, Any]] = {
    "constant": {},
    "step": {},
    "multi_step": {},
    "exponential": {},
    "inverse_time": {"decay_steps": 10},
    "polynomial": {"power": 2, "end": 0.01},
    "cosine": {"end": 0.01},
    "cosine_restarts": {"mult": 2, "first": 16},
    "cyclic": {"lr": 0.02, "max_lr": 0.1, "up": 20, "down": 20},
    "linear_warmup": {"warmup": 30},
    "exponential_warmup": {"tau": 20},
    "warmup_stable_decay": {"warmup": 10, "stable": 70, "decay": 30},
    "one_cycle": {},
    "one_cycle_momentum": {},
    "reduce_on_plateau": {"factor": 0.5, "patience": 4},
}
"""Hyperparameters of the pictures where the declared defaults would show little."""
UPDATES = 120


def metrics_shown() -> np.ndarray:
    """Metrics of epochs: they fall, and stop falling, twice."""
    t = np.arange(UPDATES)
    return np.where(t < 20, 1 - 0.02 * t, np.where(t < 60, 0.6, np.where(
        t < 75, 0.6 - 0.01 * (t - 60), 0.45)))


def rates(schedule: Schedule) -> np.ndarray:
    """The rates of the first updates, as the picture shows them."""
    hyper = _hyper(schedule)
    if schedule.reacts:
        found = schedule.kernel()(metrics_shown(), **hyper)
    else:
        found = schedule.kernel()(np.arange(UPDATES), **hyper)
    return np.broadcast_to(np.asarray(found, float), (UPDATES,))


def _hyper(schedule: Schedule) -> dict[str, Any]:
    defaults = {k: _number(h.default) for k, h in schedule.hyper.items()}
    return {**defaults, **SHOWN[schedule.name]}


def _number(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_number(v) for v in value)
    number = float(value)
    return int(number) if number.is_integer() and not isinstance(value, str) else number


def caption(schedule: Schedule) -> str:
    """What is drawn: the numbers that it is drawn with."""
    shown = ", ".join(f"{k}={_text(v)}" for k, v in _hyper(schedule).items())
    what = "momentum" if schedule.name == "one_cycle_momentum" else "rate"
    grey = "; in grey the metric that it reacts to" if schedule.reacts else ""
    return f"The {what} of updates 0 to {UPDATES - 1} with {shown}{grey}."


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(_text(v) for v in value) + ")"
    return f"{value:g}"


def picture(schedule: Schedule, *, small: bool = False) -> str:
    """An SVG of the rate over t: one level stretch for each update."""
    values = rates(schedule)
    least, most = float(values.min()), float(values.max())
    low = 2 * least - most if most / 2 < least < most else 0.0
    span = (low, low + (most - low) * 1.05)
    parts = []
    if schedule.reacts:
        parts.append(f'<path class="metric" d="{_stairs(metrics_shown(), (0.0, 1.05))}"/>')
    parts.append(f'<path class="curve" d="{_stairs(values, span)}"/>')
    if not small:
        parts = [*_axes(span, most), *parts]
    box = f"0 0 {WIDTH} {HEIGHT}" if not small else (
        f"{LEFT - 4} {TOP - 6} {WIDTH - LEFT} {HEIGHT - BOTTOM - TOP + 12}"
    )
    label = escape(f"{schedule.title}: the rate by update", quote=True)
    return (
        f'<svg viewBox="{box}" role="img" aria-label="{label}">' + "".join(parts) + "</svg>"
    )


def _place(t: float, value: float, span: tuple[float, float]) -> tuple[float, float]:
    x = LEFT + (WIDTH - LEFT - 10) * t / UPDATES
    share = (value - span[0]) / (span[1] - span[0])
    return x, HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share


def _stairs(values: np.ndarray, span: tuple[float, float]) -> str:
    x, y = _place(0, values[0], span)
    out = [f"M{x:.1f} {y:.1f}"]
    for t, value in enumerate(values):
        nx, ny = _place(t + 1, value, span)
        if abs(ny - y) >= 0.05:
            out.append(f"V{ny:.1f}")
        out.append(f"H{nx:.1f}")
        y = ny
    return _merged(out)


def _merged(parts: list[str]) -> str:
    """The path with level stretches that follow each other made one."""
    out: list[str] = []
    for part in parts:
        if part[0] == "H" and out[-1][0] == "H":
            out[-1] = part
        else:
            out.append(part)
    return "".join(out)


def _axes(span: tuple[float, float], highest: float) -> list[str]:
    left, base = _place(0, span[0], span)
    right, _ = _place(UPDATES, span[0], span)
    out = [f'<path class="axis" d="M{left:.1f} {TOP}V{base:.1f}H{right:.1f}"/>']
    for value in (span[0], (span[0] + highest) / 2, highest):
        _, y = _place(0, value, span)
        out.append(f'<path class="tick" d="M{left - 4:.1f} {y:.1f}H{left:.1f}"/>')
        out.append(f'<text x="{left - 7:.1f}" y="{y + 4:.1f}" text-anchor="end">{value:.3g}</text>')
    for t in range(0, UPDATES + 1, 30):
        x, _ = _place(t, span[0], span)
        out.append(f'<path class="tick" d="M{x:.1f} {base:.1f}V{base + 4:.1f}"/>')
        anchor = "end" if t == UPDATES else "middle"
        word = f"t = {t}" if t == UPDATES else str(t)
        out.append(f'<text x="{min(x, right):.1f}" y="{base + 17:.1f}" '
                   f'text-anchor="{anchor}">{word}</text>')
    return out
