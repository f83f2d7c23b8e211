"""The updates of BFGS and DFP, of the Hessian's approximation B and of its inverse H."""

from refmath.quasi_newton.record import Formula
from refmath.tensor import Tensor, dot, eye, outer, tensors, transpose

__all__ = ["bfgs", "bfgs_direct", "dfp", "dfp_direct", "updated", "updated_direct"]

_B, _H, _s, _y = tensors("B[n,n] H[n,n] s[n] y[n]", symmetric="B H")
_n = _s.shape[0]
_STEP = {"s": "the step", "y": "the change of the gradient along it"}


def updated(H: Tensor, s: Tensor, y: Tensor) -> Tensor:
    """BFGS of the inverse: ``(I - rho s y') H (I - rho y s') + rho s s'``, ``rho = 1 / y's``."""
    rho = 1 / dot(y, s)
    left: Tensor = eye(_n) - rho * outer(s, y)
    found: Tensor = left @ H @ transpose(left) + rho * outer(s, s)
    return found


def updated_direct(B: Tensor, s: Tensor, y: Tensor) -> Tensor:
    """BFGS of the Hessian itself: ``B - B s s' B / s'B s + y y' / y's``."""
    product: Tensor = B @ s
    found: Tensor = B - outer(product, product) / dot(s, product) + outer(y, y) / dot(y, s)
    return found


def _secant(expr: Tensor) -> Tensor:
    left: Tensor = expr @ _y - _s
    return left


def _secant_direct(expr: Tensor) -> Tensor:
    left: Tensor = expr @ _s - _y
    return left


def _symmetry(expr: Tensor) -> Tensor:
    return expr - transpose(expr)


_LAWS = {"secant": _secant, "symmetry": _symmetry}
_LAWS_DIRECT = {"secant": _secant_direct, "symmetry": _symmetry}
_INVERSE = {"H": "the approximation of the inverse Hessian, symmetric", **_STEP}
_DIRECT = {"B": "the approximation of the Hessian, symmetric", **_STEP}

bfgs = Formula(
    name="bfgs",
    title="BFGS update of the inverse Hessian",
    source="Nocedal and Wright 2006, equation 6.17",
    build=lambda: updated(_H, _s, _y),
    doc=_INVERSE,
    condition="y's is not 0; positive definite where H is and y's > 0",
    laws=_LAWS,
)

bfgs_direct = Formula(
    name="bfgs_direct",
    title="BFGS update of the Hessian",
    source="Nocedal and Wright 2006, equation 6.19",
    build=lambda: updated_direct(_B, _s, _y),
    doc=_DIRECT,
    condition="y's and s'Bs are not 0; positive definite where B is and y's > 0",
    laws=_LAWS_DIRECT,
)

dfp = Formula(
    name="dfp",
    title="DFP update of the inverse Hessian",
    source="Nocedal and Wright 2006, equation 6.15",
    build=lambda: updated_direct(_H, _y, _s),
    doc=_INVERSE,
    condition="y's and y'Hy are not 0; positive definite where H is and y's > 0",
    laws=_LAWS,
)

dfp_direct = Formula(
    name="dfp_direct",
    title="DFP update of the Hessian",
    source="Nocedal and Wright 2006, equation 6.13",
    build=lambda: updated(_B, _y, _s),
    doc=_DIRECT,
    condition="y's is not 0; positive definite where B is and y's > 0",
    laws=_LAWS_DIRECT,
)
