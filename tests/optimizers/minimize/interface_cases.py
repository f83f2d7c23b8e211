"""The minimizers and first-order optimizers that the tests of the interface run."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import OptimizeResult, minimize, rosen, rosen_der, rosen_hess

from refmath.optimizers import BFGS, LBFGS, Adam, Nesterov, Newton

X0 = np.array([-1.2, 1.0])
MINIMIZERS = {
    "LBFGS": (LBFGS(), {}),
    "BFGS": (BFGS(), {}),
    "Newton": (Newton(), {"hess": rosen_hess}),
    "Newton damped": (Newton(form="damped"), {"hess": rosen_hess}),
    "Newton plain": (Newton(form="plain"), {"hess": rosen_hess}),
    "Adam": (Adam(lr=0.1), {}),
    "Nesterov": (Nesterov(lr=1e-3), {}),
}
MORE: dict[Any, Any] = {Newton: {"hess": rosen_hess}}
EACH = pytest.mark.parametrize("name", MINIMIZERS)


def run(name: str, fun: Any = rosen, x0: Any = X0, **more: Any) -> OptimizeResult:
    """Minimize by SciPy's `minimize`."""
    method, arguments = MINIMIZERS[name]
    return minimize(fun, x0, **{"jac": rosen_der, "method": method, **arguments, **more})


def same(a: OptimizeResult, b: OptimizeResult) -> bool:
    """Whether two results are equal in all numbers."""
    keys = ("x", "fun", "jac", "nit", "nfev", "njev", "status", "success", "message")
    return all(np.array_equal(a[k], b[k]) for k in keys)
