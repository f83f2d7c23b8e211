"""``refmath train``: an objective, an optimizer and a data set, from the command line."""

import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from refmath import objectives, optimizers, schedules
from refmath.cli import echo_json
from refmath.cli_derive import plain_console
from refmath.errors import InvalidInput, UnknownName
from refmath.objective import Objective
from refmath.training import Batches, Dataset, Model, OnMetric, Trained, load, train
from refmath.training.checkpoint import read
from refmath.training.stopping import Stop

__all__ = [
    "DEFAULTS", "OPTIMIZERS", "Setup", "optimizer_of", "run_train", "schedule_of", "setup_of",
    "trained",
]

OPTIMIZERS: dict[str, Any] = {
    name.lower(): getattr(optimizers, name)
    for name in optimizers.__all__ if name not in ("Optimizer", "Newton", "GradientDescent")
}
"""Update rules and minimizers by the name that the command line uses."""

DEFAULTS: dict[str, Any] = {
    "optimizer": "adam", "set": {}, "vary": {}, "constant": {}, "size": {}, "seed": 0,
    "test_share": 0.2, "stop": {}, "replacement": False,
}
_MOST_ROWS = 12
_MOST_SHOWN = 12


@dataclass(frozen=True)
class Setup:
    """What is trained on what.

    Attributes:
        model: The loss.
        data: The examples to train on; None for a test problem.
        test: Examples held back; None for none.
    """

    model: Model
    data: Dataset | None
    test: Dataset | None

    @property
    def metrics(self) -> list[str]:
        """What is recorded of every epoch and measures it."""
        if self.test is None:
            return ["loss"]
        return ["loss", *(["accuracy"] if self.model.classifies else []), "test_loss"]

    def evaluate(self, params: Mapping[str, Any]) -> dict[str, float]:
        """Loss and accuracy on the examples held back."""
        if self.test is None:
            return {}
        found = {"test_loss": self.model.value(params, self.test)}
        if self.model.classifies:
            found["accuracy"] = self.model.accuracy(params, self.test)
        return found


def optimizer_of(name: str, settings: Mapping[str, str]) -> Any:
    """An update rule or minimizer by name, with hyperparameters as text.

    Raises:
        UnknownName: No such optimizer or hyperparameter.
        InvalidInput: A hyperparameter outside its domain.
    """
    if name.lower() not in OPTIMIZERS:
        raise UnknownName("optimizer", name, list(OPTIMIZERS))
    cls = OPTIMIZERS[name.lower()]
    known = list(inspect.signature(cls).parameters)
    for key in settings:
        if key not in known:
            raise UnknownName(f"hyperparameter of {name}", key, known)
    return cls(**{k: value_of(v) for k, v in settings.items()})


def value_of(text: str) -> Any:
    """A number, truth value or word that was written as text."""
    words = {"true": True, "yes": True, "false": False, "no": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def number(name: str, text: str) -> float:
    """A finite number that was written as text.

    Raises:
        InvalidInput: It is none.
    """
    value = value_of(text)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidInput(f"{name}={text}: expected a finite number")
    return value


def setup_of(options: Mapping[str, Any]) -> Setup:
    """The model and its data, from the options of a command.

    Raises:
        InvalidInput: What is given does not fit together.
        UnknownName: A name that does not exist.
    """
    source = options.get("data")
    whole = load(source) if source else None
    objective = _objective(options.get("objective"), whole).vary(**options["vary"])
    constants = {k: number(k, v) for k, v in options["constant"].items()}
    sizes = {k: value_of(v) for k, v in options["size"].items()}
    model = Model(objective, whole, constants=constants, sizes=sizes)
    share = options["test_share"]
    if whole is None or not model.takes_data:
        return Setup(model, None, None)
    if not share:
        return Setup(model, whole, None)
    data, test = whole.split(share, options["seed"])
    return Setup(model, data, test)


def _objective(name: str | None, data: Dataset | None) -> Objective:
    if name is not None:
        return objectives.get(name)
    if data is None:
        raise InvalidInput(
            "say what to train: an objective such as rosenbrock, or --data digits"
        )
    if "c" not in data.arrays:
        raise InvalidInput(
            "the data have no class labels, so there is no model to take by default; name one: "
            "refmath train least_squares --data FILE"
        )
    return objectives.get("network_3").vary(loss="cross_entropy")


def trained(setup: Setup, options: Mapping[str, Any], optimizer: Any, **more: Any) -> Trained:
    """One run with the options of a command."""
    criteria = {k: number(k, v) for k, v in options["stop"].items()}
    criteria |= {k: options[k] for k in ("epochs", "updates", "seconds") if options.get(k)}
    stop = Stop(**_criteria(criteria))
    if not stop.bounded:
        criteria["epochs"] = 20 if setup.data is not None else 1000
    size = _batch(setup, options, optimizer)
    rate = optimizer.hyper["lr"] if hasattr(optimizer, "step") else None
    return train(
        setup.model, optimizer, setup.data, batch_size=size,
        micro_batch=options.get("micro_batch"), replacement=options["replacement"],
        schedule=schedule_of(options.get("schedule"), rate, _updates(setup, size, criteria),
                             setup.metrics),
        seed=options["seed"],
        evaluate=setup.evaluate, **_criteria(criteria), **more,
    )


def _updates(setup: Setup, size: int | None, criteria: Mapping[str, Any]) -> int | None:
    """How many updates a run has, if a budget says so."""
    count = _an_epoch(setup, size)
    found = [criteria["epochs"] * count] if "epochs" in criteria else []
    found += [criteria["updates"]] if "updates" in criteria else []
    return int(min(found)) if found else None


def _an_epoch(setup: Setup, size: int | None) -> int:
    return 1 if setup.data is None else Batches(len(setup.data), size).count


def _criteria(found: Mapping[str, Any]) -> dict[str, Any]:
    known = list(inspect.signature(Stop).parameters)
    for name in found:
        if name not in known:
            raise UnknownName("stopping criterion", name, known)
    return dict(found)


def _batch(setup: Setup, options: Mapping[str, Any], optimizer: Any) -> int | None:
    """The batch size: 32 by default, the full batch for minimizers and without data."""
    asked = options.get("batch_size")
    if asked == "full" or setup.data is None:
        return None
    if asked is None:
        return min(32, len(setup.data)) if hasattr(optimizer, "step") else None
    return int(asked)


def schedule_of(text: str | None, lr: Any, updates: int | None, metrics: list[str]) -> Any:
    """A learning rate from text: ``cosine:total=900``, ``reduce_on_plateau:metric=test_loss``.

    The base rate is the optimizer's, and the total the number of updates, if not given.

    Args:
        text: The name, and hyperparameters, axes and the metric by name.
        lr: The optimizer's rate.
        updates: How many a run has, if that is known.
        metrics: What an epoch records, the default last.

    Raises:
        UnknownName: No such schedule, hyperparameter, axis, option or metric.
        InvalidInput: It is written otherwise.
    """
    if text is None:
        return None
    name, _, rest = text.partition(":")
    chosen = schedules.get(name)
    keys = chosen.kernel().hyper
    axes = {a.name: a for a in chosen.axes}
    options: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for pair in filter(None, rest.split(",")):
        key, sign, value = (x.strip() for x in pair.partition("="))
        if not (key and sign and value):
            raise InvalidInput(f"--schedule {text}: expected NAME or NAME:KEY=VALUE,KEY=VALUE")
        chooses = key in axes and (key not in keys or value in axes[key].options)
        into = options if chooses else values
        if key in into:
            raise InvalidInput(f"--schedule {text}: {key} is given twice")
        into[key] = value.split("/") if "/" in value and not chooses else value
    metric = None
    if chosen.formula is None:
        metric = values.pop("metric", metrics[-1])
        if metric not in metrics:
            raise UnknownName("metric of an epoch", metric, metrics)
        if metric == "accuracy":
            options.setdefault("mode", "max")
    kernel = chosen.vary(**options).kernel()
    own = {"lr": lr, "total": updates}
    values |= {k: repr(v) for k, v in own.items()
               if v is not None and k in kernel.hyper and k not in values}
    if metric is not None:
        kernel([1.0], **values)
        return OnMetric(lambda seen: kernel(seen, **values), metric)
    kernel(0, **values)
    return lambda t: float(kernel(t, **values))


def run_train(given: dict[str, Any], as_json: bool) -> int:
    """Train and print how it went.

    Args:
        given: The options; None where one is not given.
        as_json: Whether to print JSON.

    Returns:
        The exit status: 1 if the run diverged, 130 if it was interrupted.
    """
    resume = given.pop("resume")
    save = given.pop("save") or resume
    every = given.pop("save_every")
    asked = {k: v for k, v in given.items() if v not in (None, {})}
    stored = read(resume)[0].get("about", {}) if resume else {}
    options = {**DEFAULTS, **stored, **asked}
    setup = setup_of(options)
    optimizer = optimizer_of(options["optimizer"], options["set"])
    found = trained(
        setup, options, optimizer, save=save, save_every=every, resume=resume,
        about=options, progress=not as_json,
    )
    if as_json:
        echo_json(data_of(setup, optimizer, found))
    else:
        _print(setup, optimizer, found, options, save)
    return {"diverged": 1, "failed": 1, "interrupted": 130}.get(found.reason.name, 0)


def data_of(setup: Setup, optimizer: Any, found: Trained) -> dict[str, Any]:
    """A run as plain data; numbers that are not finite are null."""
    h = found.history
    value = setup.model.value(found.params, setup.data)
    return {
        "objective": setup.model.objective.name,
        "settings": dict(setup.model.objective.settings), "sizes": setup.model.sizes,
        "optimizer": repr(optimizer),
        "examples": None if setup.data is None else len(setup.data),
        "reason": {"name": found.reason.name, "text": found.reason.text},
        "updates": found.updates, "epochs": found.epochs, "evaluations": found.evaluations,
        "seconds": found.seconds, "loss": _finite(value),
        **{k: _finite(v) for k, v in setup.evaluate(found.params).items()},
        "history": {
            "loss": [*map(_finite, h.loss)], "gradient": [*map(_finite, h.gradient)],
            "step": [*map(_finite, h.step)], "rate": [*map(_finite, h.rate)],
            "epochs": [{k: _finite(v) for k, v in e.items()} for e in h.epochs],
        },
        "params": {k: p.tolist() for k, p in found.params.items()},
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _print(
    setup: Setup, optimizer: Any, found: Trained, options: Mapping[str, Any], save: str | None
) -> None:
    out = plain_console()
    model = setup.model
    chosen = ", ".join(f"{k}={v}" for k, v in model.objective.settings.items())
    name = f"{model.objective.name} ({chosen})" if chosen else model.objective.name
    out.print(f"{name} by {optimizer!r}", style="bold", soft_wrap=True)
    if setup.data is not None:
        held = "" if setup.test is None else f", {len(setup.test)} held back to test"
        out.print(f"{len(setup.data)} examples{held}", soft_wrap=True)
    rows = found.history.epochs
    if rows:
        table = Table(box=None, pad_edge=False, header_style="bold")
        if options.get("schedule") is not None:
            an_epoch = _an_epoch(setup, _batch(setup, options, optimizer))
            rows = [{**r, "rate": found.history.rate[(i + 1) * an_epoch - 1]}
                    for i, r in enumerate(rows)]
        for column in rows[-1]:
            table.add_column(column.replace("_", " "), justify="right")
        for place in _spread(len(rows)):
            table.add_row(*(_shown(k, v) for k, v in rows[place].items()))
        out.print(table)
    value = setup.model.value(found.params, setup.data)
    out.print(f"loss {value:.6g} after {found.updates} updates, {found.seconds:.2f} s")
    if sum(p.size for p in found.params.values()) <= _MOST_SHOWN:
        for key, p in found.params.items():
            out.print(f"  {key} = {p.tolist()}", soft_wrap=True)
    out.print(f"ended: {found.reason}", soft_wrap=True)
    if save:
        out.print(f"saved in {save}; go on by refmath train --resume {save} --epochs N",
                  soft_wrap=True)


def _spread(count: int) -> list[int]:
    """Places of at most so many rows, evenly, the first and the last among them."""
    if count <= _MOST_ROWS:
        return list(range(count))
    step = (count - 1) / (_MOST_ROWS - 1)
    return sorted({round(i * step) for i in range(_MOST_ROWS)})


def _shown(name: str, value: float) -> str:
    if name == "epoch":
        return str(int(value))
    return f"{value:.1f}" if name == "passes" else f"{value:.4f}" if name == "accuracy" else \
        f"{value:.5g}"
