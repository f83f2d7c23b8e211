"""Curves of a loss, or of another number, over the passes through the data."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from refmath.errors import InvalidInput
from refmath.plots.style import drawing, label_ends, looks

__all__ = ["losses"]


def losses(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    title: str = "",
    across: str = "passes over the data",
    up: str = "training loss",
    log: bool = True,
    level: float | None = None,
) -> Any:
    """Curves with their names at their ends.

    Args:
        curves: By name: where, and how much. Points that are not finite are left out.
        title: Above the picture.
        across: What the first numbers are.
        up: What the second numbers are.
        log: Whether the vertical axis is logarithmic, if all numbers are positive.
        level: A level to be marked by a horizontal line.

    Returns:
        A Matplotlib figure; each curve's line has the curve's name as gid.

    Raises:
        InvalidInput: There is no curve with a finite point, or Matplotlib is not installed.
    """
    kept = {name: _finite(*curve) for name, curve in curves.items()}
    kept = {name: points for name, points in kept.items() if points.size}
    if not kept:
        raise InvalidInput("expected at least one curve with finite numbers, found none")
    styles = looks(list(kept))
    with drawing(6.4, 4.2) as (figure, axes):
        from matplotlib import ticker

        for name, points in kept.items():
            alone = "o" if points.shape[1] == 1 else None
            axes.plot(*points, linewidth=1.3, marker=alone, markersize=4, gid=name, **styles[name])
        every = np.concatenate([p[1] for p in kept.values()])
        if log and every.min() > 0:
            axes.set_yscale("log")
            if every.max() < 1e3 * every.min():
                axes.yaxis.set_major_formatter(lambda y, _: f"{y:g}")
                axes.yaxis.set_minor_formatter(lambda y, _: f"{y:g}" if _leads(y) else "")
        low = min(float(p[0].min()) for p in kept.values())
        high = max(float(p[0].max()) for p in kept.values())
        axes.set_xlim(low - (low == high), high + (low == high))
        if level is not None:
            axes.axhline(level, color="#8a8a8a", linewidth=0.8, zorder=0, gid="level")
            axes.annotate(f"{level:g}", (0, level), xycoords=("axes fraction", "data"),
                          xytext=(3, 2), textcoords="offset points", fontsize=7, color="#666666")
        axes.xaxis.set_major_locator(ticker.MaxNLocator(integer=True))
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        axes.set_title(title)
        axes.grid(axis="y", color="#e6e6e6", linewidth=0.5)
        axes.set_axisbelow(True)
        axes.autoscale_view()
        figure.canvas.draw()
        label_ends(axes, {k: (float(p[0, -1]), float(p[1, -1])) for k, p in kept.items()}, styles)
    return figure


def _leads(y: float) -> bool:
    """Whether a number's first digit is 2 or 5: these ticks have labels between powers of ten."""
    return f"{y:.0e}"[0] in "25"


def _finite(x: Sequence[float], y: Sequence[float]) -> Any:
    points = np.array([x, y], np.float64)
    return points[:, np.isfinite(points).all(axis=0)]
