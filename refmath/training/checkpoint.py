"""A run in one file: .npz with arrays and a text in JSON, nothing pickled, written whole."""

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from refmath.errors import InvalidInput
from refmath.files import written
from refmath.training.dataset import Array

__all__ = ["packed", "read", "unpacked", "writable", "write"]

_FORMAT = "refmath training run 1"


def write(path: str | Path, about: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Write a file whole or not at all, and through to the disk.

    Args:
        path: Where to; a file that is there is replaced in one step.
        about: Plain data. Doubles are written with as many digits as identify them.
        arrays: By name.

    Raises:
        InvalidInput: It cannot be written there.
    """
    text = json.dumps({"format": _FORMAT, **about})
    members: dict[str, Any] = {"about": np.array(text), **arrays}
    with written(path) as file:
        np.savez(file, **members)


def writable(path: str | Path) -> None:
    """See early that a file can be written.

    Raises:
        InvalidInput: Its folder does not exist, or is closed to us.
    """
    folder = Path(path).parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        why = "is not writable" if folder.is_dir() else "does not exist"
        raise InvalidInput(f"cannot write {str(path)!r}: the folder {str(folder)!r} {why}")


def read(path: str | Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """What ``write`` wrote.

    Raises:
        InvalidInput: There is no such file, or it is no run.
    """
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        about = json.loads(arrays.pop("about").item())
        if about.pop("format") != _FORMAT:
            raise ValueError("another format")
    except FileNotFoundError:
        raise InvalidInput(f"there is no file {str(path)!r} to resume from") from None
    except (OSError, ValueError, KeyError, AttributeError, TypeError, zipfile.BadZipFile, EOFError):
        raise InvalidInput(
            f"{str(path)!r} is no saved training run: expected a file that train(save=...) or "
            "refmath train --save wrote"
        ) from None
    return about, arrays


def packed(state: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Array]]:
    """An optimizer's state as plain data and arrays: numbers, or one array a tensor, by name."""
    plain: dict[str, Any] = {}
    arrays: dict[str, Array] = {}
    for name, values in state.items():
        if values and isinstance(values[0], np.ndarray):
            arrays |= {f"state/{name}/{i}": a for i, a in enumerate(values)}
            plain[name] = len(values)
        else:
            plain[name] = list(values)
    return plain, arrays


def unpacked(plain: Mapping[str, Any], arrays: Mapping[str, Array]) -> dict[str, Any]:
    """The state that ``packed`` took apart."""
    return {
        name: [arrays[f"state/{name}/{i}"] for i in range(x)] if isinstance(x, int) else list(x)
        for name, x in plain.items()
    }
