"""The base class of the optimizers: checks, state, decay, blocks, saving and restoring."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np

from . import _blocks, _checks, _saved
from ._blocks import Array, Rows, Task

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

__all__ = ["Grads", "Optimizer"]

ParamsT = TypeVar("ParamsT", bound=Array | Sequence[Array])
Grads: TypeAlias = Array | np.floating[Any] | Sequence[Array | np.floating[Any] | None] | None


class Optimizer(ABC):
    """An update rule with its state; `step` updates parameters in place.

    Float32 and float64 tensors are computed, and their state stored, in their own dtype. Float16
    tensors are computed in float32, their state is stored in float32, and the parameter is
    rounded once, when written. The scalars of a step are formed in double precision and then
    rounded to the dtype computed in. Where a denominator is exactly 0 the coordinate does not
    move; a NaN in a gradient becomes a NaN in its coordinate, and no other.

    Subclasses name their state, give the scalars of a step and do one block. An optimizer is
    not safe to step from two threads at once.

    Args:
        weight_decay: Strength of the decay towards 0, in [0, oo).
        decoupled: False: the decay times the parameter is added to the gradient. True: the
            learning rate times the decay times the old parameter is subtracted from it, beside
            the rule's own step.
        maximize: Ascend: the gradient's sign is flipped before all else.
        **hypers: The rule's own hyperparameters, by name.

    Attributes:
        state_names: Names of the state that the rule keeps; an instance's are those that its
            hyperparameters make it keep.
        scalar_names: Those of `state_names` with one float, not one array, per tensor.

    Raises:
        InvalidInput: A hyperparameter is of another type, or outside its domain.
    """

    state_names: tuple[str, ...] = ()
    scalar_names: tuple[str, ...] = ()

    # Whether what `_advance` returns is added to the parameter, not subtracted.
    _ascends = False

    def __init__(
        self,
        *,
        weight_decay: float = 0.0,
        decoupled: bool = False,
        maximize: bool = False,
        **hypers: float | str,
    ) -> None:
        hypers |= {"weight_decay": weight_decay, "decoupled": decoupled, "maximize": maximize}
        self._hyper = {k: _checks.hyperparameter(k, v) for k, v in hypers.items()}
        self._numbers = {k: v for k, v in self._hyper.items() if not isinstance(v, str)}
        self._maximize = bool(self._numbers["maximize"])
        self.reset()

    @property
    def hyper(self) -> dict[str, float | str]:
        """The hyperparameters by name; changing this copy changes nothing."""
        return dict(self._hyper)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.hyper.items())
        return f"{type(self).__name__}({shown})"

    def reset(self) -> None:
        """Forget the state: the next step is a first one, on any parameters."""
        self._t: list[int] = []
        self._arrays: dict[str, list[Array]] = {}
        self._scalars: dict[str, list[float]] = {}
        self._fits: _saved.Fits | None = None

    def step(
        self,
        params: ParamsT,
        grads: Grads,
        lr: float | Sequence[float] | None = None,
    ) -> ParamsT:
        """Update the parameters in place by one step.

        Args:
            params: One array, or a list or tuple of arrays; writeable, of float16, float32 or
                float64, of any shape and strides, no two sharing memory.
            grads: The gradients at `params`, structured like them, of their shapes and dtypes.
                None skips a tensor: neither it nor its state nor its step count changes.
            lr: The learning rate of this step in [0, oo), or a sequence with one per tensor;
                None takes the constructor's.

        Returns:
            `params`, the same object.

        Raises:
            InvalidInput: An argument does not fit; then nothing has been changed.
        """
        self._step(params, grads, lr, {})
        return params

    def __call__(
        self,
        fun: Callable[..., Any],
        x0: object,
        args: Sequence[Any] = (),
        jac: Callable[..., Any] | bool | None = None,
        hess: object = None,
        hessp: object = None,
        bounds: object = None,
        constraints: object = (),
        callback: Callable[..., Any] | None = None,
        **options: Any,
    ) -> "OptimizeResult":
        """Minimize a function: ``scipy.optimize.minimize(f, x0, jac=g, method=Adam(lr=0.1))``.

        The steps are those of a fresh copy; this optimizer's state neither enters nor changes.
        Options are gtol=1e-5, ftol=None, xrtol=0, maxiter=10000 and maxfun=None, as those of
        `LBFGS`, and tol, which is gtol.

        Args:
            fun: ``fun(x, *args)``, the value; the pair of value and gradient if jac is True.
            x0: The start, shape (n,); taken as float64.
            args: Further arguments of `fun` and `jac`.
            jac: ``jac(x, *args)``, the gradient, shape (n,); or True.
            hess: Not used.
            hessp: Not used.
            bounds: None.
            constraints: None, or an empty sequence.
            callback: ``callback(xk)`` or ``callback(*, intermediate_result)`` after each step;
                stops the run by raising StopIteration.
            **options: Options of this run.

        Returns:
            The result, with x, fun, jac, nit, nfev, njev, status, success and message: at the
            last iterate if it converged, else at the best point that was computed.

        Raises:
            InvalidInput: An argument does not fit, the start is not finite, or the optimizer
                maximizes.
            UnknownName: There is no such option.
        """
        from .minimize.first_order import minimize_by

        unused = {"hess": hess, "hessp": hessp, "bounds": bounds, "constraints": constraints}
        return minimize_by(self, fun, x0, args, jac, callback, options, unused)

    def _step(
        self,
        params: Array | Sequence[Array],
        grads: object,
        lr: object,
        override: dict[str, float],
    ) -> None:
        arrays = self._fitting(params)
        checked = _checks.gradients(arrays, grads, isinstance(params, np.ndarray))
        rates = _checks.rates(lr, self._numbers["lr"], len(arrays))
        checked = _checks.separate(arrays, checked)
        h = self._numbers | override
        tasks: dict[int, Task] = {}
        # A scalar may overflow or underflow in the dtype computed in; the result shows it.
        with np.errstate(all="ignore"):
            self._bind(arrays)
            for i, (p, g) in enumerate(zip(arrays, checked, strict=True)):
                if g is not None:
                    tasks[i] = self._task(i, p, g, {**h, "lr": rates[i]})
        _blocks.run(tasks.values(), self._update)
        for i, task in tasks.items():
            if not np.may_share_memory(task.theta, arrays[i]):
                arrays[i][...] = task.theta.reshape(arrays[i].shape)
            self._finish(i, h)

    def _fitting(self, params: object) -> list[Array]:
        """The parameters as checked arrays, which fit the state if there is one."""
        arrays = _checks.parameters(params)
        if self._fits is not None:
            _saved.fit(arrays, self._fits)
        elif self._t:
            _saved.fit_restored(arrays, len(self._t), self._arrays)
        return arrays

    def _bind(self, arrays: Sequence[Array]) -> None:
        """Make the state on the first step; all of it, or none if memory runs out."""
        if not self._t:
            state = {
                name: [
                    np.full(p.shape, self._initial(name), _blocks.working_dtype(p.dtype))
                    for p in arrays
                ]
                for name in self._names(scalar=False)
            }
            self._t, self._arrays = [0] * len(arrays), state
            for name in self._names(scalar=True):
                self._scalars[name] = [self._initial(name)] * len(arrays)
        if self._fits is None:
            self._fits = [(p.shape, p.dtype) for p in arrays]

    def _task(self, i: int, p: Array, g: Array, h: Mapping[str, float]) -> Task:
        dtype = _blocks.working_dtype(p.dtype)

        def scalar(x: float) -> Array:
            return np.array(x, dtype)

        wd = h["weight_decay"]
        return Task(
            theta=_flat(p),
            grad=_flat(g),
            state=tuple(a[i].reshape(-1) for a in self._arrays.values()),
            k=tuple(scalar(x) for x in self._coefficients(i, h)),
            coupled=scalar(wd) if wd and not h["decoupled"] else None,
            decay=scalar(h["lr"] * wd) if wd and h["decoupled"] else None,
            dtype=dtype,
        )

    def _update(self, task: Task, lo: int, hi: int, scratch: Rows) -> None:
        own, grad, spare, *work = scratch
        theta, g = task.theta[lo:hi], task.grad[lo:hi]
        target = theta
        if theta.dtype != task.dtype:
            np.copyto(own, theta)
            np.copyto(grad, g)
            theta, g = own, grad
        if task.coupled is not None:
            np.multiply(theta, task.coupled, out=spare)
            g = (np.subtract if self._maximize else np.add)(spare, g, out=grad)
        elif self._maximize:
            g = np.negative(g, out=grad)
        step = self._advance(g, [s[lo:hi] for s in task.state], work, task.k)
        if task.decay is not None:
            np.multiply(theta, task.decay, out=spare)
            step = (np.subtract if self._ascends else np.add)(step, spare, out=spare)
        (np.add if self._ascends else np.subtract)(theta, step, out=theta)
        if theta is own:
            np.copyto(target, own, casting="same_kind")

    def _names(self, *, scalar: bool) -> list[str]:
        return [name for name in self.state_names if (name in self.scalar_names) == scalar]

    def _initial(self, name: str) -> float:
        """The value that the state `name` starts from."""
        return 0.0

    @abstractmethod
    def _coefficients(self, i: int, h: Mapping[str, float]) -> tuple[float, ...]:
        """The scalars of tensor i's step, from the hyperparameters `h` of this step.

        `h["lr"]` is the tensor's learning rate; `self._t[i]` steps have been done before.
        """

    @abstractmethod
    def _advance(
        self, g: Array, state: Sequence[Array], work: Sequence[Array], k: Sequence[Array]
    ) -> Array:
        """Update one block of the state; return what is then subtracted from the parameter.

        Args:
            g: The gradient, decay included; only read.
            state: The blocks of the state arrays, in the order of `state_names`.
            work: Two scratch arrays of the same length.
            k: What `_coefficients` gave, in the dtype computed in.
        """

    def _finish(self, i: int, h: Mapping[str, float]) -> None:
        """Count tensor i's step, and advance its scalar state."""
        self._t[i] += 1

    def state_dict(self) -> dict[str, Any]:
        """A copy of the state.

        Returns:
            "t": the number of steps done, per tensor; and for each of `state_names` a list with
            one array (or float, if in `scalar_names`) per tensor. Empty lists before a first
            step.
        """
        saved: dict[str, Any] = {"t": list(self._t)}
        for name in self.state_names:
            if name in self.scalar_names:
                saved[name] = list(self._scalars.get(name, []))
            else:
                saved[name] = [a.copy() for a in self._arrays.get(name, [])]
        return saved

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Restore a state; steps then continue bit for bit as they would have where it was saved.

        Args:
            saved: What `state_dict` gave on an optimizer of this class and these options. It is
                copied.

        Raises:
            InvalidInput: Names, types, numbers or shapes do not fit, or do not fit the parameters
                that this optimizer has stepped already; then nothing has been changed.
        """
        t, arrays, scalars = _saved.check(
            saved, self._names(scalar=False), self._names(scalar=True), self._fits
        )
        if not t:
            self.reset()
        self._t, self._arrays, self._scalars = t, arrays, scalars


def _flat(a: Array) -> Array:
    """A flat view of `a` where its memory allows, else a flat copy in native byte order."""
    if not (a.flags.c_contiguous and a.flags.aligned and a.dtype.isnative):
        a = np.require(a, a.dtype.newbyteorder("="), ["C", "A"])
    return a.reshape(-1)
