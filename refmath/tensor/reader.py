"""From the syntax of a tensor expression to its value: names, numbers, operators, calls, indices.

Everything is bounded: how deep an expression is, how many operations it has, how large its
constants are.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lark import Token, Tree
from sympy import Expr, I, Number, Pow, Rational, nan, oo, pi, zoo

from refmath.errors import InvalidInput, RefmathError, UnknownName
from refmath.tensor import algebra, structure
from refmath.tensor.node import Map, Product, Tensor, Variable
from refmath.tensor.vocabulary import FUNCTIONS, Comparison, call, operand

__all__ = ["MOST_AXES", "Reader", "computable", "place"]

MOST_AXES = 32
"""A tensor has at most so many axes."""
_MOST_DIGITS = 300
_LARGEST = 10**_MOST_DIGITS
"""Doubles end at 10**308."""
_LARGEST_EXPONENT = 1_000
_MOST_PARTS = 1_000
_MOST_FACTORS = 100
_DEEPEST = 60
_LONGEST_SHOWN = 40
_WORDS = {"None": None, "True": True, "False": False, "pi": pi}
_SCALAR: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}
_TENSOR: dict[str, Callable[[Any, Any], Tensor]] = {
    "+": algebra.plus, "-": algebra.minus, "*": algebra.times, "/": algebra.over,
    "@": algebra.matmul,
}


def place(at: Any, lines: bool) -> str:
    """Where a token stands: ``column 5``, with its line if there are several."""
    return f"line {at.line}, column {at.column}" if lines else f"column {at.column}"


@contextmanager
def computable() -> Iterator[None]:
    """Tell as bad input what SymPy cannot compute, and what is too deep for its recursion.

    Raises:
        InvalidInput: Instead of such an error. An error of our own stays what it is.
    """
    try:
        yield
    except RefmathError:
        raise
    except RecursionError:
        raise InvalidInput("the expression is nested too deeply") from None
    except Exception as error:
        if not _from_sympy(error):
            raise
        raise InvalidInput("SymPy finds no value of this") from error


@dataclass(frozen=True)
class _Keyword:
    name: str
    value: Any


class Reader:
    """The values of syntax trees: SymPy scalars and tensor expressions.

    Args:
        names: The declared tensors and scalars; the sizes of their axes are names too.
        lines: Whether the text has several lines.
    """

    def __init__(self, names: Mapping[str, Any], lines: bool) -> None:
        self.lines = lines
        sizes: list[Any] = []
        for x in names.values():
            if isinstance(x, Tensor):
                sizes += x.shape
            if isinstance(x, Variable) and x.classes is not None:
                sizes.append(x.classes)
        self.names = {**{s.name: s for size in sizes for s in size.free_symbols}, **names}

    def value(self, tree: Any) -> Any:
        """The value of a tree, from its leaves up and without recursion.

        Raises:
            UnknownName: A name or function that does not exist.
            InvalidInput: Operands that do not fit, or an expression that is deep or long.
        """
        stack: list[tuple[Any, bool]] = [(tree, False)]
        values: list[Any] = []
        depths: list[int] = []
        parts = 0
        while stack:
            node, ready = stack.pop()
            if not isinstance(node, Tree):
                values.append(node)
                depths.append(0)
            elif not ready:
                parts += 1
                if parts > _MOST_PARTS:
                    raise InvalidInput(
                        f"an expression may have at most {_MOST_PARTS:,} names, numbers and "
                        "operations"
                    )
                stack.append((node, True))
                stack += [(child, False) for child in reversed(node.children)]
            else:
                start = len(values) - len(node.children)
                depth = _depth(node.data, depths[start:])
                if depth > _DEEPEST:
                    raise InvalidInput(f"an expression may be nested at most {_DEEPEST} deep")
                found = self._apply(node, values[start:])
                del values[start:], depths[start:]
                values.append(found)
                depths.append(depth)
        return values[0]

    def _apply(self, node: Any, given: list[Any]) -> Any:
        """The value of a node from those of its children; errors are told with their place."""
        tokens = [x for x in given if isinstance(x, Token)]
        at = place(tokens[0] if tokens else node.meta, self.lines)
        try:
            with computable():
                return _sound(getattr(self, f"_{node.data}")(*given))
        except UnknownName as error:
            raise UnknownName(error.kind, error.name, error.known, f" at {at}") from None
        except RefmathError as error:
            raise InvalidInput(f"{' '.join(str(error).split())} (at {at})") from None

    def _start(self, value: Any) -> Any:
        return operand(value)

    def _number(self, token: Token) -> Any:
        mantissa, _, exponent = token.lower().partition("e")
        shift = exponent.lstrip("+-").lstrip("0")
        if len(shift) > len(str(_LARGEST)) or len(mantissa) + int(shift or 0) > _MOST_DIGITS:
            raise InvalidInput(f"a number may have at most {_MOST_DIGITS:,} digits")
        value = Fraction(token)
        return Rational(value.numerator, value.denominator)

    def _string(self, token: Token) -> str:
        return str(token[1:-1])

    def _name(self, token: Token) -> Any:
        name = str(token)
        if name in self.names:
            return self.names[name]
        if name in _WORDS:
            return _WORDS[name]
        if name in FUNCTIONS:
            raise InvalidInput(f"{name} is a function; write {name}(...)")
        if name == "T":
            raise InvalidInput("no T is declared; the transpose of X is X.T or X'")
        raise UnknownName("name", _short(name), list(self.names))

    def _call(self, token: Token, arguments: list[Any] | None) -> Tensor:
        name, given = str(token), arguments or []
        if name not in FUNCTIONS and name in self.names:
            raise InvalidInput(f"{name} is not a function; to multiply write {name}*(...)")
        plain = [x for x in given if not isinstance(x, _Keyword)]
        keywords = {x.name: x.value for x in given if isinstance(x, _Keyword)}
        if len(plain) + len(keywords) < len(given):
            raise InvalidInput(f"{name}: an argument is given twice")
        if any(isinstance(x, _Keyword) for x in given[:len(plain)]):
            raise InvalidInput(f"{name}: arguments with a name come last")
        return call(_short(name), plain, keywords)

    def _arguments(self, *values: Any) -> list[Any]:
        return list(values)

    def _keyword(self, token: Token, value: Any) -> _Keyword:
        return _Keyword(str(token), value)

    def _sequence(self, *values: Any) -> tuple[Any, ...]:
        return values

    def _bracketed(self, _: Token, *values: Any) -> list[Any]:
        return list(values)

    def _compare(self, left: Any, sign: Token, right: Any) -> Comparison:
        return Comparison(left, str(sign), right)

    def _sign(self, sign: Token, value: Any) -> Any:
        x = operand(value)
        return -x if sign == "-" else x

    def _chain(self, left: Any, sign: Token, right: Any) -> Any:
        a, b = operand(left), operand(right)
        if isinstance(a, Tensor) or isinstance(b, Tensor) or sign == "@":
            return _TENSOR[sign](a, b)
        if sign == "/" and b == 0:
            raise InvalidInput("division by 0")
        return _SCALAR[sign](a, b)

    def _power(self, left: Any, _: Token, right: Any) -> Any:
        base, exponent = operand(left), operand(right)
        rate = _constant(exponent)
        if rate is not None:
            _check_exponent(rate)
            if base == 0 and rate < 0:
                raise InvalidInput("division by 0")
        if isinstance(base, Rational) and isinstance(exponent, Rational):
            _check_size(max(abs(base.p), base.q) ** max(1, abs(int(exponent))))
        if isinstance(base, Tensor) or isinstance(exponent, Tensor):
            return algebra.power(base, exponent)
        return base**exponent

    def _transpose(self, value: Any, _: Token) -> Any:
        x = operand(value)
        if isinstance(x, Number):
            raise InvalidInput("a number has no transpose; for that of a power write (X**2)'")
        return structure.transpose(x) if isinstance(x, Tensor) else x

    def _index(self, value: Any, _: Token, items: tuple[Any, ...]) -> Tensor:
        x = operand(value)
        if not isinstance(x, Tensor):
            raise InvalidInput("a scalar has no entries to choose from")
        return structure.indexed(x, items)

    def _items(self, *items: Any) -> tuple[Any, ...]:
        return items

    def _slice(self, start: Any, stop: Any, step: Any) -> slice:
        return slice(*(None if x is None else operand(x) for x in (start, stop, step)))

    def _ellipsis(self, _: Token) -> Any:
        return Ellipsis


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_SHOWN else name[:_LONGEST_SHOWN] + "..."


def _depth(kind: str, inner: list[int]) -> int:
    """How deep a node is: a chain such as a + b + c is as deep as its parts."""
    if kind in ("arguments", "items", "start"):
        return max(inner)
    if kind == "chain":
        return max(inner[0], inner[-1] + 1)
    return max(inner, default=0) + 1


def _sound(value: Any) -> Any:
    """A value, if it is a real tensor of moderate rank whose constants are of moderate size.

    Raises:
        InvalidInput: It is not.
    """
    if isinstance(value, Tensor) and value.rank > MOST_AXES:
        raise InvalidInput(f"a tensor may have at most {MOST_AXES} axes, found {value.rank}")
    expr = value
    if isinstance(value, Product):
        if len(value.children) > _MOST_FACTORS:
            raise InvalidInput(f"a product may have at most {_MOST_FACTORS} factors")
        expr = value.coefficient
    elif isinstance(value, Map):
        expr = value.expr
    if not isinstance(expr, Expr):
        return value
    for power in expr.atoms(Pow):
        if not power.exp.free_symbols:
            _check_exponent(power.exp)
    for constant in _constants(expr):
        if constant.has(zoo, nan, oo, -oo):
            raise InvalidInput("this is infinite or undefined")
        if constant.has(I) or constant.is_real is False:
            raise InvalidInput("this is not a real number")
        if isinstance(constant, Rational):
            _check_size(max(abs(constant.p), constant.q))
        elif abs(constant.evalf(5)) > _LARGEST:
            _check_size(_LARGEST)
    return value


def _constants(expr: Any) -> Iterator[Any]:
    """The largest parts of a scalar expression that have no symbols."""
    if not expr.free_symbols:
        yield expr
    else:
        for arg in expr.args:
            yield from _constants(arg)


def _constant(value: Any) -> Any:
    """The number that an operand is, if it is one."""
    if isinstance(value, Product) and not value.children:
        value = value.coefficient
    return value if isinstance(value, Expr) and not value.free_symbols else None


def _check_exponent(exponent: Any) -> None:
    if abs(exponent) > _LARGEST_EXPONENT:
        raise InvalidInput(
            f"an exponent lies between -{_LARGEST_EXPONENT:,} and {_LARGEST_EXPONENT:,}"
        )


def _check_size(number: int) -> None:
    if number >= _LARGEST:
        raise InvalidInput(f"a number may have at most {_MOST_DIGITS:,} digits")


def _from_sympy(error: Exception) -> bool:
    """Whether an error was raised in SymPy's code."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    module = "" if step is None else str(step.tb_frame.f_globals.get("__name__"))
    return module.partition(".")[0] in ("sympy", "mpmath")
