"""The commands ``refmath train``, ``tune`` and ``plot``."""

import sys
from collections.abc import Callable
from typing import Any

import click

from refmath.cli import _clean, _pairs, main

__all__ = ["plot", "train", "tune"]

_POSITIVE = click.IntRange(1)


class _BatchSize(click.ParamType[Any]):
    name = "size"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if value == "full":
            return value
        return _POSITIVE.convert(value, param, ctx)


def _of_model(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what is trained on what."""
    for option in reversed((
        click.option("--data", metavar="FILE",
                     help="digits, or a .csv (last column: target) or .npz file."),
        click.option("--vary", multiple=True, metavar="AXIS=OPTION",
                     help="Another option of the objective: loss=cross_entropy."),
        click.option("--constant", multiple=True, metavar="NAME=VALUE",
                     help="A number of the objective that is given: lambda=0.1."),
        click.option("--size", multiple=True, metavar="NAME=N",
                     help="A width of the model: p=64; 32 by default."),
        click.option("--batch-size", type=_BatchSize(),
                     help="Examples an update; 1 is online, full the whole set.  [default: 32]"),
        click.option("--replacement", is_flag=True, default=None,
                     help="Draw examples with replacement."),
        click.option("--schedule", metavar="NAME[:KEY=VALUE,...]",
                     help="Learning rate: cosine:total=900, reduce_on_plateau:metric=loss."),
        click.option("--test-share", type=click.FloatRange(0, 1, max_open=True),
                     help="Share of the examples held back to test.  [default: 0.2]"),
        click.option("--seed", type=click.IntRange(0), help="Of start, order and split."),
    )):
        function = option(function)
    return function


def _read(options: dict[str, Any]) -> dict[str, Any]:
    """Pairs as dictionaries."""
    examples = {"set": "lr=0.01", "vary": "loss=cross_entropy", "constant": "lambda=0.1",
                "size": "p=64", "stop": "gradient=1e-6"}
    return {
        k: _pairs(v, f"--{k}", examples[k]) if k in examples else v for k, v in options.items()
    }


@main.command(
    epilog="Example: refmath train --data digits --optimizer adam --set lr=0.005 --epochs 15"
)
@click.argument("objective", required=False)
@_of_model
@click.option("--optimizer", help="sgd, momentum, adam, ..., lbfgs, bfgs.  [default: adam]")
@click.option("--set", multiple=True, metavar="NAME=VALUE",
              help="A hyperparameter of the optimizer: lr=1e-3.")
@click.option("--epochs", type=_POSITIVE, help="[default: 20, if nothing else ends the run]")
@click.option("--updates", type=_POSITIVE)
@click.option("--seconds", type=click.FloatRange(0, min_open=True))
@click.option("--stop", multiple=True, metavar="NAME=VALUE",
              help="gradient, step or change (their size), loss or evaluations.")
@click.option("--micro-batch", type=_POSITIVE, help="Most examples at once; the sum is the same.")
@click.option("--save", metavar="FILE", help="Save the run as .npz: each epoch, and on Ctrl-C.")
@click.option("--save-every", type=_POSITIVE, metavar="N", help="Save after every N updates.")
@click.option("--resume", metavar="FILE",
              help="Go on where a saved run ended, bit for bit, with its options.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@_clean
def train(as_json: bool, **options: Any) -> None:
    """Train a model on data, or minimize a test problem.

    OBJECTIVE is a name that `refmath objective` lists; with labelled data the default is a network
    of three layers with softmax cross entropy. Its gradient is the derived one.
    """
    from refmath.cli_train import run_train

    sys.exit(run_train(_read(options), as_json))


@main.command(
    epilog="Example: refmath tune --data digits --optimizer adam --search lr=1e-4:1e-1:log "
    "--search batch_size=16,32,64 --trials 20 --epochs 5"
)
@click.argument("objective", required=False)
@_of_model
@click.option("--optimizer", help="sgd, momentum, adam, ...  [default: adam]")
@click.option("--set", multiple=True, metavar="NAME=VALUE",
              help="A hyperparameter that is not searched.")
@click.option("--search", multiple=True, metavar="NAME=LOW:HIGH[:log]",
              help="What is searched; or NAME=V1,V2,...  [default: lr=1e-4:1:log]")
@click.option("--method", help="exact, tpe, random or grid.  [default: exact where the objective "
              "is quadratic, else tpe]")
@click.option("--trials", type=_POSITIVE, default=20, show_default=True)
@click.option("--points", type=click.IntRange(2), default=5, show_default=True,
              help="Of a range, in a grid.")
@click.option("--epochs", type=_POSITIVE, help="Of each trial.")
@click.option("--updates", type=_POSITIVE, help="Of each trial.")
@click.option("--prune/--no-prune", default=True, help="End trials that are worse than most.")
@click.option("--storage", metavar="FILE",
              help="Keep trials in a file, .db or a journal; the same command goes on with it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@_clean
def tune(as_json: bool, **options: Any) -> None:
    """Find good hyperparameters: exactly on quadratics, by search elsewhere.

    For sgd, momentum and nesterov on a quadratic objective the best learning rate and momentum and
    the limit of stability are computed. Elsewhere the loss on examples held back is minimized.
    """
    from refmath.cli_tune import run_tune

    sys.exit(run_tune(_read(options), as_json))


_OUTPUT = click.option("-o", "--output", required=True, metavar="FILE",
                       help="The picture: .png, .pdf or .svg.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the numbers drawn as JSON.")
_SPECTRUM = click.option("--spectrum", metavar="LOW,HIGH",
                         help="A quadratic with these eigenvalues.  [default: 1,20]")
_RULES = click.option("--optimizer", multiple=True, metavar="NAME[:KEY=VALUE,...]",
                      help="One or more; with their hyperparameters: momentum:momentum=0.8.")


@main.group()
def plot() -> None:
    """Draw trajectories, losses, learning-rate sweeps or a map of stability."""


@plot.command(epilog="Example: refmath plot trajectories rosenbrock --optimizer adam -o path.png")
@click.argument("objective", required=False)
@_SPECTRUM
@_RULES
@click.option("--updates", type=_POSITIVE, default=60, show_default=True)
@click.option("--start", metavar="X,Y", help="Where the paths start.")
@_OUTPUT
@_JSON
@_clean
def trajectories(
    objective: str | None, spectrum: str | None, optimizer: tuple[str, ...], updates: int,
    start: str | None, output: str, as_json: bool,
) -> None:
    """Paths of optimizers on the contours of a function of two variables.

    A rule without a learning rate has the exactly best one on a quadratic, else the best of a
    ladder from 1e-4 to 3.
    """
    from refmath.cli_plot import plot_trajectories

    plot_trajectories(objective, output, spectrum=spectrum, optimizer=optimizer, updates=updates,
                      start=start, as_json=as_json)


@plot.command(epilog="Example: refmath plot losses --data digits --epochs 15 -o losses.png")
@click.argument("objective", required=False)
@_of_model
@_RULES
@click.option("--epochs", type=_POSITIVE, help="[default: 20]")
@click.option("--metric", type=click.Choice(["loss", "test_loss", "error"]), default="loss",
              show_default=True)
@_OUTPUT
@_JSON
@_clean
def losses(output: str, as_json: bool, **options: Any) -> None:
    """Loss curves of optimizers on data; of all of them by default.

    L-BFGS and BFGS take the full batch and as many passes over the data as the others.
    """
    from refmath.cli_plot import plot_losses

    plot_losses(_read(options), output, as_json)


@plot.command(epilog="Example: refmath plot sweep --spectrum 1,50 --optimizer sgd -o sweep.png")
@click.argument("objective", required=False)
@_SPECTRUM
@_RULES
@click.option("--updates", type=_POSITIVE, default=50, show_default=True)
@click.option("--points", type=click.IntRange(2), default=61, show_default=True)
@click.option("--rates", metavar="LOW:HIGH", help="Learning rates; around the limits by default.")
@_OUTPUT
@_JSON
@_clean
def sweep(
    objective: str | None, spectrum: str | None, optimizer: tuple[str, ...], updates: int,
    points: int, rates: str | None, output: str, as_json: bool,
) -> None:
    """The loss by learning rate, with the exact limits of stability on a quadratic."""
    from refmath.cli_plot import plot_sweep

    plot_sweep(objective, output, spectrum=spectrum, rules=optimizer, updates=updates,
               points=points, rates=rates, as_json=as_json)


@plot.command(epilog="Example: refmath plot stability --condition 20 -o stability.png")
@click.option("--method", type=click.Choice(["momentum", "nesterov"]), default="momentum",
              show_default=True)
@click.option("--condition", type=click.FloatRange(1), metavar="KAPPA",
              help="Show the best pair for a condition number.")
@_OUTPUT
@_JSON
@_clean
def stability(method: str, condition: float | None, output: str, as_json: bool) -> None:
    """Where momentum converges on a quadratic, and how fast: an exact map."""
    from refmath.cli_plot import plot_stability

    plot_stability(method, output, condition, as_json)
