"""Where a run stands, and how it is written to a file and read back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from refmath.errors import InvalidInput
from refmath.training.checkpoint import packed, read, unpacked, write
from refmath.training.dataset import Array
from refmath.training.history import History
from refmath.training.stopping import Reason

__all__ = ["Position", "Rule", "restored", "saved"]


class Rule(Protocol):
    """What training needs of an update rule; those of refmath.optimizers have it."""

    @property
    def hyper(self) -> dict[str, Any]:
        """The hyperparameters by name."""

    def reset(self) -> None:
        """Forget the state."""

    def step(self, params: Any, grads: Any, lr: Any = None) -> Any:
        """Update the parameters in place."""

    def state_dict(self) -> dict[str, Any]:
        """A copy of the state."""

    def load_state_dict(self, saved: Any) -> None:
        """Restore a state."""


@dataclass
class Position:
    """Where a run stands; a callback is given it after every update, to look at.

    Attributes:
        params: The parameters by name.
        history: What happened so far.
        updates: Updates done.
        epochs: Epochs done.
        batch: Batches done of the epoch that has begun.
        evaluations: Gradients of examples computed; of a loss without data, gradients.
        seconds: Time spent in updates.
        shuffling: State of the random numbers from before the epoch's order was drawn.
        reason: Why the run ended.
    """

    params: dict[str, Array]
    history: History = field(default_factory=History)
    updates: int = 0
    epochs: int = 0
    batch: int = 0
    evaluations: int = 0
    seconds: float = 0.0
    shuffling: dict[str, Any] = field(default_factory=dict)
    reason: Reason | None = None


def saved(
    path: str | Path,
    position: Position,
    optimizer: Mapping[str, Any],
    settings: Mapping[str, Any],
    about: Mapping[str, Any],
) -> None:
    """Write a run to a file.

    Args:
        path: Where to.
        position: Where it stands.
        optimizer: The state of the update rule.
        settings: What must be the same when it is resumed.
        about: Plain data of the caller's own.
    """
    plain, arrays = packed(optimizer)
    meta = {
        "settings": settings, "about": about, "optimizer": plain,
        "position": {k: getattr(position, k) for k in _PLAIN},
        "shuffling": position.shuffling, "epochs": position.history.epochs,
        "reason": position.reason and [position.reason.name, position.reason.text],
    }
    arrays |= {f"parameter/{k}": p for k, p in position.params.items()}
    write(path, meta, {**arrays, "history": position.history.array()})


_PLAIN = ("updates", "epochs", "batch", "evaluations", "seconds")


def restored(
    path: str | Path, settings: Mapping[str, Any]
) -> tuple[Position, dict[str, Any]]:
    """The position and the optimizer's state of a file.

    Raises:
        InvalidInput: It is no run, or one with other settings.
    """
    about, arrays = read(path)
    try:
        theirs = about["settings"]
        for name, own in settings.items():
            if theirs.get(name) != own:
                raise InvalidInput(
                    f"{str(path)!r} was saved with {name}={theirs.get(name)!r}, found "
                    f"{name}={own!r}; resume with the same, or begin a new run"
                )
        params = {
            k.removeprefix("parameter/"): np.array(a) for k, a in arrays.items()
            if k.startswith("parameter/")
        }
        history = History.of(arrays["history"], about["epochs"])
        position = Position(
            params, history, **about["position"], shuffling=about["shuffling"]
        )
        return position, unpacked(about["optimizer"], arrays)
    except (KeyError, TypeError, AttributeError):
        raise InvalidInput(f"{str(path)!r} is a saved run that lacks some of its parts") from None
