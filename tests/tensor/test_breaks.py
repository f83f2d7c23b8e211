"""Every check is seen to fail: wrong rules of calculus and of the normal form are found by them.

Each break replaces one function of ours by a wrong one, and names a check of the other files that
must reject it. Without a break the same checks accept.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sympy
from tensor_numbers import Rationals
from test_exact import CASES, disagreements
from test_laws import equal
from test_tensor_numpy import check

import refmath as rm
from refmath.tensor import build, calculus, collect, contract, evaluate, functions, order
from refmath.tensor.node import Affine, FirstMax, Inverse, LogDet, Map, Product

n, d = rm.dims("n d")
X, A, S, x, y = rm.tensors("X[n,d] A[n,n] S[n,n] x[n] y[n]", symmetric="S")
lam = rm.scalar("lam")


def exact(name: str) -> Callable[[], bool]:
    """The check of derivatives of a case against the case written out."""
    return lambda: disagreements(CASES[name]) == []


def numpy(name: str) -> Callable[[], bool]:
    """The check of a case's values against NumPy's."""
    return lambda: check(CASES[name], Rationals(), seed=1)


def one_object() -> bool:
    """The check that equal expressions are one object."""
    chain = rm.trace(A @ S @ A @ A.T) is rm.trace(A @ A.T @ A @ S)
    return chain and rm.diag(x).T is rm.diag(x) and -(x - y) is y - x


def hessian_products() -> bool:
    """The check that the vector of a Hessian product is held fixed."""
    f = rm.sum(x**3)
    return equal(rm.hessian_vector(f, x, x), rm.hessian(f, x) @ x)


def nan_stays() -> bool:
    """The check that entries that are not chosen have no influence."""
    found = evaluate.evaluate(x[1:], {"x": [float("nan"), 1.0]}, {"n": 2})
    return bool(found[0] == 1)


def _dropped(node: Any, adjoint: Any, out: Any, sizes: Any) -> Any:
    parts = list(_through_product(node, adjoint, out, sizes))
    return parts[:-1] if len(parts) > 1 else parts


def _without_diagonal(node: Any, adjoint: Any, out: Any, sizes: Any) -> Any:
    """A repeated index is taken for two."""
    for child, part in _through_product(node, adjoint, out, sizes):
        labels = dict(node.factors)[child]
        if len(set(labels)) < len(labels):
            yield child, rm.sum(part, -1, True) * rm.ones(*child.shape)
        else:
            yield child, part


def _wrong_pull(kind: type, wrong: Callable[..., Any]) -> Callable[..., Any]:
    def pull(node: Any, adjoint: Any, front: Any) -> Any:
        for child, part in _pull_back(node, adjoint, front):
            yield child, wrong(node, part) if isinstance(node, kind) else part

    return pull


def _turned(_: Any, part: Any) -> Any:
    axes = list(range(part.rank))
    return rm.transpose(part, (*axes[:-2], axes[-1], axes[-2]))


def _share_without_sum(node: Any, adjoint: Any, out: Any, front: Any) -> Any:
    child, part = _through_reduction(node, adjoint, out, front)
    return child, part * rm.exp(rm.logsumexp(child)) if node.kind == "logsumexp" else part


def _share_of_all(node: Any, adjoint: Any, out: Any, front: Any) -> Any:
    child, part = _through_reduction(node, adjoint, out, front)
    first = build.first_max(child, range(child.rank))
    return child, part * first if node.kind == "max" else part


def _not_renamed(flat: Any, summed: Any, sizes: Any) -> Any:
    kept = [f for f in flat if not (isinstance(f[0], Affine) and f[0].is_delta)]
    return kept if len(kept) < len(flat) - 1 else _without_deltas(flat, summed, sizes)


def _kept_choices(flat: Any, summed: Any) -> Any:
    return [f for f in flat if not isinstance(f[0], FirstMax)]


def _one_symbol(node: Any, atoms: Any) -> Any:
    """Tensors of one shape are taken for the same."""
    for other, symbol in atoms.items():
        if other.shape == node.shape:
            return symbol
    return _symbol(node, atoms)


def _of_branches(self: Any, s: Any) -> Any:
    c, a, b = self.args
    return functions.where(c, b.diff(s), a.diff(s))


def _moving_vector(f: Any, by: Any, v: Any) -> Any:
    return rm.jacobian(rm.dot(rm.gradient(f, by), v), by)


_through_product, _through_reduction = calculus._through_product, calculus._through_reduction
_pull_back, _own_part = calculus._pull_back, calculus._own_part
_without_deltas, _symbol, _inlined = contract._without_deltas, collect._symbol, collect._inlined
_affine, _without_common = build.affine, collect._without_common

BREAKS: dict[str, tuple[Any, str, Any, Callable[[], bool]]] = {
    "product rule without a term": (calculus, "_through_product", _dropped, exact("ridge")),
    "product rule without the coefficient": (
        calculus, "_through_product",
        lambda node, *rest: _through_product(contract.scaled(1 / node.coefficient, node), *rest),
        exact("mean"),
    ),
    "a repeated index taken for two": (
        calculus, "_through_product", _without_diagonal, exact("diag of a matrix")
    ),
    "inverse without its minus": (
        calculus, "_pull_back", _wrong_pull(Inverse, lambda _, p: -p), exact("inverse")
    ),
    "inverse transposed": (calculus, "_pull_back", _wrong_pull(Inverse, _turned), exact("inverse")),
    "logdet transposed": (calculus, "_pull_back", _wrong_pull(LogDet, _turned), exact("logdet")),
    "logdet by half": (
        calculus, "_pull_back", _wrong_pull(LogDet, lambda _, p: p / 2), exact("logdet of a sum")
    ),
    "functions by their first argument only": (
        calculus, "_pull_back",
        lambda node, *r: list(_pull_back(node, *r))[: 1 if isinstance(node, Map) else None],
        exact("power of tensors"),
    ),
    "softmax without its sum": (
        calculus, "_through_reduction", _share_without_sum, exact("logsumexp 0")
    ),
    "one maximum for all rows": (calculus, "_through_reduction", _share_of_all, exact("max 0")),
    "scalars only in front": (
        calculus, "_own_part",
        lambda node, s: None if isinstance(node, Map) else _own_part(node, s),
        exact("student"),
    ),
    "scalars only in functions": (
        calculus, "_own_part",
        lambda node, s: None if isinstance(node, Product) else _own_part(node, s),
        exact("ridge"),
    ),
    "symmetric as any matrix": (calculus, "_symmetrized", lambda g: g, exact("symmetric")),
    "a vector that moves": (rm, "hessian_vector", _moving_vector, hessian_products),
    "sum without the number of its terms": (
        contract, "prod", lambda *a, start: start, numpy("sum of a row")
    ),
    "deltas dropped": (contract, "_without_deltas", _not_renamed, numpy("diag @ diag")),
    "diagonals where none are": (
        contract, "_on_diagonals",
        lambda flat, out: [f for f in flat if not isinstance(f[0], Affine)], numpy("diag")
    ),
    "choices dropped": (contract, "_without_full_choices", _kept_choices, exact("max keepdims")),
    "a lost coefficient": (
        contract, "_with_coefficient",
        lambda node, c: Product(node.shape, node.children, sympy.S.One, node.labels, node.sizes),
        numpy("* number"),
    ),
    "a lost coefficient of a function": (
        collect, "_inlined", lambda x, atoms: _inlined(contract.split(x)[1], atoms),
        numpy("maximum 0"),
    ),
    "a lost sign": (
        collect, "_without_common",
        lambda e, s: (abs(_without_common(e, s)[0]), _without_common(e, s)[1]),
        lambda: check(lambda m, X: m.power(X, 2) * m.step(X) - 1, Rationals(), seed=1),
    ),
    "functions of different tensors merged": (collect, "_symbol", _one_symbol, numpy("where")),
    "slices from 0": (
        build, "affine", lambda c, o, s: _affine(c, 0, s), numpy("[1:]")
    ),
    "every matrix symmetric": (
        order, "_stays", lambda node: True, lambda: check(lambda m, A: A.T, Rationals(), seed=1)
    ),
    "one order of factors only": (
        order, "_arranged", lambda inner, *rest: (None, list(inner)), one_object
    ),
    "relu with slope 1": (functions.relu, "fdiff", lambda *_: sympy.S.One, exact("relu")),
    "sigmoid with the sign of its slope": (
        functions.sigmoid, "fdiff", lambda self, _=1: self * (self - 1), exact("scalar functions")
    ),
    "the other branch": (functions.where, "_eval_derivative", _of_branches, exact("where log")),
    "the root of a norm": (
        functions.norm_root, "fdiff", lambda self, _=1: functions.inverse_root(self.args[0]),
        exact("norm 1"),
    ),
    "zeros that spread": (
        evaluate._Evaluation, "_is_off", staticmethod(lambda _: False), nan_stays
    ),
}


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Nothing that was worked out under a break is remembered after it, nor before it."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    functions.scalar_derivative.cache_clear()
    functions._checked.cache_clear()
    order._SYMMETRIC.clear()
    sympy.core.cache.clear_cache()


@pytest.mark.parametrize("name", BREAKS)
def test_breaks_are_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check accepts what is right, and rejects the break or fails under it."""
    place, what, wrong, accepts = BREAKS[name]
    assert accepts()
    _forget()
    monkeypatch.setattr(place, what, wrong)
    try:
        accepted = accepts()
    except Exception:  # whatever is raised turns a test red
        accepted = False
    monkeypatch.undo()
    assert not accepted
