"""Every engine proves a true statement, and none of them its false neighbour."""

import ast
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sympy import Abs, Eq, Le, Max, Rational, exp, sqrt, symbols

import refmath as rm
from refmath.errors import DeclarationError
from refmath.proof import Along, Computed, Forall, Run, Semidefinite, Zero, bend, same, slope
from refmath.proof.box import OnBox
from refmath.proof.coq.check import check
from refmath.proof.gram import Space
from refmath.proof.names import beta1, g, lr, t, theta0
from refmath.proof.squares import Indefinite, factors
from refmath.rules import adam, sgd
from refmath.tensor import tensors

ROOT = Path(__file__).parents[2]
x, y, c = symbols("x y c", real=True)
X, b, w = tensors("X[n,d] b[n] w[d]")
residual = X @ w - b
loss = rm.sum(residual**2)
steps = Run("a", sgd)
climbs = Run("a", sgd.variant(sgd.wrong[0]))
constant = Run("a", adam, gradient=lambda _: c)
moved = Eq(steps["theta"], steps.before("theta") - lr * g)
PAIRS: dict[str, tuple[Any, Any]] = {
    "field": (
        Forall(Eq((x**2 - y**2) / (x - y), x + y), (x > y,)),
        Forall(Eq((x**2 - y**2) / (x - y), x - y), (x > y,)),
    ),
    "roots": (
        Forall(Eq(sqrt(c**2 * x), c * sqrt(x)), (c > 0, x > 0)),
        Forall(Eq(sqrt(c**2 * x), c * sqrt(x)), (x > 0,)),
    ),
    "absolute values": (
        Forall(Eq(Abs(c * x), c * Abs(x)), (c > 0,)),
        Forall(Eq(Abs(c * x), c * Abs(x))),
    ),
    "maxima": (Forall(Max(x, y) >= x), Forall(Max(x, y) > x)),
    "intervals": (Forall(x * (1 - x) >= 0, (x >= 0, x <= 1)), Forall(x * (1 - x) > 0, (x >= 0,
                  x <= 1))),
    "given squares": (
        Forall(x**2 + y**2 >= 2 * x * y, using=((1, (x - y) ** 2),)),
        Forall(x**2 + y**2 >= 3 * x * y, using=((1, (x - y) ** 2),)),
    ),
    "weights that may be negative": (
        Forall(c * x**2 >= 0, (c >= 0,), using=((c, x**2),)),
        Forall(c * x**2 >= 0, using=((c, x**2),)),
    ),
    "equations put in": (
        Forall(Eq(x**2, 4), (Eq(x, 2),)), Forall(Eq(x**2, 4), (Eq(x, 3),)),
    ),
    "induction": (
        Along((constant,), {constant["m"]: (1 - beta1**t) * c}, given=(beta1 >= 0, beta1 < 1)),
        Along((constant,), {constant["m"]: (1 - beta1 ** (t + 1)) * c}),
    ),
    "one step": (Along((steps,), results=(moved,)), Along((climbs,), results=(moved,))),
    "tensors of any size": (
        same(X @ (w + w), 2 * (X @ w)), same(X @ (w + w), X @ w),
    ),
    "gradient": (
        slope(loss, w, 2 * rm.transpose(X) @ residual), slope(loss, w, rm.transpose(X) @ residual),
    ),
    "Hessian": (
        bend(loss, w, 2 * rm.transpose(X) @ X), bend(loss, w, rm.transpose(X) @ X),
    ),
    "sums of squares": (
        Semidefinite(((Fraction(2), Fraction(1)), (Fraction(1), Fraction(2)))),
        Semidefinite(((Fraction(1), Fraction(2)), (Fraction(2), Fraction(1)))),
    ),
    "a pivot of 0": (
        Semidefinite(((Fraction(0), Fraction(0)), (Fraction(0), Fraction(2)))),
        Semidefinite(((Fraction(0), Fraction(1)), (Fraction(1), Fraction(2)))),
    ),
    "boxes": (
        OnBox(exp(x) > 1 + x, {x: (Fraction(1, 8), Fraction(2))}),
        OnBox(exp(x) > 1 + 2 * x, {x: (Fraction(1, 8), Fraction(2))}),
    ),
    "enumeration": (
        Computed("even", {"count": lambda: all(n * (n + 1) % 2 == 0 for n in range(50))}),
        Computed("odd", {"count": lambda: False}, lambda: "n = 1"),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_every_engine_proves_the_truth(name: str) -> None:
    """All checkers agree on the true statement, and no counterexample is found."""
    statement = PAIRS[name][0]
    assert [n for n, engine in statement.engines() if not engine()] == []
    assert statement.refute() is None


@pytest.mark.parametrize("name", PAIRS)
def test_no_engine_proves_the_false_neighbour(name: str) -> None:
    """No checker accepts the false statement, and a counterexample is named."""
    statement = PAIRS[name][1]
    assert [n for n, engine in statement.engines() if engine()] == []
    assert statement.refute()


def test_coq_accepts_the_truths_and_no_false_neighbour() -> None:
    """Each theorem is asked for by itself: what holds is accepted, what does not is refused."""
    asked = [("field", True), ("intervals", True), ("induction", True), ("sums of squares", True)]
    made = [PAIRS[n][0].theorem(f"true_{i}") for i, (n, _) in enumerate(asked)]
    assert all(a.accepted for a in check([m for m in made if m is not None]))
    assert all(m is not None for m in made)
    wrong = PAIRS["field"][1].theorem("wrong")
    assert wrong is not None
    assert not check([wrong])[0].accepted


def test_a_relation_that_sympy_has_decided_is_refused() -> None:
    """Nothing is left to prove in it: it could stand for any statement that is true."""
    with pytest.raises(DeclarationError, match="SymPy evaluated it when it was built"):
        Forall(Eq(x + x, 2 * x))
    with pytest.raises(DeclarationError, match="SymPy evaluated it"):
        Forall(Le(1, 2))
    assert Forall(Eq(x + x, 2 * x, evaluate=False)).engines()[0][1]()


def test_a_tensor_that_is_decided_when_built_is_refused() -> None:
    """Its two sides are lost, so that no second engine and no kernel would see them."""
    with pytest.raises(DeclarationError, match="same"):
        Zero(X @ w - X @ w)
    assert same(X @ w, X @ w).sides is not None


def test_factors_are_exact() -> None:
    """L D L' of a matrix of rank 2 has two squares; an indefinite one names its direction."""
    third = Fraction(1, 3)
    found = factors([[third, third, 0], [third, third, 0], [0, 0, Fraction(2)]])
    assert found == [(third, [1, 1, 0]), (Fraction(2), [0, 0, 1])]
    with pytest.raises(Indefinite, match="v'Mv < 0"):
        factors([[Fraction(1), Fraction(3)], [Fraction(3), Fraction(1)]])


def test_a_wrong_multiplier_certifies_nothing() -> None:
    """The rest is then no sum of squares, and that is said when the certificate is made."""
    space = Space("u v")
    u, v = space.vectors
    inner = space.inner(u, v)
    bound = space.square(u) + space.square(v) >= 2 * inner
    assert space.certified(bound, ()).engines()[0][1]()
    with pytest.raises(Indefinite):
        space.certified(space.square(u) + space.square(v) >= 3 * inner, ())


def test_nothing_is_decided_by_simplify() -> None:
    """No module of the engines and no claim calls or imports it, nor a sampler of points."""
    banned = {"simplify", "nsimplify", "random", "default_rng"}
    found = []
    for folder in (ROOT / "refmath" / "proof", ROOT / "proofs"):
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                name = node.attr if isinstance(node, ast.Attribute) else (
                    node.id if isinstance(node, ast.Name) else
                    node.name if isinstance(node, ast.alias) else "")
                if name in banned:
                    found.append(f"{path.name}: {name}")
    assert found == []


def test_an_exact_value_is_needed_to_refute() -> None:
    """Two values that balls cannot tell apart refute nothing."""
    assert Forall(Eq(sqrt(x) ** 2 * exp(0), x, evaluate=False), (x > 0,)).refute() is None
    assert Forall(Eq(theta0, Rational(1, 3), evaluate=False), (Eq(theta0, 1),)).refute()
