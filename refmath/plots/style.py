"""How all pictures look: size, fonts, colours, labels at the curves."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

from refmath.errors import InvalidInput
from refmath.files import written

__all__ = [
    "FORMATS", "INK", "drawing", "format_of", "halo", "label_ends", "looks", "save",
    "spread",
]

FORMATS = ("png", "pdf", "svg")
INK = "#222222"
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00")
"""Okabe and Ito 2008, told apart with any common colour blindness; without yellow, which is too
light for a line."""
_DASHES: tuple[Any, ...] = ("-", (0, (4, 1.5)), (0, (1, 1.2)))
_SETTINGS = {
    "font.size": 9, "axes.labelsize": 9, "axes.titlesize": 9, "xtick.labelsize": 8,
    "ytick.labelsize": 8, "font.family": "DejaVu Sans", "axes.spines.top": False,
    "axes.spines.right": False, "axes.edgecolor": INK, "axes.linewidth": 0.7,
    "xtick.color": INK, "ytick.color": INK, "text.color": INK, "axes.labelcolor": INK,
    "xtick.direction": "out", "ytick.direction": "out", "axes.titlelocation": "left",
    "axes.titlepad": 8, "svg.hashsalt": "refmath", "mathtext.fontset": "dejavusans",
}


@contextmanager
def drawing(width: float = 6.4, height: float = 4.0) -> Iterator[tuple[Any, Any]]:
    """A figure of one pair of axes, drawn without a display.

    Args:
        width: In inches.
        height: In inches.

    Raises:
        InvalidInput: Matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise InvalidInput(
            "pictures need Matplotlib, which is not installed: pip install 'refmath[plot]'"
        ) from None
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(width, height), dpi=200, layout="constrained")
        FigureCanvasAgg(figure)
        yield figure, figure.subplots()


def looks(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """A colour and a dash for each name, each pair once, colours first."""
    pairs = ((colour, dash) for dash in cycle(_DASHES) for colour in _COLOURS)
    return {
        name: {"color": colour, "linestyle": dash}
        for name, (colour, dash) in zip(names, pairs, strict=False)
    }


def halo() -> list[Any]:
    """A white edge around text, so that it can be read on lines."""
    from matplotlib import patheffects

    return [patheffects.withStroke(linewidth=2.2, foreground="white")]


def spread(places: Sequence[float], gap: float, low: float = 0.0, high: float = 1.0) -> list[float]:
    """Places moved apart to a distance of at least ``gap``, in their order, as little as may be.

    Args:
        places: Where labels would like to be.
        gap: Between neighbours; less if there is no room for it between the ends.
        low: The lowest place.
        high: The highest place.
    """
    count = len(places)
    gap = min(gap, (high - low) / max(count - 1, 1))
    order = sorted(range(count), key=lambda i: places[i])
    # Least squares under monotony: the differences from a ladder, with neighbours that are out of
    # order pooled to their mean.
    blocks: list[list[float]] = []
    for step, i in enumerate(order):
        blocks.append([places[i] - step * gap, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            value, size = blocks.pop()
            other, more = blocks.pop()
            blocks.append([(value * size + other * more) / (size + more), size + more])
    flat = [value for value, size in blocks for _ in range(int(size))]
    top = high - (count - 1) * gap
    out = [0.0] * count
    for step, i in enumerate(order):
        out[i] = min(max(flat[step], low), top) + step * gap
    return out


def label_ends(
    axes: Any, ends: Mapping[str, tuple[float, float]], styles: Mapping[str, Mapping[str, Any]],
    texts: Mapping[str, str] | None = None,
) -> None:
    """Write each curve's name to the right of the axes, at the height where it ends.

    Args:
        axes: With final limits.
        ends: Last point of each curve.
        styles: Colours.
        texts: What is written, if not the name.
    """
    to_axes = axes.transData + axes.transAxes.inverted()
    heights = {k: float(to_axes.transform(end)[1]) for k, end in ends.items()}
    heights = {k: min(max(y, 0.0), 1.0) for k, y in heights.items()}
    lower = dict(zip(heights, spread(list(heights.values()), 0.052), strict=True))
    for name, end in ends.items():
        colour = styles[name]["color"]
        x = min(float(to_axes.transform(end)[0]), 1.0)
        axes.plot(
            [x, 1.015, 1.035], [heights[name], heights[name], lower[name]], color=colour,
            linewidth=0.6, transform=axes.transAxes, clip_on=False, alpha=0.8,
        )
        axes.annotate(
            (texts or {}).get(name, name), (1.045, lower[name]), xycoords="axes fraction",
            color=colour, va="center", ha="left", fontsize=8, annotation_clip=False,
        )


def format_of(path: str | Path) -> str:
    """The format by the ending of a file whose folder exists.

    Raises:
        InvalidInput: Another ending, or there is no such folder.
    """
    target = Path(path)
    kind = target.suffix.removeprefix(".").lower()
    if kind not in FORMATS:
        raise InvalidInput(f"{str(path)!r}: expected a file that ends in .png, .pdf or .svg")
    if not target.parent.is_dir():
        raise InvalidInput(f"cannot write {str(path)!r}: there is no folder {str(target.parent)!r}")
    return kind


def save(figure: Any, path: str | Path) -> None:
    """Write a picture whole or not at all: .png, .pdf or .svg.

    Raises:
        InvalidInput: Another ending, or it cannot be written there.
    """
    kind = format_of(path)
    import matplotlib as mpl

    dates: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    with written(path) as file, mpl.rc_context(_SETTINGS):
        figure.savefig(file, format=kind, metadata=dates)
