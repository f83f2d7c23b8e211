"""The arrays of the frameworks, and derivatives as the frameworks take them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

import numpy as np

from refmath.errors import InvalidInput, SubjectError
from refmath.formats import FORMATS
from refmath.oracle.adapters.jax_arrays import precision

__all__ = ["FRAMEWORKS", "Arrays", "arrays_of"]

FRAMEWORKS = ("numpy", "torch", "jax")
"""The frameworks whose arrays a function may take, in the order in which they are tried."""

Named = Callable[[Mapping[str, Any]], Any]
"""A function of arrays by name."""


class Arrays(Protocol):
    """A framework's arrays."""

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats that it has."""

    def settings(self, dtype: str) -> AbstractContextManager[Any]:
        """What must be in force while arrays of a format are in use."""

    def make(self, values: np.ndarray, dtype: str) -> Any:
        """A fresh array; whole numbers stay whole."""

    def number(self, value: Any) -> Any:
        """An array or number of the framework as NumPy's."""

    def compiled(self, call: Named) -> Named:
        """A function of named arrays, in the form in which it is quick to call often."""

    def differentiated(self, loss: Named, wrt: Sequence[str], order: int) -> Named:
        """A function that returns ``value`` and its derivatives by name.

        These are gradients, or for order 2 Hessians.
        """


class _NumPy:
    @property
    def formats(self) -> tuple[str, ...]:
        return ("float64", "float32", "float16")

    def settings(self, dtype: str) -> AbstractContextManager[Any]:
        return nullcontext()

    def make(self, values: np.ndarray, dtype: str) -> Any:
        return np.array(values)

    def number(self, value: Any) -> Any:
        return value

    def compiled(self, call: Named) -> Named:
        return call

    def differentiated(self, loss: Named, wrt: Sequence[str], order: int) -> Named:
        raise InvalidInput("NumPy differentiates nothing; use framework='torch' or 'jax'")


class _Torch:
    @property
    def formats(self) -> tuple[str, ...]:
        return tuple(FORMATS)

    def __init__(self) -> None:
        import torch

        self._torch = torch

    @contextmanager
    def settings(self, dtype: str) -> Iterator[None]:
        """One thread: on a few numbers, several wait for each other for most of the time."""
        threads = self._torch.get_num_threads()
        self._torch.set_num_threads(1)
        try:
            yield
        finally:
            self._torch.set_num_threads(threads)

    def make(self, values: np.ndarray, dtype: str) -> Any:
        tensor = self._torch.from_numpy(np.array(values))
        return tensor if tensor.dtype == self._torch.int64 else tensor.to(
            getattr(self._torch, dtype)
        )

    def number(self, value: Any) -> Any:
        if isinstance(value, self._torch.Tensor):
            plain = value.detach().cpu()
            return plain.to(self._torch.float64).numpy() if plain.is_floating_point() else (
                plain.numpy()
            )
        return value

    def compiled(self, call: Named) -> Named:
        return call

    def differentiated(self, loss: Named, wrt: Sequence[str], order: int) -> Named:
        def run(given: Mapping[str, Any]) -> dict[str, Any]:
            leaves = {k: self._leaf(given[k]) for k in wrt}
            value = loss({**given, **leaves})
            self._scalar(value)
            if order == 2:
                hessian = self._torch.autograd.functional.hessian
                blocks = {n: hessian(lambda x, n=n: loss({**given, n: x}), leaf.detach())
                          for n, leaf in leaves.items()}
                return {"value": value, **blocks}
            found = self._torch.autograd.grad(value, list(leaves.values()), allow_unused=True)
            for name, slope in zip(leaves, found, strict=True):
                if slope is None:
                    raise SubjectError("raised", f"no gradient reaches {name}: it was not used")
            return {"value": value, **dict(zip(leaves, found, strict=True))}

        return run

    def _leaf(self, value: Any) -> Any:
        if not isinstance(value, self._torch.Tensor):
            value = self._torch.tensor(value, dtype=self._torch.float64)
        return value.detach().clone().requires_grad_()

    def _scalar(self, value: Any) -> None:
        if not isinstance(value, self._torch.Tensor) or value.ndim:
            raise SubjectError("shape", "expected a loss, a tensor without axes")
        if not value.requires_grad:
            raise SubjectError("raised", "the loss does not depend on the parameters (detached?)")


class _JAX:
    @property
    def formats(self) -> tuple[str, ...]:
        return tuple(FORMATS)

    def __init__(self) -> None:
        import jax

        self._jax = jax

    def settings(self, dtype: str) -> AbstractContextManager[Any]:
        return precision(dtype)

    def make(self, values: np.ndarray, dtype: str) -> Any:
        plain = np.array(values)
        if plain.dtype.kind not in "iu":
            plain = plain.astype(self._jax.numpy.dtype(dtype))
        return self._jax.numpy.asarray(plain)

    def number(self, value: Any) -> Any:
        return np.asarray(value, dtype=np.float64) if hasattr(value, "dtype") and (
            value.dtype.kind not in "iub"
        ) else np.asarray(value)

    def compiled(self, call: Named) -> Named:
        """Compiled once a shape, which is much quicker; as it is, where that is not possible."""
        quick = [self._jax.jit(call)]

        def run(given: Mapping[str, Any]) -> Any:
            if quick:
                try:
                    return quick[0](given)
                except Exception:  # it may need the values while it is traced
                    found = call(given)
                    quick.clear()
                    return found
            return call(given)

        return run

    def differentiated(self, loss: Named, wrt: Sequence[str], order: int) -> Named:
        def run(given: Mapping[str, Any]) -> dict[str, Any]:
            chosen = {k: given[k] for k in wrt}

            def of(parameters: dict[str, Any]) -> Any:
                return loss({**given, **parameters})

            if order == 2:
                blocks = self._jax.hessian(of)(chosen)
                return {"value": of(chosen), **{k: blocks[k][k] for k in wrt}}
            value, found = self._jax.value_and_grad(of)(chosen)
            return {"value": value, **found}

        return self.compiled(run)


_KNOWN: dict[str, Arrays] = {}


def arrays_of(framework: str) -> Arrays:
    """A framework's arrays; it is imported when they are first asked for.

    Raises:
        InvalidInput: It is not installed.
    """
    if framework not in _KNOWN:
        made: dict[str, Callable[[], Arrays]] = {"numpy": _NumPy, "torch": _Torch, "jax": _JAX}
        try:
            _KNOWN[framework] = made[framework]()
        except ImportError:
            raise InvalidInput(
                f"{framework} is not installed; install it: pip install {framework}"
            ) from None
    return _KNOWN[framework]
