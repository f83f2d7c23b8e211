"""``refmath tune``: exact parameters of quadratics, and search for everything else."""

import inspect
import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from refmath.cli import echo_json
from refmath.cli_derive import plain_console
from refmath.cli_train import DEFAULTS, OPTIMIZERS, Setup, optimizer_of, setup_of, trained
from refmath.errors import InvalidInput, UnknownName
from refmath.tuning import Choice, Exact, Found, Range, exact, parse, search
from refmath.tuning.quadratic import RULES
from refmath.tuning.search import METHODS
from refmath.tuning.space import Parameter

__all__ = ["run_tune"]

_MOST_ROWS = 10


def run_tune(given: dict[str, Any], as_json: bool) -> int:
    """Find good hyperparameters and print them.

    Args:
        given: The options; None where one is not given.
        as_json: Whether to print JSON.

    Returns:
        The exit status: 1 if no trial was complete.
    """
    job = {k: given.pop(k) for k in ("search", "method", "trials", "points", "storage", "prune")}
    options = {**DEFAULTS, **{k: v for k, v in given.items() if v not in (None, {})}}
    optimizer_of(options["optimizer"], options["set"])
    method = job["method"] or ("tpe" if job["search"] else _default(options))
    if method == "exact":
        return _exactly(options, job["search"], as_json)
    if method not in METHODS:
        raise UnknownName("method", method, ["exact", *METHODS])
    setup = setup_of(options)
    space = [parse(text) for text in job["search"]] or [Range("lr", 1e-4, 1.0, log=True)]
    _check(space, setup, options)
    found = search(
        lambda point, report: _score(point, report, setup, options), space, method=method,
        trials=job["trials"], points=job["points"], seed=options["seed"], prune=job["prune"],
        storage=job["storage"], progress=not as_json,
    )
    best = found.best
    if as_json:
        echo_json({
            "method": method, "optimizer": options["optimizer"],
            "best": None if best is None else {"params": best.params, "value": best.value},
            "trials": [
                {"params": t.params, "state": t.state,
                 "value": t.value if t.value is not None and math.isfinite(t.value) else None}
                for t in found.trials
            ],
        })
    else:
        _print(found, space, setup)
    return 0 if best is not None else 1


def _default(options: Mapping[str, Any]) -> str:
    """Exact where the objective and the rule allow it."""
    if options["optimizer"] not in RULES:
        return "tpe"
    try:
        _exact(options, setup_of({**options, "test_share": 0}))
    except InvalidInput:
        return "tpe"
    return "exact"


def _exact(options: Mapping[str, Any], setup: Setup) -> Exact:
    values = {**setup.model.batch(setup.data), **setup.model.constants}
    objective = setup.model.objective
    theta = objective.parameters[0] if len(objective.parameters) == 1 else None
    momentum = options["set"].get("momentum")
    return exact(
        objective, values, options["optimizer"], theta=theta,
        momentum=None if momentum is None else float(momentum),
    )


def _exactly(options: Mapping[str, Any], searched: Sequence[str], as_json: bool) -> int:
    if searched:
        raise InvalidInput("--method exact has nothing to search; leave out --search")
    found = _exact(options, setup_of({**options, "test_share": 0}))
    if as_json:
        echo_json({
            "method": "exact", "optimizer": found.rule, "lambda_min": found.lowest,
            "lambda_max": found.highest, "best": dict(found.best) or None,
            "momentum": found.momentum, "limit": found.limit, "source": found.source,
        })
        return 0
    out = plain_console()
    out.print(f"{options.get('objective')} is quadratic: exact for {found.rule}, full batch",
              style="bold", soft_wrap=True)
    out.print(f"eigenvalues of the Hessian from {found.lowest:.6g} to {found.highest:.6g}, "
              f"condition number {found.condition:.6g}", soft_wrap=True)
    if found.best:
        chosen = ", ".join(f"{k} = {v:.6g}" for k, v in found.best.items() if k != "kappa")
        out.print(f"best: {chosen}", soft_wrap=True)
    else:
        out.print("best: none, for the smallest eigenvalue is 0", soft_wrap=True)
    at = f" at momentum {found.momentum:.6g}" if found.rule != "sgd" else ""
    out.print(f"stable: 0 < lr < {found.limit:.6g}{at}", soft_wrap=True)
    out.print(f"source: {found.source}", soft_wrap=True)
    return 0


def _places(setup: Setup, options: Mapping[str, Any]) -> dict[str, str]:
    """Where each name that can be searched belongs."""
    hypers = inspect.signature(OPTIMIZERS[options["optimizer"]]).parameters
    places = dict.fromkeys(setup.model.sizes, "size")
    places |= dict.fromkeys(setup.model.constants, "constant")
    places |= dict.fromkeys(hypers, "set")
    return places | ({"batch_size": ""} if setup.data is not None else {})


def _check(space: Sequence[Parameter], setup: Setup, options: Mapping[str, Any]) -> None:
    places = _places(setup, options)
    for p in space:
        if p.name not in places:
            raise UnknownName("parameter to search", p.name, list(places))


def _score(
    point: Mapping[str, Any], report: Any, setup: Setup, options: Mapping[str, Any]
) -> float | None:
    """The loss on the examples held back, or the loss, after a run at a point."""
    moved: dict[str, Any] = {k: dict(v) if isinstance(v, dict) else v for k, v in options.items()}
    places = _places(setup, options)
    for name, value in point.items():
        if places[name]:
            moved[places[name]][name] = str(value)
        else:
            moved[name] = value
    again = any(places[name] in ("size", "constant") for name in point)
    own = setup_of(moved) if again else setup
    name = "loss" if own.test is None else "test_loss"

    def watch(position: Any) -> None:
        records = position.history.epochs
        if records and position.batch == 0 and own.data is not None:
            value = records[-1][name]
            if math.isfinite(value):
                report(position.epochs, value)

    optimizer = optimizer_of(moved["optimizer"], moved["set"])
    found = trained(own, moved, optimizer, callback=watch)
    if found.reason.name == "interrupted":
        raise KeyboardInterrupt
    if found.reason.name in ("diverged", "failed"):
        return None
    held = own.evaluate(found.params)
    value = held.get("test_loss", own.model.value(found.params, own.data))
    return value if math.isfinite(value) else None


def _print(found: Found, space: Sequence[Parameter], setup: Setup) -> None:
    out = plain_console()
    what = "loss" if setup.test is None else "test loss"
    done = sorted(
        (t for t in found.trials if t.state == "complete" and t.value is not None),
        key=lambda t: t.value or 0.0,
    )
    cut = len(found.trials) - len(done)
    out.print(f"{len(found.trials)} trials, of which {cut} were cut short or diverged",
              style="bold", soft_wrap=True)
    if not done:
        out.print("no trial was complete: search smaller learning rates", soft_wrap=True)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("trial", *(p.name for p in space), what):
        table.add_column(name, justify="right")
    for t in done[:_MOST_ROWS]:
        table.add_row(str(t.number), *(_shown(t.params[p.name]) for p in space),
                      f"{t.value:.5g}")
    out.print(table)
    chosen = " ".join(_option(p, done[0].params[p.name]) for p in space)
    out.print(f"best: {chosen}", soft_wrap=True)


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _option(parameter: Range | Choice, value: Any) -> str:
    return f"{parameter.name}={value!r}" if not isinstance(value, str) else \
        f"{parameter.name}={value}"
