"""Trajectories of optimizers on the contours of a function of two variables."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from refmath.errors import InvalidInput
from refmath.plots.style import INK, drawing, halo, looks

__all__ = ["trajectories"]

_POINTS = 141


def trajectories(
    function: Callable[[float, float], float],
    paths: Mapping[str, Any],
    *,
    minimum: Any = None,
    title: str = "",
    names: tuple[str, str] = (r"$x_1$", r"$x_2$"),
    margin: float = 0.15,
) -> Any:
    """Paths on contours; each has its name beside it.

    Args:
        function: Of two numbers.
        paths: By name: points of shape (k, 2), the start first. All start at one point.
        minimum: The minimiser, if it is known: shape (2,), or (m, 2) for several.
        title: Above the picture.
        names: Of the axes.
        margin: Around what is shown, as a share of its size.

    Returns:
        A Matplotlib figure; each path's line has its name as gid.

    Raises:
        InvalidInput: A path is not of two-dimensional points, or Matplotlib is not installed.
    """
    found = {k: np.asarray(p, np.float64) for k, p in paths.items()}
    for name, p in found.items():
        if p.ndim != 2 or p.shape[1] != 2 or not len(p):
            raise InvalidInput(f"{name}: expected points of shape (k, 2), found {p.shape}")
    if not found:
        raise InvalidInput("expected at least one path, found none")
    best = None if minimum is None else np.atleast_2d(np.asarray(minimum, np.float64))
    low, high = _frame(found, best, margin)
    styles = looks(list(found))
    with drawing(5.6, 4.6) as (figure, axes):
        axes.spines[["top", "right"]].set_visible(True)
        _contours(axes, function, low, high)
        for name, p in found.items():
            axes.plot(*p.T, linewidth=1.3, marker="o", markersize=2.2, gid=name, zorder=3,
                      color=styles[name]["color"], linestyle=styles[name]["linestyle"])
        start = next(iter(found.values()))[0]
        axes.plot(*start, marker="s", color=INK, markersize=5, zorder=5, gid="start")
        axes.annotate("start", start, xytext=(6, 6), textcoords="offset points", fontsize=8,
                      path_effects=halo(), zorder=6)
        if best is not None:
            axes.plot(*best.T, marker="*", linestyle="none", color=INK, markersize=9, zorder=5,
                      gid="minimum")
        axes.set_xlim(low[0], high[0])
        axes.set_ylim(low[1], high[1])
        _names(axes, found, styles, [start, *([] if best is None else best)])
        axes.set_xlabel(names[0])
        axes.set_ylabel(names[1])
        axes.set_title(title)
    return figure


def _frame(found: Mapping[str, Any], best: Any, margin: float) -> tuple[Any, Any]:
    """Lower and upper corner: all paths, but for what flies far off the others."""
    start = next(iter(found.values()))[0]
    must = np.vstack([start[None], *([] if best is None else [best]),
                      *(p[-1:] for p in found.values() if np.isfinite(p[-1]).all())])
    span = 1.2 * max(float(np.ptp(must, axis=0).max()), 1e-9)
    every = np.vstack(list(found.values()))
    every = every[np.isfinite(every).all(axis=1)]
    near = every[(every >= must.min(0) - span).all(1) & (every <= must.max(0) + span).all(1)]
    low, high = near.min(axis=0), near.max(axis=0)
    size = np.maximum(high - low, 0.35 * float((high - low).max()))
    middle = (low + high) / 2
    half = size * (0.5 + margin)
    return middle - half, middle + half


def _contours(axes: Any, function: Callable[[float, float], float], low: Any, high: Any) -> None:
    """Lines where the value above the least one shown is a power of a constant."""
    x = np.linspace(low[0], high[0], _POINTS)
    y = np.linspace(low[1], high[1], _POINTS)
    z = np.array([[function(a, b) for a in x] for b in y])
    above = z - z[np.isfinite(z)].min()
    top = float(above[np.isfinite(above)].max())
    levels = top * np.geomspace(1e-4, 0.8, 13)
    axes.contourf(x, y, above, levels=[0, *levels, top], cmap="Greys", alpha=0.12,
                  norm="asinh", zorder=0)
    axes.contour(x, y, above, levels=levels, colors="#a8a8a8", linewidths=0.5, zorder=1)


def _names(
    axes: Any, found: Mapping[str, Any], styles: Mapping[str, Any], taken: list[Any]
) -> None:
    """Each name at the point of its path that is farthest from the others and from other names."""
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    size = high - low
    dense = {k: _dense((p - low) / size) for k, p in found.items()}
    used = [(np.asarray(p) - low) / size for p in taken]
    for name, own in dense.items():
        inside = own[((own > 0.04) & (own < [0.84, 0.96])).all(axis=1)]
        if not len(inside):
            continue
        others = np.vstack([*(p for k, p in dense.items() if k != name), *(u[None] for u in used)])
        away = np.linalg.norm(inside[:, None] - others[None], axis=2).min(axis=1)
        for u in used:
            away = np.minimum(away, 0.6 * np.linalg.norm(inside - u, axis=1))
        at = inside[int(away.argmax())]
        used.append(at)
        axes.annotate(
            name, at * size + low, xytext=(5, 4), textcoords="offset points", fontsize=8,
            color=styles[name]["color"], path_effects=halo(), zorder=7,
        )


def _dense(path: Any) -> Any:
    """Points along a path, also between its corners."""
    path = path[np.isfinite(path).all(axis=1)][:400]
    between = np.linspace(0, 1, 6)[:-1, None, None]
    inner = path[None, :-1] * (1 - between) + path[None, 1:] * between
    return np.vstack([inner.transpose(1, 0, 2).reshape(-1, 2), path[-1:]])
