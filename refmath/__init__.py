"""refmath: verified reference mathematics for the optimization of deep networks.

Names are loaded when they are first used: ``import refmath.optimizers`` stays free of SymPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from refmath import closed_form as closed_form
    from refmath import conventions as conventions
    from refmath import objectives as objectives
    from refmath import optimizers as optimizers
    from refmath import plots as plots
    from refmath import quasi_newton as quasi_newton
    from refmath import rules as rules
    from refmath import schedules as schedules
    from refmath import training as training
    from refmath import tuning as tuning
    from refmath.closed_form import line_search as line_search
    from refmath.closed_form import newton_step as newton_step
    from refmath.closed_form.stationary import stationary as stationary
    from refmath.emit.strategies import cases as cases
    from refmath.emit.strategies import hyperparameters as hyperparameters
    from refmath.emit.tensor.graph import graph as graph
    from refmath.emit.tensor.kernel.api import kernel as kernel
    from refmath.errors import RefmathError as RefmathError
    from refmath.oracle.api import check as check
    from refmath.oracle.assertion import assert_conforms as assert_conforms
    from refmath.oracle.assertion import assert_gradient as assert_gradient
    from refmath.oracle.gradient import check_gradient as check_gradient
    from refmath.oracle.gradient import check_hessian as check_hessian
    from refmath.oracle.minimizer.api import check_minimizer as check_minimizer
    from refmath.oracle.report import Report as Report
    from refmath.oracle.schedule import check_schedule as check_schedule
    from refmath.rule import Rule as Rule
    from refmath.tensor import Tensor as Tensor
    from refmath.tensor import concatenate as concatenate
    from refmath.tensor import cos as cos
    from refmath.tensor import det as det
    from refmath.tensor import diag as diag
    from refmath.tensor import dims as dims
    from refmath.tensor import dot as dot
    from refmath.tensor import einsum as einsum
    from refmath.tensor import erf as erf
    from refmath.tensor import exp as exp
    from refmath.tensor import eye as eye
    from refmath.tensor import gather as gather
    from refmath.tensor import gradient as gradient
    from refmath.tensor import hessian as hessian
    from refmath.tensor import hessian_vector as hessian_vector
    from refmath.tensor import inverse as inverse
    from refmath.tensor import jacobian as jacobian
    from refmath.tensor import kinks as kinks
    from refmath.tensor import log as log
    from refmath.tensor import log_softmax as log_softmax
    from refmath.tensor import logdet as logdet
    from refmath.tensor import logsumexp as logsumexp
    from refmath.tensor import map_scalar as map_scalar
    from refmath.tensor import max as max
    from refmath.tensor import maximum as maximum
    from refmath.tensor import mean as mean
    from refmath.tensor import min as min
    from refmath.tensor import minimum as minimum
    from refmath.tensor import norm as norm
    from refmath.tensor import ones as ones
    from refmath.tensor import outer as outer
    from refmath.tensor import relu as relu
    from refmath.tensor import scalar as scalar
    from refmath.tensor import sigmoid as sigmoid
    from refmath.tensor import sign as sign
    from refmath.tensor import sin as sin
    from refmath.tensor import softmax as softmax
    from refmath.tensor import softplus as softplus
    from refmath.tensor import sqrt as sqrt
    from refmath.tensor import step as step
    from refmath.tensor import sum as sum
    from refmath.tensor import tanh as tanh
    from refmath.tensor import tensors as tensors
    from refmath.tensor import trace as trace
    from refmath.tensor import transpose as transpose
    from refmath.tensor import where as where
    from refmath.tensor import windows as windows
    from refmath.tensor import zeros as zeros
    from refmath.tensor.parse import parse as parse

__version__ = "0.1.0"

_MODULES = (
    "closed_form", "conventions", "objectives", "optimizers", "plots", "quasi_newton",
    "rules", "schedules", "training", "tuning",
)
_NAMES = {
    "RefmathError": "refmath.errors",
    "Report": "refmath.oracle.report",
    "Rule": "refmath.rule",
    "assert_conforms": "refmath.oracle.assertion",
    "assert_gradient": "refmath.oracle.assertion",
    "cases": "refmath.emit.strategies",
    "check": "refmath.oracle.api",
    "check_gradient": "refmath.oracle.gradient",
    "check_hessian": "refmath.oracle.gradient",
    "check_minimizer": "refmath.oracle.minimizer.api",
    "check_schedule": "refmath.oracle.schedule",
    "graph": "refmath.emit.tensor.graph",
    "hyperparameters": "refmath.emit.strategies",
    "kernel": "refmath.emit.tensor.kernel.api",
    "line_search": "refmath.closed_form",
    "newton_step": "refmath.closed_form",
    "parse": "refmath.tensor.parse",
    "stationary": "refmath.closed_form.stationary",
}
_TENSOR = (
    "Tensor",
    "concatenate", "cos", "det", "diag", "dims", "dot", "einsum",
    "erf", "exp", "eye", "gather", "gradient", "hessian", "hessian_vector",
    "inverse", "jacobian", "kinks", "log", "log_softmax", "logdet", "logsumexp",
    "map_scalar", "max", "maximum", "mean", "min", "minimum", "norm",
    "ones", "outer", "relu", "scalar", "sigmoid", "sign", "sin",
    "softmax", "softplus", "sqrt", "step", "sum", "tanh", "tensors",
    "trace", "transpose", "where", "windows", "zeros",
)
"""What tensor expressions are written with, from ``refmath.tensor``."""
__all__ = ["__version__", *_MODULES, *_NAMES, *_TENSOR]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"refmath.{name}")
    if name in _TENSOR:
        return getattr(import_module("refmath.tensor"), name)
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'refmath' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
