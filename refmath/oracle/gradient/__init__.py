"""Holding gradients, losses, Hessians and backward passes against declared objectives."""

from refmath.oracle.gradient.api import check_gradient as check_gradient
from refmath.oracle.gradient.api import check_hessian as check_hessian
