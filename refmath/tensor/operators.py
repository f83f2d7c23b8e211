"""The operators of tensor expressions, as in NumPy: the class that gives them to every node."""

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any, cast

from refmath.errors import DeclarationError

if TYPE_CHECKING:
    from refmath.tensor.node import Tensor

__all__ = ["Operators", "emitter"]

_EMITTERS: dict[str, Any] = {}


def emitter(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register what makes ``expression.<name>()``: text, LaTeX, a kernel."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _EMITTERS[name] = function
        return function

    return register


def _algebra() -> Any:
    from refmath import tensor

    return tensor


class Operators:
    """What Python's operators mean: elementwise and broadcast as in NumPy; ``@`` multiplies."""

    __slots__ = ()
    __array_ufunc__ = None
    __array_priority__ = 1000
    _op_priority = 1000.0  # SymPy's matrices leave the operation to us

    def __add__(self, other: Any) -> "Tensor":
        return cast("Tensor", _algebra().plus(self, other))

    def __radd__(self, other: Any) -> "Tensor":
        return cast("Tensor", _algebra().plus(other, self))

    def __sub__(self, other: Any) -> "Tensor":
        return cast("Tensor", _algebra().minus(self, other))

    def __rsub__(self, other: Any) -> "Tensor":
        return cast("Tensor", _algebra().minus(other, self))

    def __mul__(self, other: Any) -> "Tensor":
        return cast("Tensor", _algebra().times(self, other))

    def __rmul__(self, other: Any) -> "Tensor":
        return cast("Tensor", _algebra().times(other, self))

    def __truediv__(self, other: Any) -> "Tensor":
        return cast("Tensor", _algebra().over(self, other))

    def __rtruediv__(self, other: Any) -> "Tensor":
        return cast("Tensor", _algebra().over(other, self))

    def __pow__(self, other: Any) -> "Tensor":
        return cast("Tensor", _algebra().power(self, other))

    def __rpow__(self, other: Any) -> "Tensor":
        return cast("Tensor", _algebra().power(other, self))

    def __matmul__(self, other: Any) -> "Tensor":
        return cast("Tensor", _algebra().matmul(self, other))

    def __rmatmul__(self, other: Any) -> "Tensor":
        return cast("Tensor", _algebra().matmul(other, self))

    def __neg__(self) -> "Tensor":
        return cast("Tensor", _algebra().times(-1, self))

    def __pos__(self) -> "Tensor":
        return cast("Tensor", self)

    def __abs__(self) -> "Tensor":
        return cast("Tensor", _algebra().absolute(self))

    def __getitem__(self, index: Any) -> "Tensor":
        return cast("Tensor", _algebra().indexed(self, index))

    def _compare(self, other: Any) -> Any:
        raise DeclarationError(
            "tensor expressions have no order; for a choice write where(x - y, a, b), which takes "
            "a where x > y; for zeros and ones write step(x - y)"
        )

    __lt__ = __le__ = __gt__ = __ge__ = _compare

    def __iter__(self) -> Any:
        raise TypeError("a tensor expression has no entries to go through; write x[0], x[1:]")

    def __bool__(self) -> bool:
        raise TypeError("a tensor expression is neither true nor false; for a choice write where")

    def __len__(self) -> int:
        raise TypeError("a tensor expression has a symbolic size; it is in .shape")

    @property
    def T(self) -> "Tensor":  # noqa: N802  (NumPy's name)
        """The transpose: the axes in reverse order."""
        return cast("Tensor", _algebra().transpose(self))

    def _emit(self, name: str, /, *args: Any, **options: Any) -> Any:
        if name not in _EMITTERS:
            from importlib import import_module

            import_module("refmath.emit")  # a floor above: it registers itself here
        if name not in _EMITTERS:
            raise DeclarationError(f"nothing makes the {name} of a tensor expression")
        return _EMITTERS[name](self, *args, **options)

    def text(self) -> str:
        """Matrix notation where the ranks allow it, else index notation."""
        return str(self._emit("tensor_text"))

    def latex(self) -> str:
        """The same in LaTeX."""
        return str(self._emit("tensor_latex"))

    def _repr_latex_(self) -> str:
        """What notebooks show as a formula."""
        return f"$\\displaystyle {self.latex()}$"

    def _repr_html_(self) -> str:
        """What notebooks show: the formula and its shape."""
        shape = ", ".join(map(str, getattr(self, "shape", ()))) or "a scalar"
        return f"<p>{escape(self._repr_latex_())}</p><p>shape: {escape(shape)}</p>"

    def indices(self) -> str:
        """Index notation throughout, as text."""
        return str(self._emit("tensor_indices"))

    def kernel(self, **options: Any) -> Any:
        """A vectorized NumPy function of the tensors' names, with readable source.

        Args:
            options: See ``refmath.kernel``.
        """
        return self._emit("tensor_kernel", **options)
