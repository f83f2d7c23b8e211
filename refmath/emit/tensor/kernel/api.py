"""Kernels of tensor expressions: NumPy functions with readable source, made and called."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from refmath.emit.tensor.kernel.arguments import Arguments
from refmath.emit.tensor.kernel.names import is_free
from refmath.emit.tensor.kernel.program import program
from refmath.errors import InvalidInput
from refmath.tensor.declare import as_tensor
from refmath.tensor.node import Tensor, Variable
from refmath.tensor.operators import emitter

__all__ = ["Kernel", "kernel"]

Array = Any


class Kernel:
    """A NumPy function of the names of tensors and scalars.

    Call it with keyword arguments: an array of real numbers for every tensor, whole numbers for
    class labels, and a number for every scalar. Sizes are read off the arrays; one that no array
    has is a keyword argument as well. It returns an array, or a dictionary of arrays where several
    expressions were given, in the common dtype of the arrays and of the full shape.

    NaN comes out where an entry depends on one. Arguments are not changed and results share no
    memory with them.

    Attributes:
        source: The function that is called, in NumPy.
        outputs: The names of the results; empty where there is one without a name.
        arguments: The names that it is called with.
    """

    def __init__(self, outputs: Sequence[str], source: str, name: str, takes: Arguments) -> None:
        self.source = source
        self.outputs = tuple(outputs) if list(outputs) != [""] else ()
        self.arguments = takes.names
        self._takes, self._name = takes, name
        self._function = _compiled(source, name)

    def __call__(self, /, **arguments: Any) -> Array | dict[str, Array]:
        """The results for some arrays and numbers.

        Raises:
            InvalidInput: An argument is missing or unknown, has another rank, dtype or size, or
                labels are out of range.
        """
        given, dtype, empty = self._takes.checked(arguments)
        if empty:
            found = self._of_nothing(given)
        else:
            with np.errstate(under="ignore"):
                found = self._function(*given)
        if not self.outputs:
            return _finished(found, dtype)
        return {name: _finished(found[name], dtype) for name in self.outputs}

    def _of_nothing(self, given: Sequence[Any]) -> Any:
        """The same where an axis has no entries: a mean over it is not a number."""
        function = _compiled(_SIZES.sub(r"\1 = quotients(\2)", self.source), self._name)
        values = [_quotients(x) if type(x) in (int, float) else x for x in given]
        try:
            with np.errstate(under="ignore", invalid="ignore", divide="ignore"):
                return function(*values)
        except ValueError as error:
            raise InvalidInput(f"an axis has no entries: {error}") from None

    def __repr__(self) -> str:
        return f"<kernel of {', '.join(self.arguments)}>"


_SIZES = re.compile(r"^(    [\w, ]+) = (\w+\.shape(?:\[\d+\])?)$", re.MULTILINE)
"""The statements of a source that read sizes."""


class _Count(int):
    """A size by which a number can be divided even if it is 0, as NumPy's numbers can."""

    def __rtruediv__(self, other: Any) -> Any:
        return np.float64(other) / int(self)

    def __mul__(self, other: Any) -> Any:
        return _quotients(int(self) * other)

    def __pow__(self, other: Any, modulo: Any = None) -> Any:
        return _quotients(int(self) ** other)

    __rmul__ = __mul__


def _quotients(value: Any) -> Any:
    """Numbers that may be divided, and divided by, even if they are 0."""
    if type(value) is int:
        return _Count(value)
    if type(value) is float:
        return np.float64(value)
    return tuple(_Count(x) for x in value) if type(value) is tuple else value


def _compiled(source: str, name: str) -> Any:
    """The function of a source, which is printed from operations: no user's text is in it."""
    namespace: dict[str, Any] = {"quotients": _quotients}
    exec(compile(source, f"<kernel {name}>", "exec"), namespace)  # noqa: S102  (generated)
    return namespace[name]


def _finished(found: Any, dtype: Any) -> Any:
    """A result in the dtype, as a NumPy scalar if it has no axes."""
    array = np.asarray(found)
    if array.dtype != dtype:
        array = array.astype(dtype)
    return array[()] if array.ndim == 0 else array


def kernel(
    outputs: Mapping[str, Any] | Any, *, name: str = "kernel", arguments: Sequence[Any] = (),
    sizes: Mapping[str, int] | None = None,
) -> Kernel:
    """Make one NumPy function of an expression, or of several that share their work.

    For example ``kernel({"value": J, "gradient": rm.gradient(J, theta)})``.

    Args:
        outputs: An expression, or expressions by name.
        name: What the function is called in the source.
        arguments: Further tensors that it takes, for instance to read off the sizes of a result
            that depends on nothing.
        sizes: How large some sizes will be, by name, for the choice of the cheapest order of
            operations; the kernel works for others too.

    Raises:
        InvalidInput: Nothing to compute, a name that is none, or sizes that are none.
        DeclarationError: Not an expression.
    """
    named = dict(outputs) if isinstance(outputs, Mapping) else {"": outputs}
    if not named:
        raise InvalidInput("expected at least one expression to make a kernel of, found none")
    if not isinstance(name, str) or not is_free(name):
        raise InvalidInput(f"expected a name such as 'gradient' for the function, found {name!r}")
    for key in named:
        if not isinstance(key, str) or (not key and isinstance(outputs, Mapping)):
            raise InvalidInput(f"expected names for the results, found {key!r}")
    for size, value in (sizes or {}).items():
        if not isinstance(size, str) or type(value) is not int or value < 1:
            raise InvalidInput(f"expected sizes such as {{'n': 1000}}, found {size!r}: {value!r}")
    nodes = tuple((key, as_tensor(value)) for key, value in named.items())
    extra = tuple(as_tensor(a) for a in arguments)
    for node in extra:
        if not isinstance(node, Variable):
            raise InvalidInput(f"expected tensors of rm.tensors as arguments, found {node!r}")
    return _cached(nodes, name, extra, tuple(sorted((sizes or {}).items())))


@lru_cache(maxsize=256)
def _cached(
    outputs: tuple[tuple[str, Tensor], ...], name: str, extra: tuple[Variable, ...],
    hints: tuple[tuple[str, int], ...],
) -> Kernel:
    source, takes = program(name, dict(outputs), extra, dict(hints))
    return Kernel([key for key, _ in outputs], source, name, takes)


@emitter("tensor_kernel")
def tensor_kernel(node: Tensor, **options: Any) -> Kernel:
    """The kernel of one expression, with the options of ``kernel``."""
    return kernel(node, **options)
