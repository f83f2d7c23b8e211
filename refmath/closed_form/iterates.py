"""The iterates of update rules in closed form: on a quadratic, and on a constant gradient.

Each is held against the declared rule: ``remainders`` inserts it into the rule's own steps.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from sympy import Abs, Dummy, Integer, Rational, Sum, Symbol, lambdify, sqrt

from refmath.closed_form.induction import remainders, unrolled
from refmath.closed_form.record import ClosedForm
from refmath.closed_form.recurrences import growth, growth_of
from refmath.domain import exact
from refmath.errors import InvalidInput
from refmath.notation import t
from refmath.rule import Rule
from refmath.rules import adagrad, adam, momentum, nesterov, rmsprop, sgd

__all__ = [
    "Iterate", "adagrad_constant", "adam_constant", "descent_quadratic", "momentum_constant",
    "momentum_quadratic", "nesterov_quadratic", "rmsprop_constant",
]

curvature = Symbol("lambda", real=True)
start = Symbol("theta0", real=True)
G = Symbol("G", real=True)
k = Symbol("k", integer=True, positive=True)
_NAMES = {"curvature": curvature, "gradient": G, "start": start}


@dataclass(frozen=True)
class InDomain:
    """That a hyperparameter lies in the domain that the rule declares.

    Attributes:
        hyper: The hyperparameter.
    """

    hyper: Any

    @property
    def words(self) -> str:
        """Name and domain."""
        return f"{self.hyper.key} in {self.hyper.domain}"


@dataclass(frozen=True)
class Iterate(ClosedForm):
    """The states of a rule after t steps.

    ``results`` has an expression in t for every state of the rule, and for its temporaries.
    Call it with ``t``, a whole number or an array of them, and numbers or arrays that broadcast.

    Attributes:
        rule: The rule with its settings.
        gradient: The gradient at a point.
        symbols: The symbol of every argument.
    """

    rule: Rule
    gradient: Callable[[Any], Any]
    symbols: Mapping[str, Any]

    def text(self) -> str:
        """The states, one a line, and when they hold."""
        called = ", ".join(f"{s} is {n}" for n, s in self.symbols.items() if str(s) != n)
        lines = f"{super().text()}\nwhere {called}"
        if any(e.has(growth) for e in self.results.values()):
            lines += (
                "\ngrowth(t, s, p) = (r1**t - r2**t)/(r1 - r2), t*r1**(t - 1) where r1 = r2: "
                "r1 and r2 are the roots of z**2 - s*z + p"
            )
        return lines

    def remainders(self, results: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What must be 0 for the closed form to be proved for all t; by induction on t.

        Args:
            results: Other closed forms to be tried in place of some of the own ones.
        """
        tried = {**self.results, **(results or {})}
        return remainders(self.rule.recurrence, self.gradient, tried, start)

    def unrolled(self, steps: int, **values: Any) -> list[dict[str, Any]]:
        """What the declared rule gives, step by step, in exact arithmetic; the start first."""
        given = self._exact(values)
        return unrolled(self.rule.recurrence, self.gradient, given, start, steps)

    def at(self, step: int, **values: Any) -> dict[str, Any]:
        """The closed form after a number of steps, exactly.

        Raises:
            InvalidInput: The step is no whole number from 0, or a value is missing or outside its
                domain.
        """
        if isinstance(step, bool) or not isinstance(step, int) or step < 0:
            raise InvalidInput(f"expected a whole number of steps from 0, found {step!r}")
        change = {**self._exact(values), t: Integer(step)}
        return {name: e.xreplace(change).doit() for name, e in self.results.items()}

    def _exact(self, values: Mapping[str, Any]) -> dict[Any, Any]:
        out = {}
        for name, symbol in self.symbols.items():
            if name not in values:
                raise InvalidInput(f"{self.name} needs {name}=; it takes {', '.join(self.symbols)}")
            number = exact(values[name])
            if name in self.rule.hyper:
                self.rule.hyper[name].domain.check(name, number)
            out[symbol] = Rational(number.numerator, number.denominator)
        return out


def _iterate(
    name: str, title: str, source: str, statement: str, rule: Rule,
    gradient: Callable[[Any], Any], results: Mapping[str, Any],
) -> Iterate:
    used = {s for e in (*results.values(), gradient(start)) for s in e.free_symbols}
    symbols = {**rule.hyper, **{n: s for n, s in _NAMES.items() if s in used}}
    assumptions = tuple(InDomain(h) for h in rule.hyper.values())
    function = partial(_numeric, rule, tuple(results.items()), tuple(symbols.items()))
    return Iterate(
        name, title, source, statement, assumptions, results, ("t", *symbols), function, rule,
        gradient, symbols,
    )


def _numeric(
    rule: Rule, results: tuple[tuple[str, Any], ...], symbols: tuple[tuple[str, Any], ...],
    **values: Any,
) -> dict[str, Any]:
    steps = np.asarray(values["t"])
    if steps.dtype.kind not in "iu" or (steps.size and steps.min() < 0):
        raise InvalidInput(f"expected t as whole numbers from 0, found {values['t']!r}")
    given = []
    for name, _ in symbols:
        value = np.asarray(values[name], float)
        if name in rule.hyper:
            for edge in {float(value.min()), float(value.max())} if value.size else ():
                rule.hyper[name].domain.check(name, edge)
        given.append(value)
    shape = np.broadcast_shapes(steps.shape, *(v.shape for v in given))
    arguments = tuple(s for _, s in symbols)
    return {
        name: np.broadcast_to(_value(e, arguments, steps, given), shape).astype(float)
        for name, e in results
    }


def _value(expr: Any, symbols: tuple[Any, ...], steps: Any, given: list[Any]) -> Any:
    """An expression in t; running sums are added up once for all steps."""
    sums = sorted(expr.atoms(Sum), key=str)
    names = tuple(Dummy() for _ in sums)
    totals = [_running(x, symbols, steps, given) for x in sums]
    function = _function(expr.xreplace(dict(zip(sums, names, strict=True))), (t, *names, *symbols))
    return function(steps.astype(float), *totals, *given)


def _running(expr: Any, symbols: tuple[Any, ...], steps: Any, given: list[Any]) -> Any:
    ((index, _, _),) = expr.limits
    function = _function(expr.function, (index, *symbols))
    shape = np.broadcast_shapes(steps.shape, *(v.shape for v in given))
    total, out = np.zeros(shape), np.zeros(shape)
    for number in range(1, int(steps.max(initial=0)) + 1):
        total = total + function(float(number), *given)
        out = np.where(steps == number, total, out)
    return out


@lru_cache(maxsize=256)
def _function(expr: Any, arguments: tuple[Any, ...]) -> Any:
    return lambdify(arguments, expr, modules=[{"growth": growth_of}, "numpy"])


def _curved(point: Any) -> Any:
    return curvature * point


def _constant(point: Any) -> Any:
    return G


def _two_terms(trace: Any, determinant: Any, rate: Any) -> dict[str, Any]:
    """Position and velocity where x_(t+1) = trace x_t - determinant x_(t-1) and v_0 = 0."""
    now = growth(t, trace, determinant)
    ahead = growth(t + 1, trace, determinant)
    return {"theta": start * (ahead - determinant * now), "v": -rate * curvature * start * now}


_lr, _mu = momentum.hyper["lr"], momentum.hyper["momentum"]

descent_quadratic = _iterate(
    "descent_quadratic", "Gradient descent along an eigen-direction",
    "Goh 2017, doi:10.23915/distill.00006",
    "on lambda*theta**2/2 every step multiplies theta by 1 - lr*lambda",
    sgd, _curved, {"theta": start * (1 - sgd.hyper["lr"] * curvature) ** t},
)

momentum_quadratic = _iterate(
    "momentum_quadratic", "Momentum along an eigen-direction",
    "Polyak 1964; Goh 2017, doi:10.23915/distill.00006",
    "on lambda*theta**2/2 theta obeys a recurrence of two terms with sum of roots "
    "1 + momentum - lr*lambda and product of roots momentum",
    momentum, _curved, _two_terms(1 + _mu - _lr * curvature, _mu, _lr),
)

nesterov_quadratic = _iterate(
    "nesterov_quadratic", "Nesterov's method along an eigen-direction",
    "Sutskever, Martens, Dahl and Hinton 2013, theorem 2.1",
    "on lambda*theta**2/2 it is momentum with momentum*(1 - lr*lambda) in place of momentum",
    nesterov, _curved,
    _two_terms(
        (1 + nesterov.hyper["momentum"]) * (1 - nesterov.hyper["lr"] * curvature),
        nesterov.hyper["momentum"] * (1 - nesterov.hyper["lr"] * curvature), nesterov.hyper["lr"],
    ),
)

momentum_constant = _iterate(
    "momentum_constant", "Momentum on a constant gradient",
    "Goodfellow, Bengio and Courville 2016, section 8.3.2",
    "the velocity approaches -lr*G/(1 - momentum)",
    momentum, _constant,
    {"theta": start - _lr * G / (1 - _mu) * (t - _mu * (1 - _mu**t) / (1 - _mu)),
     "v": -_lr * G * (1 - _mu**t) / (1 - _mu)},
)

adagrad_constant = _iterate(
    "adagrad_constant", "AdaGrad on a constant gradient",
    "Duchi, Hazan and Singer 2011, figure 1",
    "the sum of squares is t*G**2, so that step k is lr/sqrt(k) long but for epsilon",
    adagrad, _constant,
    {"theta": start - Sum(
        adagrad.hyper["lr"] * G / (sqrt(k) * Abs(G) + adagrad.hyper["eps"]), (k, 1, t)),
     "r": t * G**2},
)

rmsprop_constant = _iterate(
    "rmsprop_constant", "RMSProp on a constant gradient",
    "Tieleman and Hinton 2012",
    "the average of squares is (1 - rho**t)*G**2: it starts at 0 and is not corrected",
    rmsprop, _constant,
    {"theta": start - Sum(
        rmsprop.hyper["lr"] * G / sqrt(
            (1 - rmsprop.hyper["rho"] ** k) * G**2 + rmsprop.hyper["eps"]), (k, 1, t)),
     "r": (1 - rmsprop.hyper["rho"] ** t) * G**2},
)

adam_constant = _iterate(
    "adam_constant", "Adam on a constant gradient",
    "Kingma and Ba 2015, arXiv:1412.6980v9, section 3",
    "the corrected moments are G and G**2 at every step, so that every step is the same",
    adam, _constant,
    {"theta": start - t * adam.hyper["lr"] * G / (Abs(G) + adam.hyper["eps"]),
     "m": (1 - adam.hyper["beta1"] ** t) * G, "v": (1 - adam.hyper["beta2"] ** t) * G**2,
     "mhat": G, "vhat": G**2},
)
