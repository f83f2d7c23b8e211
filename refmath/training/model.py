"""A declared objective as the loss of a training run."""

from collections.abc import Mapping
from functools import cached_property
from math import prod, sqrt
from typing import Any

import numpy as np

from refmath.emit.tensor.kernel.api import Kernel, kernel
from refmath.errors import InvalidInput, UnknownName
from refmath.objective import Objective
from refmath.objective.declaration import as_floats
from refmath.tensor import gradient, nodes
from refmath.tensor.build import one_hot, variable
from refmath.tensor.replace import replaced
from refmath.training.dataset import Array, Dataset

__all__ = ["Model"]


class Model:
    """Value and gradients of an objective, derived, as ``model(params, batch)``.

    Args:
        objective: A declared objective that is reduced to a scalar.
        data: Where sizes such as the number of classes are read off; arrays that the objective
            has no use for are left aside.
        constants: What is the same for every example: ``{"lambda": 0.1}``. Variables with standard
            data need not be given.
        sizes: Sizes that the data do not tell, such as the widths of hidden layers; 32 each by
            default. An objective with standard data has its own.

    Attributes:
        names: The names of the parameters.
        sizes: All sizes by name, but that of the batch.

    Raises:
        InvalidInput: A variable is neither in the data nor a constant, or does not fit.
        UnknownName: A constant or size that the objective does not have.
    """

    def __init__(
        self,
        objective: Objective,
        data: Dataset | None = None,
        *,
        constants: Mapping[str, Any] | None = None,
        sizes: Mapping[str, int] | None = None,
    ) -> None:
        self.objective = objective
        self.names = objective.parameters
        self._given = tuple(n for n in objective.in_force if n not in self.names)
        for name in constants or {}:
            if name not in self._given:
                raise UnknownName(f"constant of {objective.name}", name, list(self._given))
        fixed = dict(constants or {})
        arrays = {} if data is None else {k: a for k, a in data.arrays.items() if k in self._given}
        self._batched = tuple(n for n in self._given if n in arrays and self._has_rows(n, fixed))
        fixed = {k: a for k, a in arrays.items() if k not in self._batched} | fixed
        self.sizes = self._find_sizes(data, fixed, sizes or {})
        self.constants = {
            n: fixed[n] if n in fixed else self._standard(n)
            for n in self._given if n not in self._batched
        }
        self._check(data)
        outputs = {"value": objective.value, **objective.gradient()}
        self._kernel: Kernel = kernel(outputs, name="loss", sizes=dict(self.sizes))

    @property
    def takes_data(self) -> bool:
        """Whether it is a function of examples; else all that is given is the same throughout."""
        return bool(self._batched)

    # --- what it consists of ----------------------------------------------------------------------

    def _has_rows(self, name: str, fixed: Mapping[str, Any]) -> bool:
        """Whether a given variable has one row an example: its first size is of no parameter."""
        inputs = self.objective.in_force
        taken = {s for n in self.names for s in inputs[n].size_names}
        shape = inputs[name].shape
        return name not in fixed and bool(shape) and str(shape[0]) not in taken

    @cached_property
    def _rows(self) -> set[str]:
        """The sizes that count examples."""
        inputs = self.objective.in_force
        return {str(inputs[n].shape[0]) for n in self._batched if inputs[n].shape}

    @property
    def label(self) -> str:
        """The objective with its settings and constants, for people and to compare runs."""
        chosen = [f"{k}={v}" for k, v in self.objective.settings.items()]
        chosen += [f"{k}={np.asarray(v).tolist()}" for k, v in self.constants.items()]
        return " ".join([self.objective.name, *chosen])

    def _find_sizes(
        self, data: Dataset | None, fixed: Mapping[str, Any], asked: Mapping[str, int]
    ) -> dict[str, int]:
        inputs = self.objective.in_force
        found: dict[str, int] = {}
        known = {n: data[n] for n in self._batched} if data is not None else {}
        for name, value in (*known.items(), *((k, np.asarray(v)) for k, v in fixed.items())):
            declared = inputs[name].shape
            if len(declared) != value.ndim:
                raise InvalidInput(
                    f"{name}: expected {len(declared)} axes, found shape {value.shape}"
                )
            for size, length in zip(declared, value.shape, strict=True):
                if size.is_Symbol and size.name not in self._rows:
                    found.setdefault(size.name, length)
            if inputs[name].is_labels and inputs[name].tensor.classes.is_Symbol:
                self._check_labels(name, value)
                found.setdefault(inputs[name].tensor.classes.name, int(value.max()) + 1)
        names = [s for n in inputs.values() for s in n.size_names if s not in self._rows]
        standard = self.objective.start is not None or not self._batched
        declared_sizes = self.objective.default_sizes() if standard else {}
        for name, length in asked.items():
            if name not in names:
                raise UnknownName(f"size of {self.objective.name}", name, names)
            if isinstance(length, bool) or not isinstance(length, int) or length < 1:
                raise InvalidInput(f"{name}={length!r}: expected a whole number >= 1")
            if found.get(name, length) != length and name not in self._classes:
                raise InvalidInput(f"{name}={length}: the data have {name}={found[name]}")
            found[name] = length
        return {n: found.get(n, declared_sizes.get(n, 32)) for n in dict.fromkeys(names)}

    @property
    def _classes(self) -> set[str]:
        inputs = self.objective.in_force.values()
        return {str(x.tensor.classes) for x in inputs if x.is_labels}

    def _check_labels(self, name: str, value: Array) -> None:
        if value.dtype.kind not in "iu" or value.min() < 0:
            raise InvalidInput(
                f"{name}: expected class labels, whole numbers from 0, found dtype {value.dtype} "
                f"from {value.min()} to {value.max()}"
            )

    def _standard(self, name: str) -> Any:
        declared = self.objective.in_force[name]
        if declared.data is None:
            raise InvalidInput(
                f"{self.objective.name} needs {name} ({declared.doc}): give it in the data set, or "
                f"as a constant if it is the same for all examples"
            )
        return as_floats(self.objective.standard(sizes=self.sizes, exact=True)[name])

    def _check(self, data: Dataset | None) -> None:
        """Hold data and constants against shapes and domains."""
        lengths = {**self.sizes, **dict.fromkeys(self._rows, len(data) if data else 1)}
        for name in self._given:
            value = self.constants.get(name)
            if name in self._batched and data is not None:
                value = data[name]
            self.objective.in_force[name].check(value, lengths)

    # --- values -----------------------------------------------------------------------------------

    def start(self, seed: int = 0) -> dict[str, Array]:
        """Where training starts: the standard start, else random weights and zeros.

        Arrays of two axes or more are uniform within sqrt(6/(in + out)), others are 0.

        Args:
            seed: Of the weights.

        Source:
            Glorot and Bengio 2010, equation 16.
        """
        if self.objective.start is not None:
            sizes = {k: v for k, v in self.sizes.items() if k in self.objective.default_sizes()}
            point = self.objective.standard(sizes=sizes)
            return {n: np.array(point[n], np.float64) for n in self.names}
        rng = np.random.default_rng(seed)
        out = {}
        for name in self.names:
            shape = self.objective.in_force[name].lengths(self.sizes)
            out[name] = np.zeros(shape)
            if len(shape) > 1:
                rest = prod(shape[2:])
                bound = sqrt(6 / (rest * (shape[0] + shape[1])))
                out[name] = rng.uniform(-bound, bound, shape)
            elif not shape and self.objective.in_force[name].domain != "R":
                out[name] = np.ones(())
        return out

    def batch(self, data: Dataset | None, indices: Any = slice(None)) -> dict[str, Array]:
        """The examples that the objective takes."""
        if data is None:
            if self._batched:
                raise InvalidInput(f"{self.objective.name} needs data: {', '.join(self._batched)}")
            return {}
        return {name: data[name][indices] for name in self._batched}

    def __call__(
        self, params: Mapping[str, Array], batch: Mapping[str, Array]
    ) -> tuple[Any, dict[str, Array]]:
        """The value, and the gradients by name."""
        given = {n: batch[n] for n in self._batched}
        with np.errstate(all="ignore"):  # what is not finite ends a run, with a reason
            found = self._kernel(**params, **given, **self.constants)
        assert isinstance(found, dict)
        return found["value"], {n: np.asarray(found[n]) for n in self.names}

    def value(self, params: Mapping[str, Array], data: Dataset | None) -> float:
        """The value on a whole data set."""
        return float(self(params, self.batch(data))[0])

    def check_mean(self, params: Mapping[str, Array], data: Dataset) -> None:
        """See on the first two examples that the objective is a mean over examples.

        Raises:
            InvalidInput: It is not: mini-batches of different size would count differently.
        """
        if len(data) < 2:
            return
        one, two, both = (
            float(self(params, self.batch(data, i))[0]) for i in (slice(1), slice(1, 2), slice(2))
        )
        if not np.isclose((one + two) / 2, both, rtol=1e-3, atol=0):
            raise InvalidInput(
                f"{self.objective.name} is no mean over examples: it is {one:.4g} and {two:.4g} on "
                f"two examples and {both:.4g} on both; mini-batches need one, such as "
                "vary(reduction='mean'); or train on the full batch"
            )

    # --- classification ---------------------------------------------------------------------------

    @cached_property
    def _scores(self) -> Any:
        """The factor of the one-hot labels: of each example and class, the log-probability."""
        inputs = self.objective.in_force
        labels = [n for n in self._batched if inputs[n].is_labels]
        if len(labels) != 1:
            return None
        hot = one_hot(inputs[labels[0]].tensor)
        if hot not in nodes(self.objective.value):
            return None
        free = variable("one_hot", hot.shape)
        slope = gradient(replaced(self.objective.value, {hot: free}), free)
        if free in nodes(slope):
            return None
        return labels[0], slope.kernel(arguments=[inputs[n].tensor for n in self._batched])

    @property
    def classifies(self) -> bool:
        """Whether the model gives every class a score: its loss is linear in one-hot labels."""
        return self._scores is not None

    def predict(self, params: Mapping[str, Array], data: Dataset) -> Array:
        """The most probable class of each example, shape (n,).

        Raises:
            InvalidInput: The objective is no classification.
        """
        if self._scores is None:
            raise InvalidInput(f"{self.objective.name} gives classes no scores to predict by")
        function = self._scores[1]
        given = {**params, **self.batch(data), **self.constants}
        with np.errstate(all="ignore"):
            scores = function(**{n: given[n] for n in function.arguments})
        return np.asarray(np.argmin(scores, axis=1))

    def accuracy(self, params: Mapping[str, Array], data: Dataset) -> float:
        """The share of examples whose most probable class is theirs."""
        found = self.predict(params, data)
        return float(np.mean(found == data[self._scores[0]]))
