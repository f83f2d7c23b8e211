"""The map of stability of momentum: how fast it converges on a quadratic, and where it diverges."""

from typing import Any

import numpy as np

from refmath.plots.style import INK, drawing, halo
from refmath.tuning.stability import coefficients, factor

__all__ = ["boundary", "double_root", "stability"]

_LEVELS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95)


def boundary(method: str, momentum: Any) -> Any:
    """The least lr * curvature at which the method does not converge, by momentum."""
    if method == "momentum":
        return 2 * (1 + momentum)
    return 2 * (1 + momentum) / (1 + 2 * momentum)


def double_root(method: str, momentum: Any) -> Any:
    """The lr * curvature below 1 where both roots are one: the fastest, by momentum."""
    if method == "momentum":
        return (1 - np.sqrt(momentum)) ** 2
    return (1 - momentum) ** 2 / (1 + momentum) ** 2


def stability(method: str = "momentum", condition: float | None = None) -> Any:
    """A map of the contraction factor over learning rate times curvature and momentum.

    Args:
        method: ``momentum`` or ``nesterov``.
        condition: A condition number whose best pair is shown, for the heavy ball: the curvatures
            then lie on the line between its two ends.

    Returns:
        A Matplotlib figure. The boundary has the gid ``boundary``.

    Raises:
        UnknownName: Another method.
        InvalidInput: Matplotlib is not installed.
    """
    coefficients(method, 0, 0, 0)
    right = 4.15 if method == "momentum" else 2.1
    x = np.linspace(0.002, right, 700)
    y = np.linspace(0, 0.999, 500)
    rates = factor(method, x[None, :], y[:, None], 1.0)
    with drawing(6.4, 4.2) as (figure, axes):
        inside = np.ma.masked_greater_equal(rates, 1)
        image = axes.pcolormesh(
            x, y, inside, cmap="cividis", vmin=0, vmax=1, shading="nearest", rasterized=True
        )
        axes.set_facecolor("#f1f1f1")
        lines = axes.contour(x, y, rates, levels=_LEVELS, linewidths=0.6,
                             colors=["white" if v < 0.75 else INK for v in _LEVELS])
        axes.clabel(lines, fmt=lambda v: f"{v:g}", fontsize=7, inline=True)
        axes.plot(boundary(method, y), y, color=INK, linewidth=1.6, gid="boundary")
        axes.plot(double_root(method, y), y, color="white", linewidth=1.2, linestyle=(0, (4, 2)),
                  gid="double root")
        _words(axes, method, right)
        if condition is not None:
            _best(axes, method, condition)
        axes.set_xlim(0, right)
        axes.set_ylim(0, 1)
        axes.set_xlabel(r"learning rate $\times$ curvature, $\alpha\lambda$")
        axes.set_ylabel(r"momentum, $\mu$")
        title = "Heavy ball" if method == "momentum" else "Nesterov's method"
        axes.set_title(f"{title} on a quadratic: factor per step in the long run")
        bar = figure.colorbar(image, ax=axes, pad=0.02, ticks=[0, 0.25, 0.5, 0.75, 1])
        bar.set_label("spectral radius (below 1: converges)")
        bar.outline.set_linewidth(0.5)
    return figure


def _words(axes: Any, method: str, right: float) -> None:
    if method == "momentum":
        at, text = (3.45, 0.40), "diverges\n" + r"$\alpha\lambda \geq 2(1+\mu)$"
        fast, place = (0.29, 0.21), (0.58, 0.145)
        words = r"equal roots: $\alpha\lambda = (1-\sqrt{\mu})^2$"
    else:
        at, text = (1.75, 0.70), "diverges\n" + r"$\alpha\lambda \geq \frac{2(1+\mu)}{1+2\mu}$"
        fast, place = (0.3, 0.292), (0.42, 0.29)
        words = r"equal roots: $\alpha\lambda = \frac{(1-\mu)^2}{(1+\mu)^2}$"
    axes.text(*at, text, ha="center", va="center", fontsize=9)
    axes.annotate(
        words, fast, xytext=place, color="white", fontsize=8, va="center",
        arrowprops={"arrowstyle": "-", "color": "white", "linewidth": 0.6, "shrinkB": 2},
    )


def _best(axes: Any, method: str, condition: float) -> None:
    from refmath.closed_form import optimal_heavy_ball, optimal_nesterov

    form = optimal_heavy_ball if method == "momentum" else optimal_nesterov
    best = form(lambda_min=1.0, lambda_max=float(condition))
    ends = np.array([best["lr"], best["lr"] * condition])
    axes.plot(ends, [best["momentum"]] * 2, color="#E69F00", linewidth=2, marker="|",
              markersize=9, gid="best", solid_capstyle="butt")
    axes.text(
        float(ends.mean()), best["momentum"] + 0.025,
        f"best for condition {condition:g}: factor {best['rate']:.3f}", color=INK, fontsize=8,
        ha="center", va="bottom", path_effects=halo(),
    )
