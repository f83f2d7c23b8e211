"""The notation: quantities indexed by the step, hyperparameters, and names that do not do."""

from typing import Any

import pytest
from sympy import Symbol, sqrt

from refmath.domain import Interval
from refmath.errors import DeclarationError, InvalidInput
from refmath.notation import Slot, grad, hyper, number, slot, state, t, temp

theta = state("theta")


def test_equal_declarations_are_one_quantity() -> None:
    """Two quantities are equal where everything declared of them is, and only there."""
    assert state("m", start=0) == state("m", start=0)
    assert hash(state("m", start=0)[t]) == hash(state("m", start=0)[t])
    assert state("m", start=0) != state("m", start=1)
    assert state("m", start=0)[t - 1] != state("m", start=1)[t - 1]
    assert state("m", start=0) != temp("m")
    assert grad("g", at=theta[t - 1]) != grad("g", at=2 * theta[t - 1])
    assert state("m", start=0, doc="one") == state("m", start=0, doc="another text")


def test_equal_hyperparameters_are_one_symbol() -> None:
    """A hyperparameter is its symbol, key, default and domain; the meaning is only text."""
    beta = hyper("beta1", "0.9", "[0, 1)")
    assert beta == hyper("beta1", "0.90", "[0, 1)", doc="decay")
    assert beta != hyper("beta1", "0.8", "[0, 1)")
    assert beta != hyper("beta1", "0.9", "[0, 1]")
    assert beta != hyper("beta2", "0.9", "[0, 1)", symbol="beta1")
    assert beta != Symbol("beta1", real=True)
    assert beta - beta == 0


def test_what_a_declaration_keeps() -> None:
    """Names, symbols, starts, points, domains and texts can be read back."""
    eps = hyper("eps", "1e-8", "(0, oo)", symbol="epsilon", doc="small")
    assert (eps.key, eps.name, eps.doc) == ("eps", "epsilon", "small")
    assert eps.default * 10**8 == 1
    assert eps.domain == Interval.parse("(0, oo)")
    assert hyper("lr", None, "[0, oo)").default is None
    m = state("m", start=eps, doc="moment")
    assert (m.name, m.role, m.start, m.doc, m.at) == ("m", "state", eps, "moment", None)
    assert grad("g", at=theta[t - 1]).at == theta[t - 1]
    assert temp("q").role == "temp"
    assert theta.start is None


def test_quantities_are_real() -> None:
    """SymPy may use that values are real: the root of a square is the absolute value."""
    m = state("m", start=0)
    assert sqrt(m[t] ** 2) == abs(m[t])


def test_numbers_are_exact_rationals() -> None:
    """A decimal string becomes the decimal."""
    assert number("0.9") * 10 == 9
    assert number("1e-3") * 1000 == 1
    assert number(0.5) * 2 == 1
    with pytest.raises(InvalidInput):
        number("a half")


def test_a_slot_is_no_quantity() -> None:
    """A slot is known by its name, and is not the symbol of that name."""
    assert slot("root") == slot("root")
    assert isinstance(slot("root"), Slot)
    assert slot("root") != Symbol("<root>", real=True)


@pytest.mark.parametrize("name", ["", "2m", "_m", "m n", "m-1", "é", "m\n", "m[t]", "t"])
def test_bad_names(name: str) -> None:
    """A name is ASCII, begins with a letter, and is not the step counter's."""
    for declare in (
        lambda: state(name, start=0),
        lambda: temp(name),
        lambda: grad(name, at=theta[t - 1]),
        lambda: hyper(name, "1", "[0, oo)"),
        lambda: hyper("lr", "1", "[0, oo)", symbol=name or "t"),
    ):
        with pytest.raises(DeclarationError, match="expected an ASCII name such as 'theta'"):
            declare()


@pytest.mark.parametrize("name", ["lambda", "in", "sqrt", "abs", "where", "maximum"])
def test_names_that_the_kernel_could_not_use(name: str) -> None:
    """Words of Python and the functions of a kernel are refused, but a symbol may be lambda."""
    with pytest.raises(DeclarationError, match="choose another name"):
        state(name, start=0)
    with pytest.raises(DeclarationError, match="choose another name"):
        hyper(name, "1", "[0, oo)")
    assert hyper("weight_decay", "0", "[0, oo)", symbol="lambda").name == "lambda"


def test_a_default_outside_its_domain() -> None:
    """The default of a hyperparameter lies in its domain."""
    with pytest.raises(DeclarationError, match=r"beta1=1 is outside its domain \[0, 1\)"):
        hyper("beta1", "1", "[0, 1)")


def test_binary_floats_are_no_decimals() -> None:
    """A float is refused where a decimal is meant, and the message shows the decimal."""
    with pytest.raises(DeclarationError, match=r"binary float, which is not the decimal.*'0\.9'"):
        hyper("beta1", 0.9, "[0, 1)")
    with pytest.raises(DeclarationError, match=r"m=0\.5 is a binary float.*write '0\.5'"):
        state("m", start=0.5)


@pytest.mark.parametrize("declare", [
    lambda: state("m", start="__import__('os').getcwd()"),
    lambda: state("m", start="0"),
    lambda: grad("g", at="theta"),
])
def test_text_is_not_evaluated(declare: Any) -> None:
    """A start or a point given as text is refused, with the cure; nothing in it is run."""
    with pytest.raises(DeclarationError, match="which is not evaluated; write symbols"):
        declare()


def test_things_of_one_name_can_be_sorted() -> None:
    """With a start and without, a default and none: SymPy sorts what it adds up."""
    given, zero = state("theta"), state("theta", start=0)
    assert {given.compare(zero), zero.compare(given)} == {1, -1}
    free, fixed = hyper("lr", None, "[0, oo)"), hyper("lr", "0.1", "[0, oo)")
    assert {free.compare(fixed), fixed.compare(free)} == {1, -1}
