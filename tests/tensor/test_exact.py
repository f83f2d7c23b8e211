"""First and second derivatives are those of the expression written out in full, entry by entry.

Where the expression is a rational function of its entries both sides are brought to lowest terms
in SymPy's field of rational functions: equality is proved at these sizes. Where it is not, SymPy
differentiates the scalar expressions, and both sides are evaluated in Arb balls at a random
rational point: balls of radius below 1e-48 that do not overlap refute equality; agreement does not
prove it.
"""

from random import Random
from typing import Any

import numpy as np
import pytest
import sympy
from flint import arb
from tensor_cases import SIZES, Case, balls, random_values
from tensor_numbers import (
    Balls,
    Expressions,
    Fields,
    NotRational,
    agree,
    entries,
    precision,
)
from tensor_tables import NESTED, RATIONAL, REAL

import refmath as rm
from refmath.tensor import build
from refmath.tensor.evaluate import evaluate, symbols_of
from refmath.tensor.node import Inverse, LogDet, Tensor
from refmath.tensor.walk import nodes

CASES = RATIONAL | REAL | NESTED


class Written:
    """A case, its entries as symbols, and how a derivative by symbols is taken and compared."""

    def __init__(self, case: Case) -> None:
        self.case, self.numbers = case, random_values(seed=3)
        self.symbols = {
            x.name: symbols_of(x, SIZES) if isinstance(x, Tensor) else x for x in case.variables
        }

    def point(self) -> dict[Any, Any]:
        """A rational for every symbol."""
        return {
            s: q for name, x in self.symbols.items()
            for s, q in zip(np.ravel(x), np.ravel(self.numbers[name]), strict=True)
        }

    def partial(self, f: Any, variable: Any, index: tuple[int, ...]) -> Any:
        """The derivative by one entry; two of a symmetric matrix share their change."""
        found = self.diff(f, np.asarray(self.symbols[variable.name], object)[index])
        shared = isinstance(variable, Tensor) and variable.symmetric and index[0] != index[1]
        return found / 2 if shared else found

    def places(self, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
        """The entries that are compared."""
        every = list(np.ndindex(shape))
        return Random(5).sample(every, min(self.most, len(every)))

    def first(self, f: Any, x: Any, found: Any) -> bool:
        """Whether entries of a jacobian are the derivatives of the entries."""
        rank = f.ndim
        wanted = {i: self.partial(f[i[:rank]], x, i[rank:]) for i in self.places(found.shape)}
        return self.shape_is(found, (*f.shape, *self.shape(x))) and self.same(found, wanted)

    def second(self, f: Any, x: Any, z: Any, found: Any) -> bool:
        """Whether entries of a Hessian are the second derivatives of a scalar."""
        rank = len(self.shape(x))
        slope: dict[Any, Any] = {}
        wanted = {}
        for i in self.places(found.shape):
            if i[:rank] not in slope:
                slope[i[:rank]] = self.partial(f, x, i[:rank])
            wanted[i] = self.partial(slope[i[:rank]], z, i[rank:])
        return self.shape_is(found, (*self.shape(x), *self.shape(z))) and self.same(found, wanted)

    def shape(self, variable: Any) -> tuple[int, ...]:
        return np.shape(self.symbols[variable.name])

    @staticmethod
    def shape_is(found: Any, shape: tuple[int, ...]) -> bool:
        return bool(found.shape == shape)


class Rational(Written):
    """Over the field of rational functions; all entries."""

    most = 10**6

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.field = Fields({str(s): q for s, q in self.point().items()})

    def diff(self, f: Any, symbol: Any) -> Any:
        return f.diff(self.field.at[str(symbol)])

    def full(self, node: Tensor) -> Any:
        return self.derivative(node, {})

    def derivative(self, node: Tensor, more: dict[str, Any]) -> Any:
        one = np.frompyfunc(lambda s: self.field.at[str(s)], 1, 1)
        known = self.numbers | {name: one(x) for name, x in self.symbols.items()}
        known |= {k: self.weigh(v) for k, v in more.items()}
        return evaluate(node, known, SIZES, self.field)

    def weigh(self, weights: Any) -> Any:
        return np.frompyfunc(lambda q: self.field.number(as_sympy(q)), 1, 1)(weights)

    def same(self, found: Any, wanted: dict[Any, Any]) -> bool:
        return all(found[i] + self.field.zero == x for i, x in wanted.items())


class Real(Written):
    """SymPy's expressions, compared as balls at a point; some entries of each derivative."""

    most = 12

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.written = Expressions({s: arb(q) for s, q in self.point().items()})

    def diff(self, f: Any, symbol: Any) -> Any:
        return sympy.sympify(f).diff(symbol)

    def full(self, node: Tensor) -> Any:
        return evaluate(node, self.numbers | self.symbols, SIZES, self.written)

    def derivative(self, node: Tensor, more: dict[str, Any]) -> Any:
        return evaluate(node, balls(self.numbers | more), SIZES, Balls())

    def weigh(self, weights: Any) -> Any:
        return np.frompyfunc(as_sympy, 1, 1)(weights)

    def same(self, found: Any, wanted: dict[Any, Any]) -> bool:
        return all(agree(found[i], self.written.ball(x)) for i, x in wanted.items())


def as_sympy(q: Any) -> Any:
    """A rational as SymPy has it."""
    return sympy.Rational(int(q.p), int(q.q))


def written(case: Case, f: Tensor) -> tuple[Any, Any]:
    """The way that fits the case, and the case's entries in it."""
    if not any(isinstance(x, Inverse | LogDet) for x in nodes(f)):  # long, over the field
        try:
            way: Any = Rational(case)
            return way, way.full(f)
        except NotRational:
            pass
    way = Real(case)
    return way, way.full(f)


def disagreements(run: Any) -> list[str]:
    """The derivatives of a case that are not those of the expression written out."""
    case = Case(run)
    f = case.expression()
    wrong = []
    with precision():
        way, full = written(case, f)
        weights = entries(Random(4), np.shape(full))
        J = rm.sum(f * build.variable("weights", f.shape))
        total = np.sum(full * way.weigh(weights))
        for x in case.variables:
            if not way.first(full, x, way.derivative(rm.jacobian(f, x), {})):
                wrong.append(f"by {x}")
            for z in case.variables:
                found = way.derivative(rm.hessian(J, x, z), {"weights": weights})
                if not way.second(total, x, z, found):
                    wrong.append(f"by {x} and {z}")
    return wrong


@pytest.mark.parametrize("name", CASES)
def test_derivatives(name: str) -> None:
    """Every first and second derivative of the case equals that of its entries."""
    assert disagreements(CASES[name]) == []
