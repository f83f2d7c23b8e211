"""Expressions read from text: what is refused, and how; nothing hangs, nothing else comes out."""

from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from refmath import tensor
from refmath.errors import InvalidInput, RefmathError, UnknownName
from refmath.tensor.parse import parse
from refmath.tensor.vocabulary import FUNCTIONS

DECLARED = "X[n,d] y[n] theta[d] A[n,n] W[d,k] c[n] in k lambda b Z[6,4] sum[n]"

REFUSED: dict[str, tuple[str, str]] = {
    # names
    "sum(X) + thta": ("thta", "unknown name 'thta' at column 10. Did you mean 'theta'? Known: A, "),
    "smu(X)": ("smu", "unknown function 'smu' at column 1. Did you mean 'sum'? Known: abs, "),
    "exp": ("function alone", "exp is a function; write exp(...) (at column 1)"),
    "y(3)": ("called tensor", "y is not a function; to multiply write y*(...) (at column 1)"),
    "X^T": ("superscript T", "no T is declared; the transpose of X is X.T or X' (at column 3)"),
    "a.__class__": ("attribute", "found '.' at column 2; the only attribute is .T"),
    "X.Theta": ("attribute", "found '.' at column 2; the only attribute is .T"),
    "q"*99: ("long name", "unknown name 'qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq...' at column 1"),
    # syntax
    "": ("empty", "expected an expression such as X@theta - y, found nothing"),
    " \t\n": ("spaces", "expected an expression such as X@theta - y, found nothing"),
    "sum(": ("open call", "expected a number, a name or (, found the end of the expression"),
    "sum(X": ("open call", "or ) for the ( at column 4, found the end of the expression"),
    "(X[1": ("open index", "or ] for the [ at column 3, found the end of the expression"),
    "(X[1)": ("mismatch", "expected an operator or ] for the [ at column 3, found ')' at column 5"),
    "X)": ("closed too often", "expected an operator or the end, found ')' at column 2"),
    "(\n X,,": ("lines", "found ',' at line 2, column 4"),
    "2x": ("product", "found 'x' at column 2; to multiply write *"),
    "(X)(y)": ("product", "found '(' at column 4; to multiply write *"),
    "f = y": ("equation", "found '=' at column 3; an expression has no ="),
    "y + * 2": ("operator", "expected a number, a name or (, found '*' at column 5"),
    "y // 2": ("operator", "expected a number, a name or (, found '/' at column 4"),
    "y % 2": ("operator", "expected an operator or the end, found '%' at column 3"),
    "(lambda: 0)()": ("lambda", "found ':' at column 8"),
    'f"{x}"': ("f-string", "found '\"{x}\"' at column 2"),
    "y \\ 2": ("backslash", "found '\\\\' at column 3"),
    "y; y": ("statement", "found ';' at column 2"),
    "\x00": ("NUL", "expected a number, a name or (, found '\\x00' at column 1"),
    "y\x00": ("NUL", "expected an operator or the end, found '\\x00' at column 2"),
    "y[]": ("no index", "expected a number, a name or (, found ']' at column 3"),
    "sum(*y)": ("star", "expected a number, a name or (, found '*' at column 5"),
    "a < b < c": ("chain", "found '<' at column 7"),
    "__import__('os').system('x')": ("import", "found '.' at column 17"),
    "__import__('os')": ("import", "unknown function '__import__' at column 1"),
    # Unicode
    "\N{GREEK SMALL LETTER LAMDA}*y": ("Greek", "at column 1; write lambda"),
    "2\N{MULTIPLICATION SIGN}y": ("sign", "(MULTIPLICATION SIGN) at column 2; write *"),
    "\N{CYRILLIC SMALL LETTER A} + 1": ("lookalike", "(CYRILLIC SMALL LETTER A) at column 1"),
    "y\udcff": ("surrogate", "found '\\udcff' (a character without a name) at column 2"),
    "\N{FULLWIDTH DIGIT ONE}": ("digit", "(FULLWIDTH DIGIT ONE) at column 1"),
    # kinds of values
    "y > 0": ("comparison", "(>) can only be the first argument of where(x > y, a, b) (at"),
    "(y > 0) + 1": ("comparison", "can only be the first argument of where"),
    "where(y == 0, 1, 2)": ("equality", "where compares by > >= < <=, found == (at column 1)"),
    "[y]": ("list", "expected a number or a tensor expression, found a list (at column 1)"),
    "(y, 1)": ("tuple", "expected a number or a tensor expression, found a tuple"),
    "'ij'": ("text", "expected a number or a tensor expression, found the text 'ij'"),
    "None": ("None", "expected a number or a tensor expression, found None"),
    "exp(y[0:1], True)": ("too many", "exp(x): too many positional arguments (at column 1)"),
    "sum()": ("too few", "sum(x, axis=None, keepdims=False): missing a required argument: 'x'"),
    "sum(X, axs=1)": ("keyword", "got an unexpected keyword argument 'axs'"),
    "sum(X, axis=0, axis=1)": ("twice", "sum: an argument is given twice (at column 1)"),
    "sum(axis=0, X)": ("order", "sum: arguments with a name come last (at column 1)"),
    "sum(X, axis=0.5)": ("fraction", "for axis: expected a whole number, found 1/2 (at column 1)"),
    "sum(X, axis='0')": ("text", "for axis: expected a whole number, found the text '0'"),
    "sum(X, keepdims=1)": ("truth", "for keepdims: expected True or False (at column 1)"),
    "concatenate(y)": ("no list", "for parts: expected a list such as [a, b] (at column 1)"),
    "einsum(A, A)": ("subscripts", 'for subscripts: expected text such as "ij,jk->ik"'),
    "b[0]": ("scalar", "a scalar has no entries to choose from (at column 2)"),
    "y[1.5]": ("index", "expected a whole number, a slice, None or ... as index, found 3/2 (at"),
    "y[theta]": ("index", "expected a whole number, a slice, None or ... as index"),
    "y[0:lambda]": ("slice", "contains lambda, which is no size"),
    "Z[9]": ("range", "index 9 is out of range for an axis of size 6 (at column 2)"),
    "gather(X, y)": ("labels", "expected class labels, found"),
    # shapes
    "X@y": ("shapes", "@: X of shape (n, d) and y of shape (n,) do not fit: d and n meet (at col"),
    "1 + (X + y)": ("shapes", "+: X of shape (n, d) and y of shape (n,) do not fit"),
    "2@y": ("scalar @", "@ multiplies vectors and matrices"),
    "n@n": ("scalars @", "@ multiplies vectors and matrices"),
    "sum(X, axis=7)": ("axis", "axis 7 does not exist; the shape is (n, d) (at column 1)"),
    "inv(X)": ("square", "expected a square matrix to take the inverse of, found shape (n, d)"),
    "windows(y, 0, 3, stride=0)": ("stride", "stride"),
    "X^2'": ("transposed number", "a number has no transpose; for that of a power write (X**2)'"),
    # numbers
    "1/0": ("division", "division by 0 (at column 2)"),
    "y/(b - b)": ("division", "division by 0 (at column 2)"),
    "0**-1": ("division", "division by 0 (at column 2)"),
    "(y - y)**-1": ("division", "at column 8"),
    "log(0)": ("infinite", "at column 1"),
    "sqrt(-1)*y": ("imaginary", "not a real number (at column 1)"),
    "(-8)**(1/3)": ("imaginary", "not a real number (at column 5)"),
    "acos(2)": ("imaginary", "not a real number (at column 1)"),
}


def answer(text: str, declarations: str = DECLARED) -> str | None:
    """What is said of a text, one line; None if it is an expression."""
    try:
        found = parse(text, declarations)
    except RefmathError as error:
        message = str(error)
    else:
        assert isinstance(found, tensor.Tensor)
        return None
    assert len(message.splitlines()) == 1
    assert len(message) < 500
    return message


@pytest.mark.parametrize("text", REFUSED, ids=[what for what, _ in REFUSED.values()])
def test_what_does_not_fit_is_told_in_one_line(text: str) -> None:
    """What was found, where, and the cure where there is one."""
    message = answer(text)
    assert message is not None
    assert REFUSED[text][1] in message


def test_an_unknown_name_is_its_own_error() -> None:
    """UnknownName carries the name and what is known; others are InvalidInput."""
    with pytest.raises(UnknownName) as caught:
        parse("thta", "theta[d]")
    assert (caught.value.name, sorted(caught.value.known)) == ("thta", ["d", "theta"])
    with pytest.raises(InvalidInput):
        parse("inv(theta)", "theta[d]")


HOSTILE = {
    "a megabyte of (": "(" * 10**6,
    "a megabyte of [": "[" * 10**6,
    "20,000 of (": "(" * 20_000,
    "20,000 of [": "[" * 20_000,
    "20,000 brackets": "(" * 9_999 + "y" + ")" * 9_999,
    "100,000 plus signs": "+" * 100_000,
    "plus signs": "+" * 19_999 + "y",
    "minus signs": "-" * 200 + "y",
    "transposes": "y" + ".T" * 9_000,
    "primes": "y" + "'" * 19_000,
    "a tower of names": "**".join(["y"] * 200),
    "calls": "exp(" * 4_000 + "y" + ")" * 4_000,
    "few calls": "exp(" * 100 + "y" + ")" * 100,
    "indices": "y" + "[1:]" * 400,
    "factors": "@".join(["A"] * 300),
    "terms": "+".join(["y"] * 9_000),
    "axes": "y" + "[:,None]"[:7] + ",None" * 40 + "]",
    "outer products": "outer(" * 20 + "y" + ",y)" * 40,
    "a tower": "9**9**9**9",
    "an exponent": "y**10**9",
    "a power of a power": "((lambda + b)**1000)**1000",
    "a growing number": "((y*9**300)**900)**900",
    "a large number": "1e999999999",
    "a disguised exponent": "1e000000000000999999999",
    "a small number": "1e-999999999*y",
    "digits": "1" * 5_000,
    "a product of numbers": "*".join(["9**300"] * 50),
    "a tower of functions": "exp(exp(exp(10**9)))*y",
    "a sign to be found": "abs(exp(exp(10**9)) - 1)",
    "an angle": "asin(sin(10**299))",
    "a large power": "(lambda + b + n)**1000*sum(y) - (lambda + b + n)**999*sum(y)",
}
HARMLESS = {"a large power", "20,000 brackets"}
"""These are read."""


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_hangs(name: str) -> None:
    """Whatever is asked for, there is an answer: one line, or an expression."""
    assert (answer(HOSTILE[name]) is None) == (name in HARMLESS)


@pytest.mark.parametrize("text", [
    "", " ", "X[n,n,", "X[n", "X]", "X[n]]", "X[-1]", "X[1.5]", "X[n,d] X[n]", "X[n] n",
    "y[n] in k k", "[" * 10**6, "[" * 19_000, "X[\N{SUPERSCRIPT TWO}]", "X[" + "n," * 5_000 + "n]",
    "X[" + "9" * 5_000 + "]", "y[n] in -3", "1X", "X[,]", "a.b", "X\x00", "x = 3",
    "\N{GREEK SMALL LETTER LAMDA}[n]", "__import__('os')",
], ids=lambda t: ascii(t[:12]))
def test_hostile_declarations(text: str) -> None:
    """Declarations that are none give one line."""
    assert answer("X", text) is not None


def test_other_kinds_of_input() -> None:
    """What is no text, and what is no declaration, is told."""
    cases = ((3, "y[n]"), (b"y", "y[n]"), ("y", 3), ("y", [3]), ("y", {"y": "n"}))
    for text, declarations in cases:
        with pytest.raises(InvalidInput, match="expected"):
            parse(text, declarations)  # type: ignore[arg-type]


def test_an_error_of_our_own_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only SymPy's failures become bad input; a mistake in the algebra stays visible."""
    def broken(*_: Any) -> Any:
        return {}["nothing"]

    monkeypatch.setattr("refmath.tensor.reader.algebra.power", broken)
    with pytest.raises(KeyError):
        parse("y**2", DECLARED)
    monkeypatch.setattr("refmath.tensor.reader.algebra.power", lambda *_: sympy.zeros(1).inv())
    with pytest.raises(InvalidInput, match="SymPy finds no value of this"):
        parse("y**2", DECLARED)


PIECES = [
    "y", "X", "theta", "A", "W", "c", "lambda", "b", "n", "q", "T", "None", "True", "pi", "0", "1",
    "2", "3.5", "1e3", ".", "...", "+", "-", "*", "/", "**", "^", "@", "'", ".T", "(", ")", "[",
    "]", ",", ":", "=", ">", "<=", "==", "'ij,jk->ik'", '"', " ", "\n", "axis=", "\\", "#",
    *(f"{f}(" for f in FUNCTIONS),
]


@settings(derandomize=True, deadline=None, max_examples=600)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Over the alphabet of the grammar only an expression or our own error comes out."""
    answer(text)


def operands(inner: Any) -> Any:
    """Well-formed texts made of others."""
    two = st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "@", "**", "^"]), inner)
    return st.one_of(
        two.map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner, inner).map(
            lambda p: f"{p[0]}({p[1]}, {p[2]})"),
        st.tuples(inner, st.sampled_from(["'", ".T", "[0]", "[1:]", "[:, None]", "**2"])).map(
            lambda p: f"{p[0]}{p[1]}"),
        inner.map(lambda p: f"-{p}"),
    )


@settings(derandomize=True, deadline=None, max_examples=400)
@given(st.recursive(
    st.sampled_from(["y", "X", "theta", "A", "W", "c", "lambda", "b", "n", "Z", "0", "2", "1/3"]),
    operands, max_leaves=6,
))
def test_any_syntax_is_valued_or_refused(text: str) -> None:
    """Well-formed texts of arbitrary functions and shapes give expressions or our own errors."""
    answer(text)
