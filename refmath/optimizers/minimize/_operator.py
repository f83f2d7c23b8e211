"""The inverse Hessian of L-BFGS as an operator; importing this loads SciPy's sparse algebra."""

from typing import Any, cast

import numpy as np
from scipy.sparse.linalg import LinearOperator

from ._history import History

__all__ = ["InverseHessian"]


class InverseHessian(LinearOperator):
    """The product form that the pairs of a history stand for, symmetric and positive definite.

    Args:
        history: The pairs, and the scaling of the identity that they update.
        n: The number of variables.
    """

    def __init__(self, history: History, n: int) -> None:
        cast("Any", super()).__init__(np.float64, (n, n))  # unknown to its type stubs
        self._history = history

    def _matvec(self, x: Any) -> Any:
        return self._history.times(np.array(x, np.float64).reshape(-1))

    def _adjoint(self) -> Any:
        return self

    def todense(self) -> Any:
        """The matrix, shape (n, n)."""
        return self @ np.eye(self.shape[0])
