"""What a computational graph costs: held against counting numbers, and counts by hand."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from graph_cases import EXPRESSIONS, A, B, C, S, X, d, h, k, n, network, v, x
from sympy import Integer, expand

import refmath as rm
from refmath.emit.tensor.graph import Counts, graph
from refmath.emit.tensor.graph.counts import cost, never_negative, scalar_cost
from refmath.emit.tensor.graph.plan import typical
from refmath.tensor import Tensor, variables
from refmath.tensor.evaluate import evaluate, size_of
from refmath.tensor.node import placeholder


class Counting:
    """Numbers that are not there: what is done with them is counted."""

    def __init__(self, tally: dict[str, int]) -> None:
        self.tally = tally

    def _done(self, kind: str) -> "Counting":
        self.tally[kind] += 1
        return self

    def __add__(self, other: object) -> "Counting":
        return self if other is NOTHING else self._done("additions")

    __radd__ = __add__

    def __mul__(self, other: object) -> "Counting":
        free = isinstance(other, int | Integer) and abs(int(other)) == 1
        return self if free else self._done("multiplications")

    __rmul__ = __mul__


NOTHING = 0


class CountingAlgebra:
    """The algebra of such numbers; functions of several entries by their stable forms."""

    def __init__(self) -> None:
        self.tally = {"multiplications": 0, "additions": 0, "functions": 0}
        self.one = Counting(self.tally)

    def number(self, value: Any) -> Any:
        return NOTHING if value == 0 else int(value) if value.is_Integer else self.one

    def power(self, base: Any, exponent: Any) -> Any:
        if isinstance(base, int):  # 1/n, made once
            return self.one
        self.tally["multiplications" if exponent == -1 else "functions"] += 1
        return self.one

    def call(self, name: str, *args: Any) -> Any:
        self.tally["additions" if name in ("relu", "step") else "functions"] += 1
        return self.one

    def log_sum_exp(self, values: Sequence[Any]) -> Any:
        count = len(values)  # the largest, the differences from it, their sum, and it back
        self.tally["additions"] += (count - 1) + count + (count - 1) + 1
        self.tally["functions"] += count + 1
        return self.one


def counted(root: Tensor, sizes: dict[str, int]) -> tuple[int, int, int]:
    """The operations of the plain evaluation."""
    algebra = CountingAlgebra()
    values = {}
    for q in variables(root):
        shape = tuple(size_of(s, sizes) for s in q.shape)
        values[q.name] = np.full(shape, 0 if q.classes is not None else algebra.one, dtype=object)
    evaluate(root, values, sizes, algebra)  # type: ignore[arg-type]
    return algebra.tally["multiplications"], algebra.tally["additions"], algebra.tally["functions"]


UNEQUAL = {"n": 5, "d": 3, "k": 2, "h": 4, "d0": 4, "d1": 3, "d2": 2, "d3": 3}
COUNTED = ["weighted", "product of four", "logistic"] + [
    name for name in EXPRESSIONS if "layers" in name and "squares" in name
]


@pytest.mark.parametrize("name", COUNTED)
def test_forward_counts_are_those_of_a_counting_number(name: str) -> None:
    """The polynomials, at unequal sizes, are what numbers that count themselves count."""
    top, wrt = EXPRESSIONS[name]
    for node in graph(top, list(wrt)).nodes:
        if node.op != "given":
            assert node.forward_counts.at(**UNEQUAL) == counted(node.forward, UNEQUAL), node.name


@pytest.mark.parametrize("name", COUNTED)
def test_backward_counts_are_those_of_a_counting_number(name: str) -> None:
    """The same for every adjoint."""
    top, wrt = EXPRESSIONS[name]
    for node in graph(top, list(wrt)).nodes:
        if node.adjoint is not None and cost(node.adjoint).total != 0:
            assert node.backward_counts.at(**UNEQUAL) == counted(node.adjoint, UNEQUAL), node.name


def test_a_dense_layer_by_hand() -> None:
    """n*d*k products forward, twice that backward; one sum of d terms an entry."""
    layer = graph(A @ B, [A, B])
    assert layer.counts["forward"] == Counts(n * d * k, expand(n * k * (d - 1)), Integer(0))
    backward = layer.counts["backward"]
    assert backward.multiplications == 2 * n * d * k
    assert backward.additions == expand(n * d * (k - 1) + d * k * (n - 1))
    assert graph(A @ B, [B]).counts["backward"].multiplications == n * d * k


def test_a_convolution_by_hand() -> None:
    """3 products a kernel entry and position, forward, by the kernel, and by the image."""
    image, kernel = rm.tensors("I[n,d,k] K[h,d,3]")
    windows = rm.windows(image, 2, 3)
    found = graph(rm.einsum("ndpu,hdu->nhp", windows, kernel), [image, kernel])
    work = 3 * n * h * d * (k - 2)
    assert expand(found.counts["forward"].multiplications - work) == 0
    assert expand(found.node("K").backward_counts.multiplications - work) == 0
    assert expand(found.node("I").backward_counts.multiplications - work) == 0


def test_values_of_the_forward_pass_are_used_again() -> None:
    """Backward through log-sum-exp takes n*k exponentials, through the inverse no second one."""
    assert graph(rm.sum(rm.logsumexp(A, axis=1))).counts["backward"].functions == n * d
    inner = graph(rm.dot(x, rm.inverse(S) @ x), [S])
    assert not [q for q in inner.nodes if q.adjoint is not None and "inv" in q.adjoint_text]


def test_choosing_costs_nothing() -> None:
    """Slices, gathering by labels and the transpose: no multiplication, and sums only as needed."""
    c = rm.tensors("c[n] in d")
    assert graph(X[1:].T).counts["forward"] == Counts()
    assert graph(rm.sum(rm.gather(X, c))).counts["forward"] == Counts(Integer(0), n - 1)


def test_a_product_is_multiplied_in_the_cheap_order() -> None:
    """A B C v goes from the right: three products of a matrix and a vector."""
    products = graph(A @ B @ C @ v, [v]).counts["forward"].multiplications
    assert expand(products - (k * h + d * k + n * d)) == 0
    assert typical(products) < typical(n * d * k + n * k * h + n * h)


@pytest.mark.parametrize(("expr", "expected"), [
    (placeholder(0) ** 2, (1, 0, 0)), (placeholder(0) ** 7, (4, 0, 0)),
    (1 / placeholder(0), (1, 0, 0)), (1 - placeholder(0) ** 2, (1, 1, 0)),
    (placeholder(0) / placeholder(1), (1, 0, 0)), (placeholder(0) ** -2, (2, 0, 0)),
    (1 / (placeholder(0) * placeholder(1)), (2, 0, 0)),
    (-placeholder(0), (0, 0, 0)), (3 * placeholder(0) + 1, (1, 1, 0)),
    (placeholder(0) ** Integer(1) * (1 - placeholder(0)), (1, 1, 0)),
])
def test_scalar_functions_are_counted_by_hand(expr: Any, expected: tuple[int, int, int]) -> None:
    """Squares, powers, quotients; a minus sign costs nothing."""
    assert scalar_cost(expr).at() == expected


NETWORKS = [
    (layers, activation, loss)
    for layers in (2, 3, 4, 5)
    for activation in (rm.tanh, rm.relu, rm.sigmoid)
    for loss in ("squares", "cross entropy")
]


@pytest.mark.parametrize(("layers", "activation", "loss"), NETWORKS)
def test_the_gradient_of_a_network_is_cheap(
    layers: int, activation: Callable[[Any], Tensor], loss: str
) -> None:
    """Backward costs at most 3 times forward, proved for all sizes from 1; once is not enough."""
    top, parameters = network(layers, activation, loss)
    found = graph(top, parameters)
    assert found.is_cheap(4)
    assert found.is_cheap(3)
    assert not found.is_cheap(1)
    forward, backward = found.counts["forward"], found.counts["backward"]
    sizes = {s.name: 2 + i for i, s in enumerate(sorted(forward.total.free_symbols, key=str))}
    assert sum(backward.at(**sizes)) <= 3 * sum(forward.at(**sizes))


def test_a_polynomial_that_is_negative_somewhere_is_not_passed() -> None:
    """The proof is of all sizes from 1: n*d - n holds there, n - 2 does not."""
    assert never_negative(n * d - n)
    assert never_negative(Integer(0))
    assert not never_negative(n - 2)
    assert not never_negative(Integer(-1))


def test_the_best_of_all_orders_is_taken() -> None:
    """(2, 2) by (2, 10) by (10, 3): 72 products; the cheapest pair first would give 100."""
    first, second, third = rm.tensors("F[2,2] G[2,10] H[10,3]")
    assert graph(first @ second @ third).counts["forward"].multiplications == 72


def test_log_sum_exp_by_hand() -> None:
    """A row of d: the largest, d differences and exponentials, their sum, a logarithm, and back."""
    found = graph(rm.logsumexp(A, axis=1)).counts["forward"]
    assert found == Counts(Integer(0), expand(n * ((d - 1) + d + (d - 1) + 1)), n * d + n)


def eliminated(size: int, inverse: bool) -> tuple[int, int]:
    """Products and sums of Gauss-Jordan elimination in place, or of LU without pivoting."""
    tally = {"multiplications": 0, "additions": 0, "functions": 0}
    number = Counting(tally)
    for pivot in range(size):
        others = [i for i in range(size) if i != pivot and (inverse or i > pivot)]
        if inverse:
            for _ in range(size):  # the reciprocal of the pivot, and its row
                number * number
        for _ in others:
            number * number  # the factor of this row
            for _ in others:
                number + number * number
    return tally["multiplications"], tally["additions"]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_inverse_and_determinant_are_counted_as_elimination(size: int) -> None:
    """n^3 products for the inverse; a third of it, the divisions and n logarithms for log det."""
    inverse = graph(rm.inverse(S)).counts["forward"].at(d=size)
    assert inverse == (*eliminated(size, inverse=True), 0)
    products, sums = eliminated(size, inverse=False)
    determinant = graph(rm.logdet(S)).counts["forward"].at(d=size)
    assert determinant == (products, sums + size - 1, size)


def test_steps_are_elementary() -> None:
    """Fused functions come apart: a network has only layers' operations as steps."""
    for name, last in (("squares", "power"), ("cross entropy", "logsumexp")):
        top, wrt = EXPRESSIONS[f"3 layers, tanh, {name}"]
        found = [q.op for q in graph(top, list(wrt)).nodes]
        assert set(found) - {"sum", "choose"} == {"given", "product", "add", "tanh", last}
        assert found.count("add") == 3 + 1  # a bias a layer, and what the loss subtracts
