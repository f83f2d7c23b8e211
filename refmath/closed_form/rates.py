"""Learning rates and momenta on a quadratic: the best ones, and where divergence begins.

The objective is theta'H theta/2 - b'theta with the eigenvalues of H in [lambda_min, lambda_max].
The rate is the factor by which the distance to the minimum shrinks a step in the long run, at
worst over these eigenvalues.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from sympy import And, Gt, Le, Lt, Rational, Symbol, sqrt

from refmath.closed_form.record import Assumption, ClosedForm
from refmath.domain import exact
from refmath.errors import InvalidInput

__all__ = [
    "critical_rate", "critical_rate_heavy_ball", "critical_rate_nesterov", "curvatures",
    "exactly", "monotone_rate", "optimal_heavy_ball", "optimal_nesterov", "optimal_rate",
]

lowest = Symbol("lambda_min", real=True)
highest = Symbol("lambda_max", real=True)
momentum = Symbol("momentum", real=True)

_definite = Assumption(
    "0 < lambda_min <= lambda_max", And(Gt(lowest, 0), Le(lowest, highest))
)
_curved = Assumption("lambda_max > 0", Gt(highest, 0))
_momentum = Assumption("0 <= momentum < 1", And(Le(0, momentum), Lt(momentum, 1)))


def exactly(form: ClosedForm, **values: Any) -> dict[str, Any]:
    """The results of a form whose arguments are numbers, exactly.

    Args:
        form: One of the forms of this module.
        values: Numbers; a decimal string, an int or a Fraction is taken as it is written, a float
            as its binary value.

    Raises:
        InvalidInput: A value is no number, or an assumption does not hold.
    """
    numbers = {}
    for name, value in values.items():
        number = exact(value.item() if isinstance(value, np.generic) else value)
        numbers[Symbol(name, real=True)] = Rational(number.numerator, number.denominator)
    for assumption in form.assumptions:
        assert isinstance(assumption, Assumption)
        assumption.check(numbers)
    return {name: value.xreplace(numbers) for name, value in form.results.items()}


def _scalar_form(
    name: str, title: str, source: str, statement: str, assumptions: tuple[Assumption, ...],
    results: Mapping[str, Any],
) -> ClosedForm:
    symbols = {s for e in results.values() for s in e.free_symbols}
    symbols |= {s for a in assumptions for s in a.relation.free_symbols}
    arguments = tuple(sorted(s.name for s in symbols))
    form = ClosedForm(
        name, title, source, statement, assumptions, results, arguments, partial(_floats, name)
    )
    _FORMS[name] = form
    return form


_FORMS: dict[str, ClosedForm] = {}


def _floats(name: str, **values: Any) -> Any:
    found = exactly(_FORMS[name], **values)
    numbers = {k: float(v.evalf(20)) for k, v in found.items()}
    return numbers if len(numbers) > 1 else next(iter(numbers.values()))


def curvatures(hessian: Any) -> dict[str, float]:
    """The smallest and largest eigenvalue of a Hessian, as the arguments of the forms here.

    Args:
        hessian: A square matrix; only its symmetric part matters to the objective.

    Raises:
        InvalidInput: Not a square matrix of finite numbers.
    """
    matrix = np.asarray(hessian, float)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise InvalidInput(f"expected a square matrix, found shape {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise InvalidInput("expected a Hessian of finite numbers, found NaN or infinity in it")
    values = np.linalg.eigvalsh((matrix + matrix.T) / 2)
    return {"lambda_min": float(values[0]), "lambda_max": float(values[-1])}


_ratio = highest / lowest

optimal_rate = _scalar_form(
    "optimal_rate", "Optimal fixed learning rate of gradient descent",
    "Nesterov 2004, theorem 2.1.15; Lessard, Recht and Packard 2016, proposition 1",
    "of all fixed learning rates lr has the least worst-case factor max |1 - lr*lambda|; it is "
    "rate = (kappa - 1)/(kappa + 1)",
    (_definite,),
    {"lr": 2 / (lowest + highest), "rate": (highest - lowest) / (highest + lowest),
     "kappa": _ratio},
)

critical_rate = _scalar_form(
    "critical_rate", "Critical learning rate of gradient descent",
    "LeCun, Bottou, Orr and Mueller 1998, section 5.1",
    "gradient descent converges from every start if and only if 0 < learning rate < lr",
    (_curved,), {"lr": 2 / highest},
)

monotone_rate = _scalar_form(
    "monotone_rate", "Largest learning rate without oscillation",
    "LeCun, Bottou, Orr and Mueller 1998, section 5.1",
    "no eigen-direction changes its sign from step to step if and only if learning rate <= lr",
    (_curved,), {"lr": 1 / highest},
)

optimal_heavy_ball = _scalar_form(
    "optimal_heavy_ball", "Optimal learning rate and momentum of the heavy ball",
    "Polyak 1964; Lessard, Recht and Packard 2016, proposition 1",
    "of all pairs lr and momentum have the least worst-case spectral radius; it is "
    "rate = (sqrt(kappa) - 1)/(sqrt(kappa) + 1)",
    (_definite,),
    {"lr": (2 / (sqrt(highest) + sqrt(lowest))) ** 2,
     "momentum": ((sqrt(_ratio) - 1) / (sqrt(_ratio) + 1)) ** 2,
     "rate": (sqrt(_ratio) - 1) / (sqrt(_ratio) + 1), "kappa": _ratio},
)

optimal_nesterov = _scalar_form(
    "optimal_nesterov", "Optimal learning rate and momentum of Nesterov's method",
    "Lessard, Recht and Packard 2016, proposition 1",
    "of all pairs lr and momentum have the least worst-case spectral radius; it is "
    "rate = 1 - 2/sqrt(3*kappa + 1)",
    (_definite,),
    {"lr": 4 / (3 * highest + lowest),
     "momentum": (sqrt(3 * _ratio + 1) - 2) / (sqrt(3 * _ratio + 1) + 2),
     "rate": 1 - 2 / sqrt(3 * _ratio + 1), "kappa": _ratio},
)

critical_rate_heavy_ball = _scalar_form(
    "critical_rate_heavy_ball", "Critical learning rate of the heavy ball",
    "Polyak 1964; Polyak 1987, section 3.2.1",
    "the heavy ball converges from every start if and only if 0 < learning rate < lr",
    (_curved, _momentum), {"lr": 2 * (1 + momentum) / highest},
)

critical_rate_nesterov = _scalar_form(
    "critical_rate_nesterov", "Critical learning rate of Nesterov's method",
    "Jury's criterion on its characteristic polynomial",
    "Nesterov's method converges from every start if and only if 0 < learning rate < lr",
    (_curved, _momentum), {"lr": 2 * (1 + momentum) / ((1 + 2 * momentum) * highest)},
)
