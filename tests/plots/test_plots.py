"""Pictures: what is drawn is what was computed, and exact lines are exact."""

import builtins
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refmath import plots
from refmath.closed_form import optimal_heavy_ball
from refmath.errors import InvalidInput, UnknownName
from refmath.plots.stability import double_root
from refmath.plots.style import looks, spread
from refmath.tuning import jury
from refmath.tuning.stability import METHODS, coefficients


def drawn(figure: Any, name: str) -> Any:
    """The data of the line of that name, shape (2, points)."""
    found = [x for axes in figure.axes for x in axes.get_lines() if x.get_gid() == name]
    assert len(found) == 1
    return np.array(found[0].get_data(), float)


def texts(figure: Any) -> list[str]:
    """Everything that is written in the picture, but numbers on axes."""
    return [t.get_text() for axes in figure.axes for t in axes.texts]


# ---------------------------------------------------------------------- stability

@pytest.mark.parametrize("method", METHODS)
@given(momentum=st.fractions(0, Fraction(99, 100), max_denominator=200))
def test_the_boundary_is_where_jury_is_zero(method: str, momentum: Fraction) -> None:
    """In fractions: the least of Jury's numbers is 0 on it, positive before and negative after."""
    at = plots.boundary(method, momentum)
    assert min(jury(method, at, momentum, 1)) == 0
    assert min(jury(method, at * Fraction(999, 1000), momentum, 1)) > 0
    assert min(jury(method, at * Fraction(1001, 1000), momentum, 1)) < 0


@pytest.mark.parametrize("method", METHODS)
@given(root=st.fractions(0, Fraction(9, 10), max_denominator=60))
def test_the_dashed_line_is_the_double_root(method: str, root: Fraction) -> None:
    """In fractions the discriminant p^2 - 4q is 0 there."""
    share = root**2 if method == "momentum" else root
    at = (1 - root) ** 2 if method == "momentum" else double_root(method, share)
    p, q = coefficients(method, at, share, 1)
    assert p * p - 4 * q == 0
    assert float(double_root(method, float(share))) == pytest.approx(float(at), abs=1e-14)


@pytest.mark.parametrize("method", METHODS)
def test_the_map_shows_the_boundary(method: str) -> None:
    """The line drawn is the boundary; the coloured region ends at it, within one cell."""
    figure = plots.stability(method)
    x, y = drawn(figure, "boundary")
    assert np.array_equal(x, plots.boundary(method, y))
    mesh = figure.axes[0].collections[0]
    shown = mesh.get_array()
    columns = np.linspace(0.002, 4.15 if method == "momentum" else 2.1, shown.shape[1])
    edge = columns[(~np.ma.getmaskarray(shown)).sum(axis=1) - 1]
    cell = columns[1] - columns[0]
    assert np.all(np.abs(edge - x) <= cell * (1 + 1e-9))


def test_the_best_pair_is_drawn() -> None:
    """For condition number 20 the bar spans lr to 20 lr at the exactly best momentum."""
    best = optimal_heavy_ball(lambda_min=1.0, lambda_max=20.0)
    x, y = drawn(plots.stability("momentum", 20), "best")
    assert x.tolist() == [best["lr"], best["lr"] * 20]
    assert y.tolist() == [best["momentum"]] * 2


# ---------------------------------------------------------------------- curves

def test_loss_curves_are_the_numbers() -> None:
    """Each line has its curve's finite points; its name stands in its colour at its end."""
    curves = {"adam": ([1, 2, 3], [1.0, 0.1, 0.01]), "sgd": ([1, 2, 3], [2.0, np.nan, 0.5])}
    figure = plots.losses(curves, title="T", level=0.2)
    assert drawn(figure, "adam").tolist() == [[1, 2, 3], [1.0, 0.1, 0.01]]
    assert drawn(figure, "sgd").tolist() == [[1, 3], [2.0, 0.5]]
    assert drawn(figure, "level")[1].tolist() == [0.2, 0.2]
    assert {"adam", "sgd"} <= set(texts(figure))
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("passes over the data", "training loss")
    assert axes.get_yscale() == "log"
    colours = {x.get_gid(): x.get_color() for x in axes.get_lines()}
    named = {t.get_text(): t.get_color() for t in axes.texts}
    assert all(named[k] == colours[k] for k in curves)
    assert plots.losses({"a": ([1, 2], [0.0, 1.0])}).axes[0].get_yscale() == "linear"


@given(
    places=st.lists(st.floats(0, 1), min_size=1, max_size=25), gap=st.floats(0.01, 0.1)
)
def test_labels_do_not_overlap(places: list[float], gap: float) -> None:
    """They keep their order and a distance, and stay inside; as far as there is room."""
    found = spread(places, gap)
    room = min(gap, 1 / max(len(places) - 1, 1))
    order = np.argsort(places, kind="stable")
    assert np.all(np.diff(np.array(found)[order]) >= room * (1 - 1e-9))
    assert min(found) >= -1e-9
    assert max(found) <= 1 + 1e-9


@given(st.lists(st.integers(0, 9), min_size=1, max_size=9, unique=True))
def test_labels_with_room_stay(places: list[int]) -> None:
    """Where neighbours are far enough apart no label moves."""
    wanted = [p / 10 for p in places]
    assert spread(wanted, 0.09) == pytest.approx(wanted, abs=1e-12)


def test_curves_can_be_told_apart() -> None:
    """Twenty curves have twenty different looks, the first seven different colours."""
    found = list(looks([str(i) for i in range(20)]).values())
    assert len({(x["color"], str(x["linestyle"])) for x in found}) == 20
    assert len({x["color"] for x in found[:7]}) == 7


def test_colours_differ_for_the_colour_blind() -> None:
    """Any two of the first six differ in how a red- or green-blind eye sees them."""
    def seen(colour: str, matrix: Any) -> Any:
        rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        return matrix @ np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)

    # Vienot, Brettel and Mollon 1999, in linear RGB.
    protan = np.array([[0.1124, 0.8876, 0], [0.1124, 0.8876, 0], [0.004, -0.004, 1]])
    deutan = np.array([[0.2928, 0.7072, 0], [0.2928, 0.7072, 0], [-0.0223, 0.0223, 1]])
    colours = [x["color"] for x in looks([str(i) for i in range(6)]).values()]
    apart = [
        float(np.abs(seen(a, m) - seen(b, m)).max())
        for m in (protan, deutan) for i, a in enumerate(colours) for b in colours[:i]
    ]
    assert min(apart) > 0.05
    assert float(np.abs(seen("#ff0000", deutan) - seen("#8f8f00", deutan)).max()) < 0.05


# ---------------------------------------------------------------------- sweeps and paths

def test_a_sweep_shows_its_limits() -> None:
    """Marks stand at their rates; rates that diverged are arrows, not points."""
    rates = [0.01, 0.1, 1.0]
    marks = [plots.Mark(0.5, "limit", "sgd"), plots.Mark(0.2, "best", "sgd", limit=False)]
    figure = plots.sweep(rates, {"sgd": [1.0, 0.1, np.inf]}, marks, start=2.0)
    assert drawn(figure, "limit")[0].tolist() == [0.5, 0.5]
    assert drawn(figure, "best")[0].tolist() == [0.2, 0.2]
    x, y = drawn(figure, "sgd")
    assert x[np.isfinite(y)].tolist() == [0.01, 0.1]
    assert y[:2].tolist() == [1.0, 0.1]
    assert drawn(figure, "sgd diverges")[0].tolist() == [1.0]
    assert {"sgd", "limit", "best"} <= set(texts(figure))


def test_trajectories_are_the_points() -> None:
    """Each path is drawn from the start on, named, with the minimum and contours."""
    paths = {"a": [[0, 0], [1, 1], [2, 1]], "b": [[0, 0], [0, 2], [2, 1]]}
    figure = plots.trajectories(lambda x, y: (x - 2) ** 2 + (y - 1) ** 2, paths, minimum=(2, 1))
    for name, points in paths.items():
        assert drawn(figure, name).T.tolist() == points
    assert drawn(figure, "start").tolist() == [[0], [0]]
    assert drawn(figure, "minimum").tolist() == [[2], [1]]
    assert {"a", "b", "start"} <= set(texts(figure))
    low, high = figure.axes[0].get_xlim()
    assert low < 0
    assert high > 2


def test_a_path_that_flies_off_does_not_shrink_the_rest() -> None:
    """One point at 10^6 leaves the frame where the other points are."""
    paths = {"a": [[0, 0], [1, 1]], "b": [[0, 0], [1e6, 1e6], [1, 1]]}
    figure = plots.trajectories(lambda x, y: x * x + y * y, paths, minimum=(1, 1))
    assert figure.axes[0].get_xlim()[1] < 10


# ---------------------------------------------------------------------- files and refusals

@pytest.mark.parametrize("kind", ["png", "pdf", "svg"])
def test_pictures_are_written(tmp_path: Path, kind: str) -> None:
    """Whole, in the format of the ending, and the same bytes for the same picture."""
    start = {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml"}[kind]
    files = [tmp_path / f"{i}.{kind}" for i in range(2)]
    for file in files:
        plots.save(plots.losses({"a": ([1, 2], [1.0, 2.0])}), file)
    assert files[0].read_bytes().startswith(start)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


REFUSED: dict[str, tuple[Any, type[Exception], str]] = {
    "no curve": (lambda: plots.losses({}), InvalidInput, "at least one curve"),
    "no number": (lambda: plots.losses({"a": ([1], [np.nan])}), InvalidInput, "finite"),
    "method": (lambda: plots.stability("adam"), UnknownName, "momentum"),
    "no path": (lambda: plots.trajectories(lambda x, y: 0, {}), InvalidInput, "at least one path"),
    "space": (lambda: plots.trajectories(lambda x, y: 0, {"a": [[1, 2, 3]]}), InvalidInput,
              r"shape \(k, 2\)"),
    "all diverged": (lambda: plots.sweep([1, 2], {"a": [np.inf] * 2}), InvalidInput, "smaller"),
    "ending": (lambda: plots.save(None, "a.gif"), InvalidInput, "ends in .png, .pdf or .svg"),
    "folder": (lambda: plots.save(None, "/no/such/a.png"), InvalidInput, "cannot write"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    """The message says what was expected."""
    call, error, words = REFUSED[name]
    with pytest.raises(error, match=words):
        call()


def test_without_matplotlib_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install."""
    plain = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return plain(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(InvalidInput, match=r"pip install 'refmath\[plot\]'"):
        plots.stability()


def test_no_display_and_no_global_state() -> None:
    """Drawing needs no display, opens no figure of pyplot's, and changes no setting."""
    code = (
        "import matplotlib, sys; before = dict(matplotlib.rcParams); "
        "from refmath import plots; plots.losses({'a': ([1, 2], [1., 2.])}); "
        "import matplotlib.pyplot as plt; "
        "print(plt.get_fignums(), before == dict(matplotlib.rcParams))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(Path.home())},
    )
    assert answer.stdout.split() == ["[]", "True"]
