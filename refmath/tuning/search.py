"""Search by grid, at random, or by tree-structured Parzen estimators, through Optuna."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from itertools import product
from pathlib import Path
from typing import Any, TypeAlias

from refmath.errors import InvalidInput, UnknownName
from refmath.tuning.space import Choice, Parameter

__all__ = ["METHODS", "Found", "Report", "Trial", "search"]

METHODS = ("tpe", "random", "grid")
Report: TypeAlias = Callable[[int, float], None]
"""``report(step, value)``: an intermediate value; it ends a trial that is worse than most."""


@dataclass(frozen=True)
class Trial:
    """One point that was tried.

    Attributes:
        number: From 0.
        params: The point by name.
        value: What it scored; the last value reported if it was cut short; None if there is none.
        state: ``complete``, or ``pruned``: it was cut short, or it diverged.
    """

    number: int
    params: dict[str, Any]
    value: float | None
    state: str


@dataclass(frozen=True)
class Found:
    """The outcome of a search.

    Attributes:
        trials: Every point that was tried, in order.
    """

    trials: tuple[Trial, ...]

    @property
    def best(self) -> Trial | None:
        """The complete trial with the least value; None if all were cut short."""
        done = [t for t in self.trials if t.state == "complete" and t.value is not None]
        return min(done, key=lambda t: t.value, default=None)  # type: ignore[arg-type,return-value]


def search(
    score: Callable[[dict[str, Any], Report], float | None],
    space: Sequence[Parameter],
    *,
    method: str = "tpe",
    trials: int = 20,
    points: int = 5,
    seed: int = 0,
    prune: bool = True,
    storage: str | Path | None = None,
    progress: bool = False,
) -> Found:
    """Minimize a score over a space of parameters.

    The point of a trial follows from the seed and the finished trials before it: a search that
    was killed and is called again with the same storage tries what it would have tried. One
    process may use a storage at a time.

    Args:
        score: ``score(point, report)``, to be minimized; None for a point that has no score, such
            as one at which training diverges.
        space: Ranges and choices.
        method: ``tpe`` (tree-structured Parzen estimators), ``random``, or ``grid`` (all points;
            of a range, so many evenly spaced ones).
        trials: How many points, those in the storage included; a grid has its own number.
        points: Of a range, in a grid.
        seed: Of the random choices.
        prune: Whether a trial ends when what it reports is worse than the median of earlier ones
            at the same step.
        storage: A file to keep the trials in: ``.db`` for SQLite, else Optuna's journal.
        progress: Whether to show a progress bar, on a terminal.

    Raises:
        InvalidInput: Optuna is not installed, the space is empty, or an argument does not fit.
        UnknownName: No such method.

    Source:
        Bergstra, Bardenet, Bengio and Kegl 2011 (TPE); Bergstra and Bengio 2012 (random search);
        Golovin et al. 2017, section 3.2.2 (median rule).
    """
    optuna = _optuna()
    if method not in METHODS:
        raise UnknownName("search method", method, list(METHODS))
    names = [p.name for p in space]
    if not names or len(set(names)) < len(names):
        raise InvalidInput(f"expected distinct parameters to search, found {names}")
    if trials < 1:
        raise InvalidInput(f"trials={trials}: expected at least 1")
    grid = [dict(zip(names, point, strict=True)) for point in
            product(*(p.points(points) for p in space))] if method == "grid" else []
    total = len(grid) or trials
    pruner = optuna.pruners.MedianPruner() if prune else optuna.pruners.NopPruner()
    with _quiet(optuna):
        study = _study(optuna, storage, pruner)
        _same(study, {"space": [repr(p) for p in space], "method": method, "seed": seed})
        with _bar(progress, total) as tick:
            while (done := len(_finished(optuna, study))) < total:
                tick(done)
                if method == "grid":
                    sampler = optuna.samplers.GridSampler({k: [v] for k, v in grid[done].items()})
                else:
                    kind = {"tpe": "TPESampler", "random": "RandomSampler"}[method]
                    sampler = getattr(optuna.samplers, kind)(seed=_mixed(seed, done))
                study.sampler = sampler
                study.optimize(lambda t: _tried(optuna, t, space, score), n_trials=1)
            tick(done)
        return Found(tuple(_finished(optuna, study)))


def _tried(
    optuna: Any, trial: Any, space: Sequence[Parameter],
    score: Callable[[dict[str, Any], Report], float | None],
) -> float:
    point = {p.name: _suggested(trial, p) for p in space}

    def report(step: int, value: float) -> None:
        trial.report(value, step)
        if trial.should_prune():
            raise optuna.TrialPruned

    found = score(point, report)
    if found is None or found != found:
        raise optuna.TrialPruned
    return float(found)


def _suggested(trial: Any, parameter: Parameter) -> Any:
    if isinstance(parameter, Choice):
        return trial.suggest_categorical(parameter.name, list(parameter.values))
    kind = trial.suggest_int if parameter.whole else trial.suggest_float
    return kind(parameter.name, parameter.low, parameter.high, log=parameter.log)


def _mixed(seed: int, place: int) -> int:
    """A seed for each place, by Knuth's multiplicative hashing."""
    return reduce(lambda found, x: (found * 2654435761 + x + 1) % 2**32, (seed, place), 0)


def _finished(optuna: Any, study: Any) -> list[Trial]:
    """The trials that ended; those of a process that was killed did not."""
    kinds = optuna.trial.TrialState
    states = {kinds.COMPLETE: "complete", kinds.PRUNED: "pruned"}
    found = [t for t in study.get_trials(deepcopy=False) if t.state in states]
    return [Trial(i, dict(t.params), t.value, states[t.state]) for i, t in enumerate(found)]


def _same(study: Any, settings: dict[str, Any]) -> None:
    for name, value in settings.items():
        known = study.user_attrs.get(name, value)
        if known != value:
            raise InvalidInput(
                f"the storage is of a search with {name}={known!r}, found {name}={value!r}; resume "
                "with the same, or give another file"
            )
        study.set_user_attr(name, value)


def _study(optuna: Any, path: str | Path | None, pruner: Any) -> Any:
    options = {"study_name": "refmath", "load_if_exists": True, "pruner": pruner}
    if path is None:
        return optuna.create_study(**options)
    target = Path(path)
    if not target.parent.is_dir():
        raise InvalidInput(f"there is no folder {str(target.parent)!r} for the storage")
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    try:
        if target.suffix == ".db":
            return optuna.create_study(storage=f"sqlite:///{target}", **options)
        kept = JournalStorage(JournalFileBackend(str(target)))
        return optuna.create_study(storage=kept, **options)
    except Exception as error:  # SQLAlchemy's, JSON's and Optuna's own have no common base
        raise InvalidInput(
            f"{str(target)!r} is no storage of a search: {error}; give another file"
        ) from None


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise InvalidInput(
            "searching needs Optuna, which is not installed: pip install 'refmath[tune]'"
        ) from None
    return optuna


@contextmanager
def _quiet(optuna: Any) -> Iterator[None]:
    """Without Optuna's log lines, while it lasts."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)


@contextmanager
def _bar(wanted: bool, total: int) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(
        console=console, transient=True, disable=not (wanted and console.is_terminal)
    ) as bar:
        task = bar.add_task("trials", total=total)
        yield lambda done: bar.update(task, completed=done)
