"""The base class of the minimizers: SciPy's signature for custom methods."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from . import _options
from ._objective import Objective, Point
from ._run import Steps, run

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

__all__ = ["Minimizer"]


class Minimizer(ABC):
    """A method for `scipy.optimize.minimize`: ``minimize(f, x0, jac=g, method=LBFGS())``.

    An instance holds options only; runs share nothing. Options given with a run,
    ``options={"gtol": 1e-8}``, take the place of the instance's.

    A run ends with `success`, at the iterate that met one of the tolerances; or with a `status`
    of 1 (a limit) or 2 (no progress), at the point with the least finite value of all that were
    computed; or with 99, at the iterate at which the callback raised StopIteration. The
    `message` says more. Value and gradient in the result are those at its `x`; the gradient may
    take one more evaluation, but values beyond `maxfun` are never computed. Trial points whose
    value or gradient is infinite or NaN are stepped back from.

    Attributes:
        needs_hessian: Whether `hess` must be given.
    """

    needs_hessian: ClassVar[bool] = False
    _by_tol: ClassVar[tuple[str, ...]] = ("gtol",)

    def __init__(self, **own: Any) -> None:
        given = {name: _options.option(name, value) for name, value in own.items()}
        self._own = _options.options(given, {}, ())

    @property
    def options(self) -> dict[str, Any]:
        """The options by name; changing this copy changes nothing."""
        return dict(self._own)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._own.items())
        return f"{type(self).__name__}({shown})"

    def __call__(
        self,
        fun: Callable[..., Any],
        x0: object,
        args: Sequence[Any] = (),
        jac: Callable[..., Any] | bool | None = None,
        hess: Callable[..., Any] | None = None,
        hessp: Callable[..., Any] | None = None,
        bounds: object = None,
        constraints: object = (),
        callback: Callable[..., Any] | None = None,
        **options: Any,
    ) -> "OptimizeResult":
        """Minimize; `scipy.optimize.minimize` calls it so.

        Args:
            fun: ``fun(x, *args)``, the value; the pair of value and gradient if jac is True.
            x0: The start, shape (n,); taken as float64.
            args: Further arguments of `fun`, `jac` and `hess`.
            jac: ``jac(x, *args)``, the gradient, shape (n,); or True.
            hess: ``hess(x, *args)``, the Hessian, shape (n, n), where the method uses it.
            hessp: Not used.
            bounds: None.
            constraints: None, or an empty sequence.
            callback: ``callback(xk)`` or ``callback(*, intermediate_result)`` after each
                iteration; stops the run by raising StopIteration.
            **options: Options of this run; `tol` sets the tolerances that are not given.

        Returns:
            The result, with x, fun, jac, nit, nfev, njev, status, success and message.

        Raises:
            InvalidInput: An argument does not fit, or the start is not finite.
            UnknownName: There is no such option.
        """
        name = type(self).__name__
        spare = {"hessp": hessp} if self.needs_hessian else {"hess": hess, "hessp": hessp}
        _options.refuse(name, bounds, constraints, **spare)
        settings = _options.options(self._own, options, self._by_tol)
        more = _options.arguments(args)
        return run(
            lambda objective, start: self._steps(objective, start, settings, hess, more),
            Objective(fun, jac, more, settings["maxfun"]),
            x0,
            settings,
            callback,
        )

    def minimize(
        self,
        fun: Callable[..., Any],
        x0: object,
        args: Sequence[Any] = (),
        jac: Callable[..., Any] | bool | None = None,
        hess: Callable[..., Any] | None = None,
        callback: Callable[..., Any] | None = None,
        **options: Any,
    ) -> "OptimizeResult":
        """Minimize without `scipy.optimize.minimize`; see there, and `__call__`."""
        return self(fun, x0, args, jac, hess, callback=callback, **options)

    @abstractmethod
    def _steps(
        self,
        objective: Objective,
        start: Point,
        settings: Mapping[str, Any],
        hess: Callable[..., Any] | None,
        args: tuple[Any, ...],
    ) -> Steps:
        """The iterates of a run."""
