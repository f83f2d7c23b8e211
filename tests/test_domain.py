"""Domains: what they contain, their edges and samples, and what is no domain."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refmath.domain import Interval, exact
from refmath.errors import DeclarationError, InvalidInput

ENDS = st.one_of(st.none(), st.fractions(min_value=-1000, max_value=1000))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Any interval that is not empty."""
    low, high = draw(ENDS), draw(ENDS)
    if low is not None and high is not None and low > high:
        low, high = high, low
    point = low is not None and low == high
    low_open = low is None or (not point and draw(st.booleans()))
    high_open = high is None or (not point and draw(st.booleans()))
    return Interval(low, high, low_open, high_open)


@given(intervals())
def test_edges_and_samples_lie_inside(interval: Interval) -> None:
    """Every edge and every sample of a domain belongs to it, and there is a sample."""
    assert interval.samples
    assert all(x in interval for x in interval.edges + interval.samples)


@given(intervals())
def test_an_edge_is_an_end_that_belongs(interval: Interval) -> None:
    """The edges are exactly the finite ends that are not excluded."""
    ends = {interval.low, interval.high} - {None}
    assert set(interval.edges) == {x for x in ends if x is not None and x in interval}
    assert len(interval.edges) == len(set(interval.edges))


@given(intervals())
def test_text_is_read_back(interval: Interval) -> None:
    """An interval printed and parsed again is the same."""
    assert Interval.parse(str(interval)) == interval


@given(intervals(), st.fractions(min_value=-2000, max_value=2000))
def test_contains_is_the_two_inequalities(interval: Interval, x: Fraction) -> None:
    """A number belongs if it is above the lower and below the upper end, open or closed."""
    low, high = interval.low, interval.high
    above = low is None or (x > low if interval.low_open else x >= low)
    below = high is None or (x < high if interval.high_open else x <= high)
    assert (x in interval) == (above and below)


@given(intervals(), st.fractions(min_value=-2000, max_value=2000))
def test_check_returns_or_refuses(interval: Interval, x: Fraction) -> None:
    """``check`` returns what is inside, and names the domain where something is not."""
    if x in interval:
        assert interval.check("beta1", x) == x
    else:
        with pytest.raises(InvalidInput) as error:
            interval.check("beta1", x)
        assert str(error.value) == f"beta1={x!r} is outside its domain {interval}"


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("[0, 1)", ["0", 0.5, "0.999999"], ["-1e-9", "1", 1.5]),
        ("(0, oo)", ["1e-300", 10**400, 5e-324], ["0", -1]),
        ("(-oo, oo)", [-(10**400), "0", "1/3"], []),
        ("[0,1]", ["0", "1"], ["1.0000000001"]),
        ("  ( -1/3 , +oo )  ", [0], ["-1/3"]),
        ("[1, 1]", [1], ["0.99", "1.01"]),
    ],
)
def test_intervals_are_read(text: str, inside: list[str], outside: list[str]) -> None:
    """Round brackets exclude an end, square brackets include it."""
    interval = Interval.parse(text)
    assert all(x in interval for x in inside)
    assert not any(x in interval for x in outside)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("", "expected an interval such as"),
        ("0, 1", "expected an interval such as"),
        ("[0 1]", "expected an interval such as"),
        ("[0, 1", "expected an interval such as"),
        ("[zero, 1]", "expected an interval such as"),
        ("[0, inf)", "expected an interval such as"),
        ("[nan, 1]", "expected an interval such as"),
        ("[0, oo]", "write a round bracket there"),
        ("[-oo, 0]", "write a round bracket there"),
        ("(oo, 0)", "the wrong way round"),
        ("(0, -oo)", "the wrong way round"),
        ("[1, 0]", "is empty: 1 to 0"),
        ("[1, 1)", "is empty: 1 to 1"),
        ("(1, 1)", "is empty: 1 to 1"),
    ],
)
def test_bad_intervals(text: str, cure: str) -> None:
    """What is no interval, or an empty one, is refused when it is declared."""
    with pytest.raises(DeclarationError) as error:
        Interval.parse(text)
    assert cure in str(error.value)
    assert repr(text) in str(error.value)


def test_numbers_are_exact() -> None:
    """A decimal string is the decimal; a float is its own binary value."""
    assert exact("0.9") == Fraction(9, 10)
    assert exact("1e-8") == Fraction(1, 10**8)
    assert exact("1/3") == Fraction(1, 3)
    assert exact(0.9) != Fraction(9, 10)
    assert float(exact(0.9)) == 0.9


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "abc", "", "1/0", "0x1", "-inf"])
def test_what_is_no_finite_number(value: object) -> None:
    """Neither infinity nor NaN nor other text is a number; the message shows how to write one."""
    with pytest.raises(InvalidInput, match=r"write for example '1e-3', '1/3' or 0\.5"):
        exact(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, True, 1j, [1], b"1"])
def test_what_is_no_number_at_all(value: object) -> None:
    """Another type is named in the message; True is no 1."""
    with pytest.raises(InvalidInput, match=f"of type {type(value).__name__}; write for example"):
        exact(value)  # type: ignore[arg-type]


def test_samples_are_spread() -> None:
    """The samples of a unit interval reach its upper end, those of a half line its lower end."""
    assert Interval.parse("[0, 1)").samples[0] == Fraction(1, 2)
    assert max(Interval.parse("[0, 1)").samples) == Fraction(99, 100)
    assert min(Interval.parse("(0, oo)").samples) == Fraction(1, 10**8)
    assert min(Interval.parse("(-oo, oo)").samples) < 0 < max(Interval.parse("(-oo, oo)").samples)
