"""Minimizers with the bugs of real projects, written anew; ``fixed=True`` puts the one thing right.

All are the same loop with one part exchanged: the direction, the history, or the line search.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any
Function = Callable[[float], float]

C1, C2 = 1e-4, 0.9


# --- the parts ----------------------------------------------------------------------------------


def two_loops(g: Array, pairs: list[tuple[Array, Array]], gamma: int = -1) -> Array:
    """The direction of L-BFGS; `gamma` says which pair scales it."""
    q, shares = g.copy(), []
    for s, y in reversed(pairs):
        a = (s @ q) / (y @ s)
        shares.append(a)
        q = q - a * y
    if pairs:
        s, y = pairs[gamma]
        q = q * (s @ y) / (y @ y)
    for (s, y), a in zip(pairs, reversed(shares), strict=True):
        q = q + s * (a - (y @ q) / (y @ s))
    return -q


def wolfe(phi: Function, dphi: Function, step: float) -> float | None:
    """A step that satisfies the Wolfe conditions, by doubling and bisection."""
    f0, slope, low, high = phi(0.0), dphi(0.0), 0.0, np.inf
    for _ in range(60):
        if not phi(step) <= f0 + C1 * step * slope:
            high = step
        elif dphi(step) < C2 * slope:
            low = step
        else:
            return step
        step = 2 * low if high == np.inf else (low + high) / 2
    return None


def armijo(phi: Function, dphi: Function, step: float) -> float | None:
    """Backtracking by halves."""
    f0, slope = phi(0.0), dphi(0.0)
    for _ in range(60):
        if phi(step) <= f0 + C1 * step * slope:
            return step
        step /= 2
    return None


def loop(
    direction: Callable[[Array, list[tuple[Array, Array]]], Array] = two_loops,
    search: Callable[..., float | None] = wolfe,
    keep: Callable[[Array, Array], bool] = lambda s, y: s @ y > 1e-14 * np.linalg.norm(y) ** 2,
    returned: Callable[[float, float], float] = lambda f, slope: f,
) -> Callable[..., Any]:
    """L-BFGS with these parts."""

    def minimize(
        fun: Any, x0: Array, jac: Any, callback: Any, memory: int = 10, gtol: float = 1e-5,
        maxiter: int = 200,
    ) -> Any:
        x, f, g = x0, fun(x0), jac(x0)
        said, pairs = f, []
        for _ in range(maxiter):
            if np.abs(g).max() <= gtol:
                break
            p = direction(g, pairs)
            step = search(
                lambda a, x=x, p=p: fun(x + a * p), lambda a, x=x, p=p: jac(x + a * p) @ p,
                1.0 if pairs else 1 / np.linalg.norm(g),
            )
            if step is None:
                break
            new = x + step * p
            slope = jac(new)
            s, y = new - x, slope - g
            if keep(s, y):
                pairs = [*pairs, (s, y)][-memory:]
            x, g = new, slope
            f = fun(x)
            said = returned(f, slope @ p)
            callback(x)
        return x, said, g

    return minimize


# --- L-BFGS and BFGS -----------------------------------------------------------------------------


def gamma_oldest(fixed: bool = False) -> Any:
    """Number 39: gamma from the oldest pair."""
    return loop(lambda g, pairs: two_loops(g, pairs, -1 if fixed else 0))


def one_late(fixed: bool = False) -> Any:
    """Number 75: the newest pair is not there yet."""
    return loop(lambda g, pairs: two_loops(g, pairs if fixed else pairs[:-1]))


class _History:
    """Pairs with 1 / y's beside them."""

    def __init__(self, evict: bool) -> None:
        self.evict, self.rho = evict, []

    def __call__(self, g: Array, pairs: list[tuple[Array, Array]]) -> Array:
        if not pairs:
            self.rho = []
        else:
            newest = 1 / (pairs[-1][0] @ pairs[-1][1])
            if not self.rho or self.rho[-1] != newest:
                self.rho.append(newest)
        if self.evict:
            self.rho = self.rho[len(self.rho) - len(pairs) :]
        q, shares = g.copy(), []
        for i, (s, y) in reversed(list(enumerate(pairs))):
            shares.append(self.rho[i] * (s @ q))
            q = q - shares[-1] * y
        if pairs:
            s, y = pairs[-1]
            q = q * (s @ y) / (y @ y)
        for i, (s, y) in enumerate(pairs):
            q = q + s * (shares.pop() - self.rho[i] * (y @ q))
        return -q


def rho_stays(fixed: bool = False) -> Any:
    """Number 76: the list of 1 / y's is not evicted with the pairs."""
    return loop(_History(evict=fixed))


def bfgs(fixed: bool = False) -> Any:
    """Number 107: no test before 1 / y's."""

    def minimize(fun: Any, x0: Array, jac: Any, callback: Any, gtol: float = 1e-5) -> Any:
        x, g, inverse = x0, jac(x0), np.eye(len(x0))
        for _ in range(200):
            if np.abs(g).max() <= gtol:
                break
            p = -inverse @ g
            step = armijo(
                lambda a, x=x, p=p: fun(x + a * p), lambda a, g=g, p=p: g @ p,
                1 / np.linalg.norm(g) if x is x0 else 1.0,
            )
            if step is None and np.isfinite(p).all():
                break
            new = x + (step or 1.0) * p
            s, y = new - x, jac(new) - g
            if not fixed or y @ s > 1e-14 * np.linalg.norm(s) * np.linalg.norm(y):
                rho = 1 / (y @ s)
                left = np.eye(len(s)) - rho * np.outer(s, y)
                inverse = left @ inverse @ left.T + rho * np.outer(s, s)
            x, g = new, jac(new)
            callback(x)
        return x

    return minimize


# --- line searches --------------------------------------------------------------------------------


def zoom_signed(fixed: bool = False) -> Any:
    """Number 112: the length of the bracket is taken with its sign."""

    def search(phi: Function, dphi: Function, step: float) -> float | None:
        f0, slope, last, f_last = phi(0.0), dphi(0.0), 0.0, phi(0.0)
        for i in range(20):
            f = phi(step)
            if f > f0 + C1 * step * slope or (i and f >= f_last):
                return zoom(phi, dphi, last, step, f0, slope)
            if abs(dphi(step)) <= -C2 * slope:
                return step
            if dphi(step) >= 0:
                return zoom(phi, dphi, step, last, f0, slope)
            last, f_last, step = step, f, 2 * step
        return None

    def zoom(
        phi: Function, dphi: Function, low: float, high: float, f0: float, slope: float
    ) -> float | None:
        for _ in range(40):
            length = high - low
            if (abs(length) if fixed else length) <= 1e-10:
                return None
            step = low + length / 2
            if phi(step) > f0 + C1 * step * slope or phi(step) >= phi(low):
                high = step
                continue
            if abs(dphi(step)) <= -C2 * slope:
                return step
            if dphi(step) * (high - low) >= 0:
                high = low
            low = step
        return None

    return loop(search=search)


def accumulating(fixed: bool = False) -> Any:
    """Number 115: each trial starts from the last trial point."""

    def search(phi: Function, dphi: Function, step: float) -> float | None:
        f0, slope, a, at = phi(0.0), dphi(0.0), step, 0.0
        for _ in range(40):
            at = a if fixed else at + a
            if phi(at) <= f0 + C1 * a * slope:
                return at
            a /= 2
        return None

    return loop(search=search)


def positive_slope(fixed: bool = False) -> Any:
    """Number 116: sufficient decrease with a slope that is not negative."""

    def search(phi: Function, dphi: Function, step: float) -> float | None:
        f0, slope = phi(0.0), dphi(0.0) if fixed else abs(dphi(0.0))
        for _ in range(40):
            if phi(step) <= f0 + 0.1 * step * slope:
                return step
            step /= 2
        return None

    return loop(search=search)


def slope_from_value(fixed: bool = False) -> Any:
    """Number 117: the slope at 0 is taken for minus the value there."""

    def search(phi: Function, dphi: Function, step: float) -> float | None:
        f0, slope = phi(0.0), dphi(0.0) if fixed else -phi(0.0)
        for _ in range(40):
            if phi(step) <= f0 + C1 * step * slope:
                return step
            step /= 2
        return None

    return loop(search=search)


def slope_for_value(fixed: bool = False) -> Any:
    """Number 118: the slope is returned where the value is expected."""
    return loop(returned=lambda f, slope: f if fixed else slope)


def budget_forgotten(fixed: bool = False) -> Any:
    """Number 123: the limit on evaluations is not handed down to the line search."""

    def minimize(
        fun: Any, x0: Array, jac: Any, callback: Any, max_eval: int = 1000, gtol: float = 1e-5
    ) -> Any:
        used, best = 0, (np.inf, x0)

        class Spent(Exception):
            pass

        def counted(x: Array) -> float:
            nonlocal used, best
            if fixed and used >= max_eval:
                raise Spent
            used += 1
            value = fun(x)
            best = min(best, (value, x), key=lambda b: b[0])
            return value

        def stopping(x: Array) -> None:
            callback(x)
            if used >= max_eval:
                raise Spent

        try:
            return loop()(counted, x0, jac, stopping, gtol=gtol)
        except Spent:
            return best[1]

    return minimize


def half_negated(fixed: bool = False) -> Any:
    """Number 124: to maximize, the gradient is negated and the function is not."""

    def maximize(fun: Any, x0: Array, jac: Any, callback: Any, **options: Any) -> Any:
        value = (lambda x: -fun(x)) if fixed else fun
        return loop()(value, x0, lambda x: -jac(x), callback, **options)

    def minimize(
        fun: Any, x0: Array, jac: Any, callback: Any, memory: int = 10, gtol: float = 1e-5
    ) -> Any:
        return maximize(
            lambda x: -fun(x), x0, lambda x: -jac(x), callback, memory=memory, gtol=gtol
        )[0]

    return minimize


def uphill_newton(fixed: bool = False) -> Any:
    """Number 126: the Newton step is taken whatever the curvature."""

    def minimize(
        fun: Any, x0: Array, jac: Any, hess: Any, callback: Any, gtol: float = 1e-5
    ) -> Any:
        x = x0
        for _ in range(60):
            g, hessian = jac(x), hess(x)
            if np.abs(g).max() <= gtol:
                break
            least = float(np.linalg.eigvalsh(hessian)[0])
            if fixed and least <= 1e-3:
                hessian = hessian + (1e-2 - least) * np.eye(len(x))
            p = -np.linalg.lstsq(hessian, g, rcond=None)[0]
            if fixed or g @ p < 0:
                step = armijo(lambda a, x=x, p=p: fun(x + a * p), lambda a, g=g, p=p: g @ p, 1.0)
            else:
                step = 1.0
            if step is None:
                break
            x = x + step * p
            callback(x)
        return x

    return minimize
