"""Objectives with exact values: SymPy's derivatives of the written-out expression, and ours."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from objective_exact import Balls, NotRational, Rationals, Undecided, at, same
from sympy import Rational, Symbol

from refmath.objective import Declaration, Objective
from refmath.tensor import Tensor
from refmath.tensor.build import is_zero
from refmath.tensor.evaluate import Symbols, evaluate, symbols_of
from refmath.tensor.node import Variable

Index = tuple[int, ...]


SMALL: dict[str, dict[str, int]] = {
    "gaussian_density": {"n": 3, "d": 2},
    "inception": {"n": 1, "C": 1, "k": 2, "a": 1, "b": 1, "e": 1},
    "network_2": {"n": 2, "d": 3, "p": 2, "k": 3},
    "network_3": {"n": 2, "d": 3, "p": 2, "q": 3, "k": 2},
    "network_4": {"n": 2, "d": 2, "p": 3, "q": 2, "r": 1, "k": 2},
    "network_5": {"n": 1, "d": 2, "p": 3, "q": 2, "r": 1, "s": 2, "k": 3},
    "rectified_network": {"n": 2, "d": 2, "p": 1, "q": 2, "k": 3},
    "two_layer_network": {"n": 3, "d": 2, "p": 3, "k": 2},
    "rosenbrock": {"n": 4}, "extended_rosenbrock": {"b": 2}, "extended_powell_singular": {"b": 2},
    "linear_full_rank": {"n": 3, "m": 5}, "linear_rank_1": {"n": 3, "m": 4},
    "linear_rank_1_with_zeros": {"n": 4, "m": 5}, "jennrich_sampson": {"m": 3}, "gulf": {"m": 3},
    "box": {"m": 3}, "brown_dennis": {"m": 3}, "biggs_exp6": {"m": 3}, "watson": {"n": 3},
    "variably_dimensioned": {"n": 4}, "trigonometric": {"n": 4}, "chebyquad": {"n": 3},
    "discrete_boundary_value": {"n": 4}, "discrete_integral_equation": {"n": 4},
    "broyden_tridiagonal": {"n": 4},
}
"""Sizes at which SymPy writes the expression out quickly, where the usual ones are too large."""


@dataclass(frozen=True)
class Point:
    """Values of all variables: exact rationals, and symbols in place of some of them.

    Attributes:
        sizes: By name.
        values: By name, object arrays of SymPy rationals; whole numbers for class labels.
        symbols: The same with symbols in place of what is differentiated by.
    """

    sizes: Mapping[str, int]
    values: Mapping[str, Any]
    symbols: Mapping[str, Any]

    def numbers(self, algebra: Any) -> dict[str, Any]:
        """The values as numbers of an algebra."""
        out = {}
        for name, value in self.values.items():
            if value.dtype != object:
                out[name] = value
            else:
                out[name] = _each(value, algebra.number)
        return out

    def places(self, algebra: Any) -> dict[Any, Any]:
        """Symbol to number."""
        numbers = self.numbers(algebra)
        return {
            symbol: numbers[name][index]
            for name, array in self.symbols.items()
            for index, symbol in np.ndenumerate(array)
            if isinstance(symbol, Symbol)
        }


def _each(array: Any, function: Any) -> Any:
    out = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        out[index] = function(array[index])
    return out


def point_of(
    declaration: Declaration, names: tuple[str, ...], sizes: Mapping[str, int], seed: int = 0,
    given: Mapping[str, Any] | None = None,
) -> Point:
    """A random point of a declaration, with symbols for the entries of the named variables."""
    numbers = declaration.default_sizes(sizes)
    values: dict[str, Any] = {}
    for name, value in {**declaration.example(numbers, seed), **(given or {})}.items():
        array = np.asarray(value)
        whole = declaration.in_force[name].is_labels
        values[name] = array if whole else _each(array, _rational)
    symbols = dict(values)
    for name in names:
        tensor = declaration.tensors[name]
        if isinstance(tensor, Variable):
            symbols[name] = symbols_of(tensor, numbers)
        else:
            symbols[name] = np.array(tensor, dtype=object)
    return Point(numbers, values, symbols)


def _rational(value: Any) -> Any:
    if isinstance(value, Rational):
        return value
    upper, lower = float(value).as_integer_ratio()
    return Rational(upper, lower)


def derived(node: Tensor, point: Point, algebra: Any) -> Any:
    """The entries of one of our derivatives, over that kind of number."""
    return evaluate(node, point.numbers(algebra), point.sizes, algebra)


class WrittenOut(Symbols):
    """SymPy's expressions, with relu as (x + |x|)/2.

    As alternatives, SymPy folds the conditions of nested ones into each other, which takes minutes.
    """

    def call(self, name: str, *args: Any) -> Any:
        """SymPy's function, or the definition of ours."""
        if name == "relu":
            return (args[0] + sympy.Abs(args[0], evaluate=False)) / 2
        return super().call(name, *args)


def written_out(node: Tensor, point: Point) -> Any:
    """The entries of an expression as SymPy expressions in the point's symbols."""
    return evaluate(node, point.symbols, point.sizes, WrittenOut())


def kind_of_number(node: Tensor, point: Point) -> Any:
    """Rationals where the expression stays within them, else balls."""
    try:
        derived(node, point, Rationals())
    except NotRational:
        return Balls()
    return Rationals()


def some(indices: list[Index], count: int, seed: int) -> list[Index]:
    """A few of many indices."""
    return indices if len(indices) <= count else random.Random(seed).sample(indices, count)


def sizes_of(objective: Objective) -> Mapping[str, int]:
    """Small sizes, as far as the options in force have them."""
    wanted = SMALL.get(objective.name, {})
    return {k: v for k, v in wanted.items() if k in objective.default_sizes()}


UNSYMMETRIC = {"gaussian_density": {"Sigma": [[2.0, 0.5], [-0.25, 3.0]]}}
"""Points off the domain: at a symmetric matrix an inverse that is transposed is not seen."""


def differences(
    objective: Objective, sizes: Mapping[str, int], first: int = 6, second: int = 4
) -> list[str]:
    """Where our first and second derivatives differ from SymPy's.

    The point lies off all kinks, and some entry of each kind that is compared is not 0: at a point
    where all units of a layer rest, for example, every derivative by its weights is 0.

    Args:
        objective: The objective; if it is not reduced, only its Jacobian is looked at.
        sizes: Sizes by name.
        first: How many entries of the derivative by each parameter.
        second: How many entries of the Hessians.
    """
    for seed in range(40):
        try:
            return Comparison(objective, sizes, seed, first, second).differences()
        except Undecided:
            continue
    return ["some derivative is 0 at every point, or every point is at a kink"]


class Comparison:
    """Some derivatives of an objective at one point, ours and SymPy's."""

    def __init__(
        self, objective: Objective, sizes: Mapping[str, int], seed: int, first: int, second: int
    ) -> None:
        self.objective, self.seed = objective, seed
        given = UNSYMMETRIC.get(objective.name)
        self.point = point_of(objective, objective.parameters, sizes, seed, given)
        self.algebra = kind_of_number(objective.expr, self.point)
        self.rank = objective.expr.rank
        self.slopes = self._slopes(first)
        self.bends = {} if self.rank else self._bends(second)

    def _slopes(self, count: int) -> dict[tuple[str, Index], Any]:
        """Our first derivatives: so many entries by each parameter."""
        out = {}
        for name in self.objective.parameters:
            ours = derived(self.objective.jacobian(name), self.point, self.algebra)
            chosen = some(list(np.ndindex(ours.shape)), count, self.seed)
            if all(same(ours[index], 0) for index in chosen):
                raise Undecided
            out |= {(name, index): ours[index] for index in chosen}
        return out

    def _bends(self, count: int) -> dict[tuple[str, Index, str, Index], Any]:
        """Our second derivatives: so many entries, one of them on the diagonal."""
        pairs = [
            (name, index, other, place)
            for name, index in self.slopes for other in self.objective.parameters
            for place in np.ndindex(self.point.symbols[other].shape)
        ]
        name, index = next(iter(self.slopes))
        chosen = [(name, index, name, index), *some(pairs, count - 1, self.seed)]
        blocks = {(p, q): self.objective.hessian(p, q) for p, _, q, _ in chosen}
        ours = {k: derived(node, self.point, self.algebra) for k, node in blocks.items()}
        out = {(p, i, q, j): ours[p, q][i + j] for p, i, q, j in chosen}
        if all(same(x, 0) for x in out.values()) and not all(map(is_zero, blocks.values())):
            raise Undecided
        return out

    def differences(self) -> list[str]:
        """Where SymPy's are different."""
        exprs = written_out(self.objective.expr, self.point)
        places, known = self.point.places(self.algebra), {}
        symbols, out, theirs = self.point.symbols, [], {}
        for (name, index), ours in self.slopes.items():
            slope = exprs[index[:self.rank]].diff(symbols[name][index[self.rank:]])
            theirs[name, index] = slope
            if not same(ours, at(slope, places, self.algebra, known)):
                out.append(f"derivative by {name}{list(index)}")
        for (name, index, other, place), ours in self.bends.items():
            bend = theirs[name, index].diff(symbols[other][place])
            if not same(ours, at(bend, places, self.algebra, known)):
                out.append(f"Hessian by {name}{list(index)} and {other}{list(place)}")
        return out
