"""L-BFGS in index form: the product form of its pairs, and the two loops."""

from collections.abc import Sequence

from refmath.errors import InvalidInput
from refmath.quasi_newton.record import Formula
from refmath.quasi_newton.updates import updated
from refmath.tensor import Tensor, dot, eye, tensors

__all__ = ["product_form", "scaling", "two_loops"]

_MOST = 5


def _pairs(count: int) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
    """The gradient and the pairs (s_i, y_i), the oldest first."""
    if not 1 <= count <= _MOST:
        raise InvalidInput(f"pairs={count!r}: expected 1 to {_MOST}, for the expression grows")
    text = " ".join(f"s{i}[n] y{i}[n]" for i in range(1, count + 1))
    g, *rest = tensors(f"g[n] {text}")
    return g, list(zip(rest[::2], rest[1::2], strict=True))


def _scale(pairs: Sequence[tuple[Tensor, Tensor]]) -> Tensor:
    s, y = pairs[-1]
    return dot(s, y) / dot(y, y)


def _doc(count: int) -> dict[str, str]:
    words = {"g": "the gradient"}
    for i in range(1, count + 1):
        age = "the newest" if i == count else "the oldest" if i == 1 else f"number {i}"
        words |= {f"s{i}": f"{age} step", f"y{i}": f"{age} change of the gradient"}
    return words


def scaling() -> Formula:
    """gamma, the size of the inverse Hessian along the newest step."""
    return Formula(
        name="scaling", title="first scaling of L-BFGS",
        source="Nocedal and Wright 2006, equation 7.20", build=lambda: _scale(_pairs(1)[1]),
        doc={k: v for k, v in _doc(1).items() if k != "g"}, condition="y1 is not 0",
    )  # fmt: skip


def product_form(count: int) -> Formula:
    """H g with H the BFGS updates of gamma I by `count` pairs, the oldest first.

    Raises:
        InvalidInput: There are too few or too many pairs.
    """
    g, pairs = _pairs(count)

    def build() -> Tensor:
        inverse = _scale(pairs) * eye(g.shape[0])
        for s, y in pairs:
            inverse = updated(inverse, s, y)
        return inverse @ g

    return Formula(
        name="product_form", title=f"L-BFGS with {count} pairs, written as a product",
        source="Nocedal and Wright 2006, equation 7.19", build=build, doc=_doc(count),
        condition="every y's is not 0",
    )  # fmt: skip


def two_loops(count: int) -> Formula:
    """H g by the two loops: from the newest pair to the oldest, scaled, and back.

    Raises:
        InvalidInput: There are too few or too many pairs.
    """
    g, pairs = _pairs(count)

    def build() -> Tensor:
        q, shares = g, []
        for s, y in reversed(pairs):
            share = dot(s, q) / dot(y, s)
            shares.append(share)
            q = q - share * y
        r = _scale(pairs) * q
        for (s, y), share in zip(pairs, reversed(shares), strict=True):
            r = r + (share - dot(y, r) / dot(y, s)) * s
        return r

    return Formula(
        name="two_loops", title=f"L-BFGS with {count} pairs, by two loops",
        source="Nocedal and Wright 2006, Algorithm 7.4", build=build, doc=_doc(count),
        condition="every y's is not 0",
    )  # fmt: skip
