"""The progress bar of a run, on a terminal only."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from refmath.training.state import Position
from refmath.training.stopping import Stop

__all__ = ["Display", "shown"]

Display: TypeAlias = Callable[[Position], Any]


@contextmanager
def shown(wanted: bool, stop: Stop, per_epoch: int) -> Iterator[Display]:
    """A function to be called after every update.

    Args:
        wanted: Whether to show anything at all.
        stop: Its budgets tell how long the run may take.
        per_epoch: Updates in an epoch.
    """
    if not wanted:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    epochs = math.inf if stop.epochs is None else stop.epochs * per_epoch
    most = min(epochs, math.inf if stop.updates is None else stop.updates)
    columns = (
        TextColumn("epoch {task.fields[epoch]}"), BarColumn(),
        TextColumn("loss {task.fields[loss]}"), TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        total = most if most < math.inf else None
        task = progress.add_task("training", total=total, epoch=1, loss="")

        def tick(position: Position) -> None:
            progress.update(
                task, completed=position.updates, epoch=position.epochs + 1,
                loss=f"{position.history.loss[-1]:.4g}",
            )

        yield tick
