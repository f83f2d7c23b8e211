"""Data sets from files: .npz, .csv, and scikit-learn's digits."""

import csv
from pathlib import Path
from typing import Any

import numpy as np

from refmath.errors import InvalidInput
from refmath.training.dataset import Array, Dataset

__all__ = ["load"]


def load(source: str | Path) -> Dataset:
    """A data set by name or from a file.

    A table's last column is the target, the others are the inputs X. Targets that are names, or
    few whole numbers from 0, are class labels ``c``, in the order of their values, with the rows
    ``Y`` of 0 and 1; two classes are also ``y`` in {0, 1} and ``s`` in {-1, 1}. Numbers are ``y``
    and, as one column, ``Y``.

    Args:
        source: ``digits``, the 1797 handwritten digits of scikit-learn (X in [0, 1]); a .npz file
            of named arrays; or a .csv file of numbers, with or without a line of names.

    Raises:
        InvalidInput: There is no such file, or it cannot be read.
    """
    if str(source) == "digits":
        return _digits()
    path = Path(source)
    if path.suffix not in (".npz", ".csv"):
        raise InvalidInput(
            f"{str(source)!r}: expected 'digits', or a file that ends in .npz or .csv"
        )
    try:
        return _npz(path) if path.suffix == ".npz" else _csv(path)
    except FileNotFoundError:
        raise InvalidInput(f"there is no file {str(path)!r}") from None
    except (OSError, ValueError, UnicodeDecodeError, csv.Error) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"{path} cannot be read as a data set: {error}") from None


def _digits() -> Dataset:
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise InvalidInput(
            "the digits come with scikit-learn, which is not installed: pip install scikit-learn"
        ) from None
    X, c = load_digits(return_X_y=True)
    return _with_targets(X / 16, c)


def _npz(path: Path) -> Dataset:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
        if not hasattr(found, "files"):
            raise InvalidInput(f"{path} holds one array without a name; save it by np.savez")
        return Dataset({name: found[name] for name in found.files})


def _csv(path: Path) -> Dataset:
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if any(x.strip() for x in row)]
    if rows and not _numbers(rows[0][:-1]):
        rows = rows[1:]
    if not rows:
        raise InvalidInput(f"{path} has no line of numbers")
    width = len(rows[0])
    for place, row in enumerate(rows, 1):
        if len(row) != width or width < 2:
            raise InvalidInput(
                f"{path}: expected {max(width, 2)} columns in row {place} of the numbers, found "
                f"{len(row)}"
            )
        if not _numbers(row[:-1]):
            raise InvalidInput(f"{path}: row {place} of the numbers is not all numbers: {row}")
    X = np.array([[float(x) for x in row[:-1]] for row in rows])
    last = [row[-1].strip() for row in rows]
    return _with_targets(X, np.array([float(x) for x in last] if _numbers(last) else last))


def _numbers(texts: list[str]) -> bool:
    try:
        return bool(np.isfinite([float(x) for x in texts]).all())
    except ValueError:
        return False


def _with_targets(X: Any, target: Array) -> Dataset:
    if target.dtype.kind in "US":
        labels: Array = np.unique(target, return_inverse=True)[1]
    elif np.all(target == np.round(target)) and target.min() >= 0 and target.max() < 1000:
        labels = target.astype(np.int64)
    else:
        return Dataset(X=X, y=target, Y=target[:, None])
    arrays = {"X": X, "c": labels, "Y": np.eye(int(labels.max()) + 1)[labels]}
    if target.dtype.kind not in "US":
        arrays["y"] = target.astype(np.float64)
    elif labels.max() == 1:
        arrays["y"] = labels.astype(np.float64)
    if labels.max() == 1:
        arrays["s"] = 2.0 * labels - 1
    return Dataset(arrays)
