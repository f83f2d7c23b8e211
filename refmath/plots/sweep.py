"""The loss after some updates by learning rate, with the exact limits of stability."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from refmath.errors import InvalidInput
from refmath.plots.style import drawing, halo, looks

__all__ = ["Mark", "sweep"]


@dataclass(frozen=True)
class Mark:
    """A learning rate that is drawn as a vertical line.

    Attributes:
        rate: Where.
        text: What it is.
        of: The curve whose colour it has; none for a neutral one.
        limit: Whether the curve diverges from there on; else it is the best rate.
    """

    rate: float
    text: str
    of: str = ""
    limit: bool = True


def sweep(
    rates: Sequence[float],
    values: Mapping[str, Sequence[float]],
    marks: Sequence[Mark] = (),
    *,
    title: str = "",
    up: str = "loss",
    start: float | None = None,
) -> Any:
    """Curves over learning rates, both logarithmic.

    Args:
        rates: In ascending order.
        values: By rule: the loss after some updates at every rate; not finite where it diverged.
        marks: Exact rates to be drawn.
        title: Above the picture.
        up: What the values are.
        start: The value at the start, marked by a horizontal line; the picture ends somewhat
            above it, and what lies higher is drawn as arrows.

    Returns:
        A Matplotlib figure; a curve's line has its rule as gid, a mark's its text.

    Raises:
        InvalidInput: No value is finite, or Matplotlib is not installed.
    """
    x = np.asarray(rates, np.float64)
    found = {k: np.asarray(v, np.float64) for k, v in values.items()}
    every = np.concatenate([v[np.isfinite(v) & (v > 0)] for v in found.values()])
    if not every.size:
        raise InvalidInput("no rate led to a finite value: sweep smaller learning rates")
    top = (every.max() if start is None else start) * 30
    bottom = max(every.min() / 4, 1e-17 * top)
    styles = looks(list(found))
    with drawing(6.4, 4.0) as (figure, axes):
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(x[0], x[-1])
        axes.set_ylim(bottom, top)
        if start is not None:
            axes.axhline(start, color="#8a8a8a", linewidth=0.7, zorder=0)
            axes.annotate("start", (1, start), xycoords=("axes fraction", "data"), ha="right",
                          xytext=(-2, 2), textcoords="offset points", fontsize=7, color="#666666")
        curves: dict[str, Any] = {}
        for name, y in found.items():
            shown = np.where(np.isfinite(y) & (y < top), np.maximum(y, bottom), np.nan)
            axes.plot(x, shown, linewidth=1.4, marker="o", markersize=2.4, gid=name,
                      **styles[name])
            gone = ~np.isfinite(y) | (y >= top)
            axes.plot(x[gone], np.full(gone.sum(), top * 0.75), linestyle="none", marker="^",
                      markersize=3.5, color=styles[name]["color"], gid=f"{name} diverges",
                      clip_on=False)
            curves[name] = np.log(shown)
        for name in found:
            _name(axes, name, x, curves, styles[name]["color"])
        for mark in marks:
            _line(axes, mark, styles)
        axes.set_xlabel("learning rate")
        axes.set_ylabel(up)
        axes.set_title(title)
    return figure


def _name(axes: Any, name: str, x: Any, curves: Mapping[str, Any], colour: str) -> None:
    """The name beside its curve, where the others are farthest from it, on the side away."""
    own = curves[name]
    seen = np.flatnonzero(np.isfinite(own))
    seen = seen[: max(len(seen) * 3 // 4, 1)]
    if not seen.size:
        return
    rest = [c[seen] - own[seen] for k, c in curves.items() if k != name]
    apart = np.nan_to_num(np.array(rest), nan=np.inf) if rest else np.zeros((1, len(seen)))
    nearest = np.abs(apart).min(axis=0)
    at = int(np.where(np.isfinite(nearest), nearest, -1).argmax()) if rest else len(seen) // 2
    above = bool((apart[:, at] <= 0).all())
    axes.annotate(name, (x[seen[at]], float(np.exp(own[seen[at]]))),
                  xytext=(5, 5) if above else (-6, -5), textcoords="offset points", fontsize=8,
                  color=colour, ha="left" if above else "right",
                  va="bottom" if above else "top", path_effects=halo())


def _line(axes: Any, mark: Mark, styles: Mapping[str, Any]) -> None:
    colour = styles[mark.of]["color"] if mark.of in styles else "#222222"
    dash: Any = "-" if mark.limit else (0, (3, 2))
    axes.axvline(mark.rate, color=colour, linewidth=0.9, linestyle=dash, gid=mark.text, zorder=1)
    side = 1 if mark.limit else -1
    axes.annotate(
        mark.text, (mark.rate, 0.45 if mark.limit else 0.03),
        xycoords=("data", "axes fraction"), xytext=(3 * side, 0), textcoords="offset points",
        rotation=90, fontsize=7.5, color=colour,
        ha="left" if mark.limit else "right", va="bottom", path_effects=halo(),
    )
