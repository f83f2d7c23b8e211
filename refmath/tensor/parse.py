"""Tensor expressions read from text. The text is parsed by a grammar of its own, never evaluated.

``grammar.lark`` says what may be written; numbers are exact.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from sympy import Expr

from refmath.errors import InvalidInput
from refmath.tensor import declare
from refmath.tensor.node import Tensor
from refmath.tensor.reader import MOST_AXES, Reader, place

__all__ = ["declared", "parse"]

_MOST_CHARACTERS = 20_000
_WRITTEN = {
    "\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{MULTIPLICATION SIGN}": "*",
    "\N{MIDDLE DOT}": "*", "\N{DOT OPERATOR}": "*", "\N{SUPERSCRIPT TWO}": "**2",
    "\N{MODIFIER LETTER CAPITAL T}": ".T", "\N{DOWN TACK}": ".T",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{PRIME}": "'", "\N{SQUARE ROOT}": "sqrt",
    "\N{N-ARY SUMMATION}": "sum", "\N{GREATER-THAN OR EQUAL TO}": ">=",
    "\N{LESS-THAN OR EQUAL TO}": "<=",
}


def parse(text: str, declarations: Any) -> Tensor:
    """A tensor expression from text: ``parse("sum((X@theta - y)**2)/n", "X[n,d] y[n] theta[d]")``.

    Operators, precedence and indexing are NumPy's; ``^`` is ``**``, and ``x'`` is ``x.T``. Numbers
    are exact, decimals too. Sizes such as n stand for scalars. Functions are called by the names
    that ``refmath`` has, and ``where(x > y, a, b)`` means ``where(x - y, a, b)``.

    Args:
        text: The expression.
        declarations: The names in it: text as for ``tensors``, a mapping, or what ``tensors`` made.

    Raises:
        UnknownName: A name that is not declared, or an unknown function.
        InvalidInput: Not an expression, shapes that do not fit, or larger than what is read.
    """
    _check_text(text, "an expression", "X@theta - y")
    names = declared(declarations)
    tree = _tree(text)
    return declare.as_tensor(Reader(names, "\n" in text).value(tree))


def declared(declarations: Any, symmetric: str = "") -> dict[str, Any]:
    """Declared tensors and scalars by name.

    Args:
        declarations: Text as for ``tensors``, a mapping by name, or what ``tensors`` made.
        symmetric: For text, the names of those that are symmetric matrices.

    Raises:
        DeclarationError: The text is no declaration.
        InvalidInput: It is too long, or another kind of value.
    """
    if isinstance(declarations, str):
        _check_text(declarations, "declarations", "X[n,d] y[n]")
        declarations = declare.tensors(declarations, symmetric=symmetric)
    if isinstance(declarations, Mapping):
        found = dict(declarations)
    else:
        several = isinstance(declarations, Iterable) and not isinstance(declarations, Tensor)
        values = list(declarations) if several else [declarations]
        found = {str(getattr(x, "name", x)): x for x in values}
    for name, value in found.items():
        if not isinstance(value, Tensor | Expr):
            raise InvalidInput(
                f"expected declared tensors, found {value!r} of type {type(value).__name__}; "
                "write for example 'X[n,d] y[n]'"
            )
        if isinstance(value, Tensor) and value.rank > MOST_AXES:
            raise InvalidInput(f"{name} has {value.rank} axes; at most {MOST_AXES} are read")
    return found


def _check_text(text: str, what: str, example: str) -> None:
    if not isinstance(text, str):
        raise InvalidInput(f"expected {what} as text, found {type(text).__name__}")
    if len(text) > _MOST_CHARACTERS:
        raise InvalidInput(
            f"{what} may have at most {_MOST_CHARACTERS:,} characters, found {len(text):,}"
        )
    if not text.strip():
        raise InvalidInput(f"expected {what} such as {example}, found nothing")
    place = next((i for i, c in enumerate(text) if not c.isascii()), None)
    if place is not None:
        name = unicodedata.name(text[place], "a character without a name")
        plain = _WRITTEN.get(text[place])
        if name.startswith("GREEK SMALL LETTER ") and name.count(" ") == 3:
            word = name.rpartition(" ")[2].lower()
            plain = "lambda" if word == "lamda" else word
        raise InvalidInput(
            f"expected ASCII characters, found {text[place]!r} ({name}) at column {place + 1}"
            + (f"; write {plain}" if plain else "")
        )


@cache
def _grammar() -> Lark:
    text = files("refmath.tensor").joinpath("grammar.lark").read_text("utf-8")
    return Lark(text, parser="lalr", maybe_placeholders=True, propagate_positions=True)


def _tree(text: str) -> Any:
    """The syntax of a text.

    Raises:
        InvalidInput: It has none.
    """
    run: Any = _grammar().parse_interactive(text)
    seen: list[Token] = []
    try:
        for token in run.iter_parse():
            seen.append(token)  # noqa: PERF402  (they are kept when an error ends the loop)
        return run.feed_eof(seen[-1] if seen else None)
    except UnexpectedInput as error:
        if seen and getattr(error, "token", None) is seen[-1]:
            seen.pop()
        raise InvalidInput(_unexpected(error, seen, "\n" in text)) from None


def _unexpected(error: UnexpectedInput, seen: list[Token], lines: bool) -> str:
    """What a grammar error means to people."""
    if isinstance(error, UnexpectedCharacters):
        allowed, found = set(error.allowed or ()), str(error.char)
    else:
        assert isinstance(error, UnexpectedToken)
        allowed, found = set(error.expected), str(error.token)
    at_end = getattr(getattr(error, "token", None), "type", "") == "$END"
    before_operand = "NUMBER" in allowed
    expected = "a number, a name or (" if before_operand else "an operator"
    opened = _open(seen)
    if opened and not before_operand:
        close = ")" if opened[-1] == "(" else "]"
        expected += f" or {close} for the {opened[-1]} at {place(opened[-1], lines)}"
    elif not before_operand:
        expected += " or the end"
    if at_end:
        return f"expected {expected}, found the end of the expression"
    cure = "" if before_operand else _cure(found)
    return f"expected {expected}, found {found[:20]!r} at {place(error, lines)}{cure}"


def _open(seen: list[Token]) -> list[Token]:
    """The brackets that are not closed."""
    opened: list[Token] = []
    for token in seen:
        if token in ("(", "["):
            opened.append(token)
        elif token in (")", "]"):
            opened.pop()
    return opened


def _cure(found: str) -> str:
    """What to write instead of what stands where an operator is expected."""
    if found == ".":
        return "; the only attribute is .T"
    if found == "=":
        return "; an expression has no ="
    return "; to multiply write *" if found[0] in "(_" or found[0].isalnum() else ""
