"""The record of an objective: an expression, what is optimized, where it starts and ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Symbol, sympify

from refmath.errors import DeclarationError, InvalidInput, UnknownName
from refmath.objective.declaration import Declaration, as_floats
from refmath.objective.inputs import Values, exact_array
from refmath.tensor import Tensor, dot, gradient, hessian_vector, jacobian, scalar
from refmath.tensor.build import variable
from refmath.tensor.sizes import shown

__all__ = ["Minimum", "Objective"]


@dataclass(frozen=True)
class Minimum:
    """A known minimum.

    Attributes:
        value: The exact value, a number or a function of the sizes; None if it is not known.
        at: The exact minimiser by parameter; None if it is not known in closed form.
        printed: The published value, as printed, where no exact one is known: ``8.21487e-3``.
        sizes: The sizes for which it holds; any if empty.
        kind: ``global`` or ``local``.
        attained: Whether there is such a point; else it is approached at infinity.
        note: For people: where it is published, the set on which it is attained.
    """

    value: Values = None
    at: Mapping[str, Values] | None = None
    printed: str = ""
    sizes: Mapping[str, int] | None = None
    kind: str = "global"
    attained: bool = True
    note: str = ""

    def __post_init__(self) -> None:
        if self.kind not in ("global", "local"):
            raise DeclarationError(f"a minimum is global or local, found {self.kind!r}")
        if (self.value is None) == (not self.printed):
            raise DeclarationError(
                "a minimum has either an exact value or a printed one; found "
                f"value={self.value!r} and printed={self.printed!r}"
            )


@dataclass(frozen=True, kw_only=True, repr=False)
class Objective(Declaration):
    """A function of tensors to be minimized: a loss, a model with a loss, a test problem.

    Attributes:
        start: The standard starting point by parameter, exact, where there is one.
        minima: What is known of its minima.
    """

    start: Mapping[str, Values] | None = None
    minima: tuple[Minimum, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.parameters:
            raise DeclarationError(
                f"{self.name}: nothing is optimized; declare one input by parameter(theta, doc)"
            )
        points = [("start", self.start), *(("minimum", m.at) for m in self.minima)]
        for what, point in points:
            if point is not None:
                self._check_point(what, point)

    def _check_point(self, what: str, point: Mapping[str, Values]) -> None:
        missing = [p for p in self.parameters if p not in point]
        if missing:
            raise DeclarationError(f"{self.name}: the {what} has no value for {missing[0]}")
        sizes = self.default_sizes()
        for name in self.parameters:
            self._exactly(name, point[name], sizes)

    def _near(self, name: str, sizes: Mapping[str, int]) -> Any:
        if self.start is None or name not in self.start:
            return None
        return as_floats(self._exactly(name, self.start[name], sizes))

    # --- derivatives ----------------------------------------------------------------------------

    @property
    def value(self) -> Tensor:
        """The expression."""
        return self.expr

    def _scalar(self) -> Tensor:
        if self.expr.rank:
            raise InvalidInput(
                f"{self.name} with reduction {self.settings} has the shape "
                f"{shown(self.expr.shape)}, so it has no gradient; ask for its jacobian, or for a "
                "scalar by vary(reduction='sum')"
            )
        return self.expr

    def _parameter(self, name: str) -> Any:
        if name not in self.parameters:
            raise UnknownName(f"parameter of {self.name}", name, list(self.parameters))
        return self.in_force[name].tensor

    @cached_property
    def _gradients(self) -> dict[str, Tensor]:
        top = self._scalar()
        return {name: gradient(top, self._parameter(name)) for name in self.parameters}

    def gradient(self, name: str | None = None) -> Any:
        """The gradient by a parameter, of its shape; by every parameter if none is named.

        Raises:
            UnknownName: No such parameter.
            InvalidInput: The objective is not reduced to a scalar.
        """
        if name is None:
            return dict(self._gradients)
        self._parameter(name)
        return self._gradients[name]

    def jacobian(self, name: str | None = None) -> Any:
        """The derivative of an unreduced objective, of shape (*its own, *the parameter's)."""
        if name is None:
            return {p: self.jacobian(p) for p in self.parameters}
        return jacobian(self.expr, self._parameter(name))

    def hessian(self, name: str | None = None, other: str | None = None) -> Any:
        """The second derivative, of shape (*the first's, *the second's).

        Args:
            name: A parameter; for every pair of parameters if left out.
            other: A second parameter; the first again if left out.
        """
        if name is None:
            return {
                (p, q): self.hessian(p, q) for p in self.parameters for q in self.parameters
            }
        return jacobian(self.gradient(name), self._parameter(name if other is None else other))

    def hessian_vector(self, name: str | None = None, v: Any = None) -> Any:
        """The Hessian times a direction, without the Hessian.

        Args:
            name: A parameter, for its own block; if left out, the full product by parameter, with
                a direction ``v_theta`` for every parameter ``theta``.
            v: The direction, of the parameter's shape; a variable ``v_theta`` if left out.
        """
        if name is not None:
            direction = self._direction(name) if v is None else v
            self.gradient(name)
            return hessian_vector(self._scalar(), self._parameter(name), direction)
        if v is not None:
            raise InvalidInput(f"{self.name}: a direction is given for no parameter; name one")
        slopes = [dot(g, self._direction(p)) for p, g in self._gradients.items()]
        slope = slopes[0]
        for other in slopes[1:]:
            slope = slope + other
        return {p: jacobian(slope, self._parameter(p)) for p in self.parameters}

    def _direction(self, name: str) -> Any:
        own = self._parameter(name)
        if isinstance(own, Symbol):
            return scalar(f"v_{name}")
        return variable(f"v_{name}", own.shape)

    # --- standard points ------------------------------------------------------------------------

    @property
    def minimum(self) -> Minimum | None:
        """The first of the known minima, or None."""
        return self.minima[0] if self.minima else None

    def standard(
        self,
        at: Mapping[str, Values] | None = None,
        sizes: Mapping[str, int] | None = None,
        *,
        exact: bool = False,
    ) -> dict[str, Any]:
        """The standard data, with the parameters at a declared point.

        Args:
            at: The point; the standard start if left out. A minimiser is ``minimum.at``.
            sizes: Sizes by name.
            exact: Whether to return SymPy's exact numbers; else doubles.

        Raises:
            InvalidInput: A variable has no standard value.
        """
        point = self.start if at is None else at
        numbers = self.default_sizes(sizes)
        out = {}
        for name, x in self.in_force.items():
            values = (point or {}).get(name) if x.role == "parameter" else x.data
            if values is None:
                raise InvalidInput(
                    f"{self.name}: {name} has no standard value; take example(), or give one"
                )
            array = self._exactly(name, values, numbers)
            out[name] = array if exact else as_floats(array)
        return out

    def minimal_value(self, minimum: Minimum, sizes: Mapping[str, int] | None = None) -> Any:
        """The exact value of a known minimum at these sizes; None if only digits are published."""
        if minimum.value is None:
            return None
        numbers = self.default_sizes({**(minimum.sizes or {}), **(sizes or {})})
        return sympify(exact_array(f"{self.name}: minimum", minimum.value, (), numbers)[()])
