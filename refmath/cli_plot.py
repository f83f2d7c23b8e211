"""``refmath plot``: pictures of runs, sweeps and stability, each with its numbers as JSON."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import Progress

from refmath import plots
from refmath.cli import echo_json
from refmath.cli_train import DEFAULTS, OPTIMIZERS, Setup, optimizer_of, setup_of, trained
from refmath.errors import InvalidInput
from refmath.objective import Objective
from refmath.objectives.problems import quadratic_with_spectrum
from refmath.plots.style import format_of
from refmath.training import Model, train
from refmath.tuning import exact
from refmath.tuning.quadratic import RULES
from refmath.tuning.stability import jury

__all__ = ["plot_losses", "plot_stability", "plot_sweep", "plot_trajectories"]

_ON_DATA = {
    "sgd": {"lr": "0.2"}, "momentum": {"lr": "0.05"}, "nesterov": {"lr": "0.05"},
    "adagrad": {"lr": "0.05"}, "rmsprop": {"lr": "0.003"}, "adadelta": {"lr": "1"},
    "adam": {"lr": "0.005"}, "adamw": {"lr": "0.005"}, "amsgrad": {"lr": "0.005"},
    "adamax": {"lr": "0.01"}, "nadam": {"lr": "0.005"},
}
"""Learning rates that suit small networks, where none is given."""
_TILTED = 29
"""A seed whose eigenvectors lie well between the axes."""
_LADDER = [m * 10.0**e for e in range(-4, 1) for m in (1.0, 3.0)]
"""Learning rates of which the best is taken on a test problem, where none is given."""


def _finish(figure: Any, path: str, data: Mapping[str, Any], as_json: bool) -> None:
    plots.save(figure, path)
    if as_json:
        echo_json({"file": path, **data})
    else:
        click.echo(f"wrote {path}")


def _numbers(values: Any) -> list[float | None]:
    return [float(v) if math.isfinite(v) else None for v in values]


def _chosen(texts: Sequence[str]) -> list[tuple[str, dict[str, str]]]:
    """Optimizers from texts such as ``momentum:lr=0.1,momentum=0.9``."""
    found = []
    for text in texts:
        name, _, rest = text.partition(":")
        settings = {}
        for pair in filter(None, rest.split(",")):
            key, sign, value = pair.partition("=")
            if not (sign and key.strip() and value.strip()):
                raise InvalidInput(
                    f"--optimizer {text}: expected NAME or NAME:KEY=VALUE,KEY=VALUE"
                )
            settings[key.strip()] = value.strip()
        optimizer_of(name, settings)
        found.append((name.lower(), settings))
    return found


def _label(name: str, settings: Mapping[str, str], taken: Mapping[str, Any]) -> str:
    """The name, with its settings if another curve has the same name."""
    if name not in taken:
        return name
    return f"{name} {', '.join(f'{k}={v}' for k, v in settings.items())}"


def plot_losses(given: dict[str, Any], path: str, as_json: bool) -> None:
    """Train with each optimizer and draw the losses over the passes through the data."""
    format_of(path)
    metric = given.pop("metric")
    # BFGS keeps a matrix as large as the square of the number of parameters.
    texts = given.pop("optimizer") or [name for name in OPTIMIZERS if name != "bfgs"]
    options = {**DEFAULTS, **{k: v for k, v in given.items() if v not in (None, {})}}
    if not options.get("data"):
        raise InvalidInput("losses are drawn over passes through data: give --data digits or FILE")
    setup = setup_of(options)
    jobs = _chosen(texts)
    curves: dict[str, Any] = {}
    ended: dict[str, Any] = {}
    with _bar(not as_json, len(jobs)) as tick:
        for name, settings in jobs:
            found = _run(setup, options, name, settings)
            label = _label(name, settings, curves)
            curves[label] = _curve(found.history, metric)
            ended[label] = {
                "reason": found.reason.text,
                **{k: v for k, v in setup.evaluate(found.params).items() if math.isfinite(v)},
            }
            tick()
    if not any(curve[0] for curve in curves.values()):
        raise InvalidInput(f"no run recorded {metric}: it needs examples held back")
    objective = setup.model.objective.name
    words = {"loss": "training loss", "test_loss": "test loss", "error": "test error"}
    figure = plots.losses(
        curves, title=f"{objective} on {options['data']}", up=words[metric]
    )
    _finish(figure, path, {
        "metric": metric,
        "curves": {k: {"passes": x, "values": _numbers(y), **ended[k]}
                   for k, (x, y) in curves.items()},
    }, as_json)


def _curve(history: Any, metric: str) -> Any:
    """Passes and a number at each; the error is the share of wrong classes."""
    if metric != "error":
        return history.of_epochs(metric)
    passes, right = history.of_epochs("accuracy")
    return passes, [1 - x for x in right]


def _run(setup: Setup, options: Mapping[str, Any], name: str, settings: Mapping[str, str]) -> Any:
    optimizer = optimizer_of(name, {**_ON_DATA.get(name, {}), **settings})
    if not hasattr(optimizer, "step"):
        # As many passes as the others have; line searches take some of them.
        limit = len(setup.data or ()) * options.get("epochs", 20)
        plain = {k: v for k, v in options.items() if k not in ("batch_size", "epochs", "schedule")}
        most = {**plain, "stop": {**options["stop"], "evaluations": str(limit)}}
        found = trained(setup, most, optimizer)
    else:
        found = trained(setup, options, optimizer)
    if found.reason.name == "interrupted":
        raise KeyboardInterrupt
    return found


def _problem(name: str | None, spectrum: str | None) -> Objective:
    """A function of two variables, of those with a standard start, or a quadratic."""
    from refmath import objectives

    if name is not None and spectrum is not None:
        raise InvalidInput("give either an objective or --spectrum")
    if name is None:
        values = [x.strip() for x in (spectrum or "1,20").split(",")]
        if len(values) != 2:
            raise InvalidInput(f"--spectrum {spectrum}: expected two eigenvalues, such as 1,20")
        return quadratic_with_spectrum(values, seed=_TILTED)
    return objectives.get(name)


def plot_trajectories(
    name: str | None, path: str, *, spectrum: str | None, optimizer: Sequence[str],
    updates: int, start: str | None, as_json: bool,
) -> None:
    """Draw how optimizers move over the contours of a function of two variables."""
    format_of(path)
    objective = _problem(name, spectrum)
    model = Model(objective)
    (key, *others) = model.names
    if others or objective.in_force[key].lengths(model.sizes) != (2,):
        raise InvalidInput(
            f"{objective.name} is no function of two variables; take rosenbrock, booth, "
            "himmelblau, beale, or --spectrum 1,20"
        )
    begin = _start(model, key, start)
    minimum = None if objective.minimum is None or objective.minimum.at is None else \
        objective.standard(objective.minimum.at)[key]
    paths: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    for rule, asked in _chosen(optimizer or ["sgd", "momentum", "nesterov", "adam"]):
        chosen = _settings(rule, asked, model, key, begin, updates)
        label = _label(rule, asked, paths)
        paths[label] = _path(rule, chosen, model, key, begin, updates)
        settings[label] = chosen
    figure = plots.trajectories(
        lambda a, b: float(model({key: np.array([a, b])}, {})[0]), paths, minimum=minimum,
        title=objective.title if name else f"Quadratic with eigenvalues {spectrum or '1,20'}",
        names=(f"${key}_1$", f"${key}_2$"),
    )
    _finish(figure, path, {
        "objective": objective.name,
        "paths": {k: {"settings": settings[k], "points": p.tolist()} for k, p in paths.items()},
    }, as_json)


def _start(model: Model, key: str, text: str | None) -> dict[str, Any]:
    if text is None:
        found = model.start()
        return {key: np.array([-4.0, 3.0])} if not found[key].any() else found
    try:
        point = np.array([float(x) for x in text.split(",")])
    except ValueError:
        point = np.empty(0)
    if point.shape != (2,) or not np.isfinite(point).all():
        raise InvalidInput(f"--start {text}: expected two numbers, such as -1.2,1")
    return {key: point}


def _settings(
    rule: str, asked: Mapping[str, str], model: Model, key: str, begin: Any, updates: int
) -> dict[str, str]:
    """Those given; else exact on a quadratic; else the best learning rate of a ladder."""
    if "lr" in asked or not hasattr(optimizer_of(rule, {}), "step"):
        return dict(asked)
    if rule in RULES and not asked:
        try:
            best = exact(model.objective, model.constants, rule, theta=key).best
            return {k: repr(v) for k, v in best.items() if k in ("lr", "momentum")}
        except InvalidInput:
            pass
    scores = {}
    for rate in _LADDER:
        found = _path(rule, {**asked, "lr": repr(rate)}, model, key, begin, updates)
        value = float(model({key: found[-1]}, {})[0])
        scores[rate] = value if math.isfinite(value) else math.inf
    return {**asked, "lr": repr(min(scores, key=lambda r: scores[r]))}


def _path(
    rule: str, settings: Mapping[str, str], model: Model, key: str, begin: Any, updates: int
) -> Any:
    points = [begin[key]]

    def watch(position: Any) -> None:
        points.append(position.params[key].copy())

    train(model, optimizer_of(rule, settings), params=begin, callback=watch, updates=updates)
    found = np.array(points)
    return found[np.abs(found).max(axis=1) < 1e100]


def plot_sweep(
    name: str | None, path: str, *, spectrum: str | None, rules: Sequence[str], updates: int,
    points: int, rates: str | None, as_json: bool,
) -> None:
    """Draw the loss above its minimum after some updates by learning rate, with exact limits."""
    format_of(path)
    objective = _problem(name, spectrum)
    model = Model(objective)
    key = model.names[0]
    begin = _start(model, key, None) if len(model.names) == 1 and name is None else model.start()
    jobs = _chosen(rules) if rules else _usual(model)
    for rule, settings in jobs:
        if not hasattr(optimizer_of(rule, settings), "step"):
            raise InvalidInput(f"{rule} chooses its own steps: there is no learning rate to sweep")
    marks, limits = _marks(model, jobs)
    grid = _rates(rates, limits, points)
    least = 0.0
    if objective.minimum is not None:
        exactly = objective.minimal_value(objective.minimum)
        least = 0.0 if exactly is None else float(exactly)
    values: dict[str, list[float]] = {}
    with _bar(not as_json, len(jobs) * len(grid)) as tick:
        for rule, settings in jobs:
            label = _titled(rule, settings)
            values[label] = []
            for rate in grid:
                found = train(
                    model, optimizer_of(rule, {**settings, "lr": repr(rate)}), params=begin,
                    updates=updates,
                )
                lost = found.reason.name == "diverged"
                value = math.inf if lost else model.value(found.params, None) - least
                values[label].append(value)
                tick()
    title = objective.title if name else f"Quadratic with eigenvalues {spectrum or '1,20'}"
    figure = plots.sweep(
        grid, values, marks, title=f"{title}: after {updates} updates",
        up="loss above the minimum", start=float(model(begin, {})[0]) - least,
    )
    _finish(figure, path, {
        "objective": objective.name, "rates": grid,
        "values": {k: _numbers(v) for k, v in values.items()},
        "marks": [{"rate": m.rate, "text": m.text, "of": m.of} for m in marks],
    }, as_json)


def _titled(rule: str, settings: Mapping[str, str]) -> str:
    """A rule with what is set: ``momentum 0.4``, ``adam, beta1=0.8``."""
    if list(settings) == ["momentum"]:
        return f"{rule} {settings['momentum']}"
    return ", ".join([rule, *(f"{k}={v}" for k, v in settings.items())])


def _usual(model: Model) -> list[tuple[str, dict[str, str]]]:
    """Gradient descent, and the heavy ball with the best momentum where that is known."""
    try:
        share = exact(model.objective, model.constants, "momentum").best["momentum"]
    except (InvalidInput, KeyError):
        share = 0.9
    return [("sgd", {}), ("momentum", {"momentum": f"{share:.3g}"})]


def _marks(
    model: Model, jobs: Sequence[tuple[str, Mapping[str, str]]]
) -> tuple[list[plots.Mark], list[float]]:
    """The exact limit of each rule on a quadratic, and gradient descent's best rate."""
    out: list[plots.Mark] = []
    for rule, settings in jobs:
        if rule not in RULES or set(settings) - {"momentum"}:
            continue
        share = None if rule == "sgd" else float(optimizer_of(rule, settings).hyper["momentum"])
        try:
            found = exact(model.objective, model.constants, rule, momentum=share)
        except InvalidInput:
            continue
        words = {"sgd": r"$2/L$", "momentum": r"$2(1+\mu)/L$",
                 "nesterov": r"$2(1+\mu)/((1+2\mu)L)$"}[rule]
        label = _titled(rule, settings)
        out.append(plots.Mark(found.limit, f"{words} = {found.limit:.4g}", label))
        if rule == "sgd" and found.best:
            best = found.best["lr"]
            out.append(plots.Mark(best, rf"best, $2/(L+\ell)$ = {best:.4g}", label, limit=False))
    return out, [m.rate for m in out if m.limit]


def _rates(text: str | None, limits: Sequence[float], points: int) -> list[float]:
    """Evenly spaced rates in the logarithm: around the limits, if none are given."""
    low, high = (min(limits) / 100, max(limits) * 3) if limits else (1e-5, 10.0)
    if text is not None:
        try:
            low, high = (float(x) for x in text.split(":"))
        except ValueError:
            low = high = math.nan
        if not 0 < low < high < math.inf:
            raise InvalidInput(f"--rates {text}: expected LOW:HIGH above 0, such as 1e-4:1")
    return [float(rate) for rate in np.geomspace(low, high, points)]


def plot_stability(method: str, path: str, condition: float | None, as_json: bool) -> None:
    """Draw where momentum converges, and how fast."""
    format_of(path)
    figure = plots.stability(method, condition)
    shares = np.linspace(0, 0.99, 12)
    found = plots.boundary(method, shares)
    assert all(min(jury(method, x, m, 1.0)) < 1e-12 for x, m in zip(found, shares, strict=True))
    _finish(figure, path, {
        "method": method, "momentum": shares.tolist(), "boundary": found.tolist(),
    }, as_json)


def _bar(wanted: bool, total: int) -> Any:
    """A progress bar, on a terminal: calling it moves it on by one."""
    return _Bar(wanted, total)


class _Bar:
    def __init__(self, wanted: bool, total: int) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            console=console, transient=True, disable=not (wanted and console.is_terminal)
        )
        self._task = self._bar.add_task("runs", total=total)

    def __enter__(self) -> Callable[[], None]:
        self._bar.start()
        return lambda: self._bar.advance(self._task)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
