"""Pieces of Python over one set of declared tensors, to be run on tensors and on arrays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature
from random import Random
from typing import Any

import numpy as np
from tensor_numbers import as_balls, entries, rational

from refmath import tensor

DECLARED = (
    "X[n,d] Y[n,d] Z[n,k] W[d,k] A[n,n] B[n,n] S[n,n] P[d,d] Q[d,d] x[n] y[n] z[n] w[d] v[d] b[k] "
    "s[7] T[n,d,k] U[d,n,d,n] one[1] col[n,1] c[n] in k r[d] in k"
)
SIZES = {"n": 3, "d": 2, "k": 4}
NAMES = tensor.tensors(DECLARED, symmetric="S P")
LABELS = ("c", "r")
TENSORS: dict[str, Any] = {x.name: x for x in NAMES}
SCALARS: dict[str, Any] = {name: tensor.scalar(name) for name in ("lam", "mu")}
DIMS: dict[str, Any] = {x.name: x for x in tensor.dims("n d k")}


@dataclass(frozen=True)
class Case:
    """A piece of Python, ``lambda m, X, lam, n: ...``: m are the functions, the rest its inputs."""

    run: Callable[..., Any]

    @property
    def names(self) -> list[str]:
        """The inputs."""
        return list(signature(self.run).parameters)[1:]

    @property
    def variables(self) -> list[Any]:
        """What one may differentiate by: tensors and scalars."""
        found = [TENSORS.get(x, SCALARS.get(x)) for x in self.names if x not in DIMS]
        return [x for x in found if not (isinstance(x, tensor.Tensor) and x.classes is not None)]

    def expression(self) -> Any:
        """It as a tensor expression."""
        given = TENSORS | SCALARS | DIMS
        return tensor.as_tensor(self.run(tensor, **{x: given[x] for x in self.names}))

    def arrays(self, backend: Any, values: Mapping[str, Any]) -> Any:
        """It on arrays; sizes are whole numbers."""
        return self.run(backend, **{x: values[x] if x in values else SIZES[x] for x in self.names})


def shape_of(variable: Any, sizes: Mapping[str, int] = SIZES) -> tuple[int, ...]:
    """The shape in numbers."""
    return tuple(int(s.subs({t: sizes[t.name] for t in s.free_symbols})) for s in variable.shape)


def random_values(seed: int, sizes: Mapping[str, int] = SIZES) -> dict[str, Any]:
    """Rational entries for every tensor, labels, and scalars."""
    random = Random(seed)
    out: dict[str, Any] = {}
    for name, x in TENSORS.items():
        if x.classes is None:
            out[name] = entries(random, shape_of(x, sizes), x.symmetric)
        else:
            labels = [random.randrange(sizes["k"]) for _ in range(shape_of(x, sizes)[0])]
            out[name] = np.array(labels)
    return out | {name: rational(random) for name in SCALARS}


def balls(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same as balls, labels excepted; within ``precision``."""
    return {name: x if name in LABELS else as_balls(x)[()] for name, x in values.items()}
