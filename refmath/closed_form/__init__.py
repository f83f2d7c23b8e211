"""Closed forms: stationary points, Newton steps, line search, learning rates, iterates."""

from refmath.closed_form.condition import Condition as Condition
from refmath.closed_form.condition import Requirement as Requirement
from refmath.closed_form.iterates import Iterate as Iterate
from refmath.closed_form.iterates import adagrad_constant as adagrad_constant
from refmath.closed_form.iterates import adam_constant as adam_constant
from refmath.closed_form.iterates import descent_quadratic as descent_quadratic
from refmath.closed_form.iterates import momentum_constant as momentum_constant
from refmath.closed_form.iterates import momentum_quadratic as momentum_quadratic
from refmath.closed_form.iterates import nesterov_quadratic as nesterov_quadratic
from refmath.closed_form.iterates import rmsprop_constant as rmsprop_constant
from refmath.closed_form.least_squares import (
    generalized_least_squares as generalized_least_squares,
)
from refmath.closed_form.least_squares import interpolation as interpolation
from refmath.closed_form.least_squares import minimum_norm as minimum_norm
from refmath.closed_form.least_squares import normal_equations as normal_equations
from refmath.closed_form.least_squares import quadratic_form as quadratic_form
from refmath.closed_form.least_squares import ridge as ridge
from refmath.closed_form.least_squares import weighted_least_squares as weighted_least_squares
from refmath.closed_form.rates import critical_rate as critical_rate
from refmath.closed_form.rates import critical_rate_heavy_ball as critical_rate_heavy_ball
from refmath.closed_form.rates import critical_rate_nesterov as critical_rate_nesterov
from refmath.closed_form.rates import curvatures as curvatures
from refmath.closed_form.rates import exactly as exactly
from refmath.closed_form.rates import monotone_rate as monotone_rate
from refmath.closed_form.rates import optimal_heavy_ball as optimal_heavy_ball
from refmath.closed_form.rates import optimal_nesterov as optimal_nesterov
from refmath.closed_form.rates import optimal_rate as optimal_rate
from refmath.closed_form.record import Assumption as Assumption
from refmath.closed_form.record import ClosedForm as ClosedForm
from refmath.closed_form.stationary import Solver as Solver
from refmath.closed_form.stationary import Stationary as Stationary
from refmath.closed_form.stationary import stationary as stationary
from refmath.closed_form.steps import LineSearch as LineSearch
from refmath.closed_form.steps import NewtonStep as NewtonStep
from refmath.closed_form.steps import line_search as line_search
from refmath.closed_form.steps import newton_step as newton_step
from refmath.errors import UnknownName

ALL: dict[str, ClosedForm] = {
    form.name: form
    for form in (
        normal_equations, ridge, weighted_least_squares, generalized_least_squares,
        quadratic_form, interpolation, minimum_norm,
        optimal_rate, critical_rate, monotone_rate, optimal_heavy_ball, optimal_nesterov,
        critical_rate_heavy_ball, critical_rate_nesterov,
        descent_quadratic, momentum_quadratic, nesterov_quadratic, momentum_constant,
        adagrad_constant, rmsprop_constant, adam_constant,
    )
}
"""Every closed form by name."""


def get(name: str) -> ClosedForm:
    """The closed form of that name.

    Raises:
        UnknownName: There is none; the message lists those that exist.
    """
    if name not in ALL:
        raise UnknownName("closed form", name, list(ALL))
    return ALL[name]
