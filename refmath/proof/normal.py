"""Normal forms in the field of rational functions, with roots, absolute values and maxima.

Everything that is not a sum, product or whole power is a generator. Two generators of one kind
are the same where their arguments have the same normal form. What is known of them is used: a
root s of v is at least 0 and s**2 = v; |x|**2 = x**2. Factors known to be positive are pulled
out, so that sqrt(c**2 v) = c sqrt(v) where c > 0.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from sympy import (
    Abs,
    Add,
    Expr,
    Integer,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Rational,
    S,
    Sum,
    Symbol,
    exp,
    factor_list,
    fraction,
    sign,
    sympify,
    together,
)  # fmt: skip

from refmath.proof.polynomial import Backend, Flint, Terms

__all__ = ["Field", "Quotient"]


class Quotient:
    """A quotient of two polynomials."""

    def __init__(self, top: Any, bottom: Any) -> None:
        self.top, self.bottom = top, bottom


class Field:
    """Decides equality of expressions.

    Args:
        backend: The library that calculates.
        positive: Symbols known to be positive.
        nonnegative: Symbols known to be at least 0.
        is_positive: Whether a factor is known to be positive: roots are taken of it apart.
    """

    def __init__(
        self, backend: type[Backend] = Flint, positive: Iterable[Any] = (),
        nonnegative: Iterable[Any] = (), is_positive: Callable[[Any], bool] | None = None,
    ) -> None:
        self.is_positive = is_positive
        self.origin: dict[Any, Any] = {}
        self.backend = backend
        self.strict = set(positive)
        self.positive = {*positive, *nonnegative}
        self.names: dict[Any, Any] = {}
        self.kinds: list[tuple[str, Any, Any]] = []  # kind, plain argument, generator
        self.roots: dict[Any, Any] = {}

    # ------------------------------------------------------------------ generators
    def plain(self, expr: Any) -> Any:
        """The expression with a symbol in place of everything that is not arithmetic."""
        expr = sympify(expr)
        if expr.is_Rational or isinstance(expr, Symbol):
            return expr
        if isinstance(expr, Add | Mul):
            return expr.func(*(self.plain(a) for a in expr.args))
        if isinstance(expr, Pow):
            return self._power(expr)
        if isinstance(expr, Max | Min):
            return self._extreme(expr)
        if isinstance(expr, Abs):
            return self._absolute(expr)
        if isinstance(expr, sign):
            return self._sign(expr)
        if isinstance(expr, Piecewise):
            return self._cases(expr)
        if expr.is_Indexed:
            return self.names.setdefault(expr, Symbol(_plain_name(expr)))
        if isinstance(expr, Sum):
            return self._sum(expr)
        if expr.func.__name__ == "growth":
            return self._growth(expr)
        if isinstance(expr, exp):
            return self._exponential(expr.args[0])
        assert isinstance(expr, Expr), f"{expr} is no number"
        if expr.is_number and not expr.is_real:
            raise ZeroDivisionError(f"{expr} is no real number")
        arguments = [self.plain(a) for a in expr.args]
        return self._named(str(expr.func), tuple(arguments))

    def _named(self, kind: str, arguments: Any) -> Any:
        """The generator of a kind and arguments; the same one where these are equal."""
        for known, own, symbol in self.kinds:
            if known == kind and len(own) == len(arguments) and all(
                self._same(a, b) for a, b in zip(own, arguments, strict=True)
            ):
                return symbol
        symbol = Symbol(f"{kind}_{len(self.kinds)}")
        self.kinds.append((kind, arguments, symbol))
        return symbol

    def _same(self, a: Any, b: Any) -> bool:
        return bool(a == b) or self._vanishes(a - b)

    def _power(self, expr: Any) -> Any:
        base, exponent = self.plain(expr.base), expr.exp
        if exponent.is_Integer:
            return base**exponent
        if exponent.is_Rational and exponent.q == 2:
            return self._root(base) ** exponent.p
        constant, rest = sympify(exponent).as_coeff_Add()
        if constant.is_Integer and isinstance(rest, Symbol):  # b**(t + 2) = b**3 * b**(t - 1)
            lowest = self.plain(rest) - 1 if rest.is_positive else rest
            power = self._named("pow", (base, lowest))
            self.origin.setdefault(power, base**lowest)
            return base ** (constant + (1 if rest.is_positive else 0)) * power
        return self._named("pow", (base, self.plain(exponent)))

    def _outside(self, expr: Any, power: int, known: set[Any] | None = None) -> tuple[Any, Any]:
        """Known factors that come out of a root (power 2) or of |.| and max (power 1)."""
        pulled = self.positive if known is None else known
        top, bottom = fraction(together(expr))
        out, inside = S.One, S.One
        for part, direction in ((top, 1), (bottom, -1)):
            constant, factors = factor_list(part)
            inside *= constant**direction
            for factor, times in factors:
                if power == 2 and factor not in pulled:  # sqrt(x**2) = |x|
                    out *= self._size(factor) ** (direction * (times // 2))
                    inside *= factor ** (direction * (times % 2))
                    continue
                whole, rest = divmod(times, power) if factor in pulled else (0, times)
                out *= factor ** (direction * whole)
                inside *= factor ** (direction * rest)
        return out, inside

    def _root(self, base: Any) -> Any:
        out, inside = self._outside(base, 2)
        apart, rest = self._apart(inside)
        for factor in (*apart, rest):
            out *= self._one_root(factor)
        return out

    def _apart(self, inside: Any) -> tuple[list[Any], Any]:
        """Positive factors whose roots are taken one by one, and the rest."""
        if self.is_positive is None or inside.is_Rational:
            return [], inside
        top, bottom = fraction(together(inside))
        apart, rest = [], S.One
        for part, direction in ((top, 1), (bottom, -1)):
            constant, factors = factor_list(part)
            rest *= constant**direction
            for factor, times in factors:
                if not self.is_positive(self.original(factor)) and self.is_positive(
                    self.original(-factor)
                ):
                    factor, rest = -factor, rest * (-1) ** times
                if self.is_positive(self.original(factor)):
                    apart += [factor**direction] * times
                else:
                    rest *= factor ** (direction * times)
        return apart, rest

    def _one_root(self, inside: Any) -> Any:
        if inside.is_Pow and inside.exp == -1:
            return 1 / self._one_root(inside.base)
        if inside.is_Rational and inside >= 0:
            exact = Pow(inside, Rational(1, 2))
            if exact.is_Rational:
                return exact
        root = self._named("sqrt", (inside,))
        self.roots.setdefault(root, inside)
        self.origin.setdefault(root, Pow(inside, Rational(1, 2)))
        return root

    def original(self, plain: Any) -> Any:
        """A plain expression with powers and roots in place of their symbols."""
        for _ in range(8):
            if not plain.free_symbols & set(self.origin):
                break
            plain = plain.xreplace(self.origin)
        return plain

    def _absolute(self, expr: Any) -> Any:
        inside = self.plain(expr.args[0])
        if inside.is_Rational:
            return abs(inside)
        out, rest = self._outside(inside, 1)
        top, bottom = fraction(together(rest))
        if rest.is_Rational:
            return out * abs(rest)
        lead = (top / bottom).as_coeff_Mul()[0] if not top.is_Add else _leading(top)
        return out * self._size(-rest if lead < 0 else rest)

    def _size(self, inside: Any) -> Any:
        """The generator |inside|."""
        size = self._named("abs", (inside,))
        self.roots.setdefault(size, inside**2)
        self.origin.setdefault(size, Abs(inside))
        return size

    def _sign(self, expr: Any) -> Any:
        inside = self.plain(expr.args[0])
        _, rest = self._outside(inside, 1, self.strict)
        if rest.is_Rational:
            return Integer(int(rest > 0) - int(rest < 0))
        top = fraction(together(rest))[0]
        lead = _leading(top)
        return (-1 if lead < 0 else 1) * self._named("sign", (-rest if lead < 0 else rest,))

    def _extreme(self, expr: Any) -> Any:
        kind = "max" if isinstance(expr, Max) else "min"
        arguments = [self.plain(a) for a in expr.args]
        outs = [self._outside(a, 1)[0] for a in arguments if a != 0]
        common = S.One
        for factor in self.positive:
            if outs:
                common *= factor ** max(0, min(o.as_powers_dict()[factor] for o in outs))
        rest = sorted((together(a / common) for a in arguments), key=str)
        return common * self._named(kind, tuple(rest))

    def _sum(self, expr: Any) -> Any:
        """A sum up to t as the sum up to t - 1 and its last term; one up to a number, in full."""
        ((index, first, last),) = expr.limits
        if last.is_Integer:
            every = range(int(first), int(last) + 1)
            return Add(*(self.plain(expr.function.xreplace({index: Integer(k)})) for k in every))
        constant, rest = last.as_coeff_Add()
        total = self._named("sum", (self.plain(expr.function), rest, index, first))
        for k in range(1, int(constant) + 2):
            total += self.plain(expr.function.xreplace({index: rest - 1 + k}))
        return total

    def _exponential(self, inside: Any) -> Any:
        """exp(a + 2 b) as exp(a) exp(b)**2."""
        out = S.One
        for term in Add.make_args(inside.expand()):
            times, rest = term.as_coeff_Mul()
            whole = times if times.is_Integer else S.One
            out *= self._named("exp", (self.plain(rest if whole == times else term),)) ** whole
        return out

    def _growth(self, expr: Any) -> Any:
        """U_(t+1) by its recurrence from U_t and U_(t-1)."""
        place, s, p = expr.args
        constant = place.as_coeff_Add()[0]
        if constant >= 1:
            own = expr.func
            return self.plain(s * own(place - 1, s, p) - p * own(place - 2, s, p))
        return self._named("growth", (place, self.plain(s), self.plain(p)))

    def _cases(self, expr: Any) -> Any:
        arguments: list[Any] = []
        for value, condition in expr.args:
            arguments.append(self.plain(value))
            if condition not in (True, S.true):
                gap = self.plain(condition.lhs - condition.rhs)
                rest = self._outside(gap, 1, self.strict)[1]
                arguments += [Symbol(f"op_{condition.func.__name__}"), rest]
        values, marks = arguments[::3], [a for i, a in enumerate(arguments) if i % 3]
        common = S.One
        for factor in self.positive:
            if all(v == 0 or self._outside(v, 1)[0].as_powers_dict()[factor] >= 1 for v in values):
                common *= factor
        values = [together(v / common) for v in values]
        return common * self._named("cases", (*values, *marks))

    # ------------------------------------------------------------------ polynomials
    def quotient(self, plain: Any) -> tuple[Any, tuple[Any, ...]]:
        """An arithmetic expression as a quotient of polynomials in its sorted symbols.

        Raises:
            ZeroDivisionError: A part of it has no value.
        """
        symbols = tuple(sorted(plain.free_symbols, key=lambda s: s.name))
        engine = self.backend([s.name for s in symbols])
        places = {s: i for i, s in enumerate(symbols)}

        def walk(expr: Any) -> tuple[Any, Any]:
            if expr.is_Rational:
                return engine.number(expr), engine.number(1)
            if isinstance(expr, Symbol):
                return engine.generator(places[expr]), engine.number(1)
            if isinstance(expr, Pow):
                top, bottom = walk(expr.base)
                power = int(expr.exp)
                if power < 0:
                    top, bottom, power = bottom, top, -power
                return top**power, bottom**power
            if not expr.args:
                raise ZeroDivisionError(f"{expr} is no number")
            parts = [walk(a) for a in expr.args]
            total = parts[0]
            for other in parts[1:]:
                if isinstance(expr, Mul):
                    total = total[0] * other[0], total[1] * other[1]
                elif total[1] == other[1]:
                    total = total[0] + other[0], total[1]
                else:
                    total = (total[0] * other[1] + other[0] * total[1], total[1] * other[1])
                total = engine.reduced(*total) if total[1] != engine.number(1) else total
            return total

        top, bottom = walk(plain)
        return (engine, top, bottom), symbols

    def _vanishes(self, plain: Any) -> bool:
        (engine, top, _), symbols = self.quotient(plain)
        terms = engine.terms(top)
        for root, inside in reversed(list(self.roots.items())):
            if root in symbols and terms:
                return self._without_root(terms, symbols, root, inside)
        return not terms

    def _without_root(self, terms: Terms, symbols: Any, root: Any, inside: Any) -> bool:
        """Whether a polynomial vanishes once root**2 = inside is used."""
        place = symbols.index(root)
        even: list[Any] = []
        odd: list[Any] = []
        for powers, coefficient in terms.items():
            half, rest = divmod(powers[place], 2)
            value: Any = Rational(coefficient.numerator, coefficient.denominator)
            for i, (s, e) in enumerate(zip(symbols, powers, strict=True)):
                value = value * s**e if i != place else value
            (odd if rest else even).append(value * inside**half)
        return self._vanishes(Add(*even)) and self._vanishes(Add(*odd))

    # ------------------------------------------------------------------ what is asked
    def is_zero(self, expr: Any) -> bool:
        """Whether an expression is 0 as a rational function of its generators; True is a proof."""
        return self._vanishes(self.plain(expr))

    def equal(self, left: Any, right: Any) -> bool:
        """Whether two expressions are the same; True is a proof."""
        return self.is_zero(left - right)

    def signs(self, expr: Any, replace: Mapping[Any, Any]) -> tuple[Terms, Terms, Any]:
        """Numerator and denominator of an expression after symbols are replaced."""
        plain = self.plain(expr)
        (engine, top, bottom), symbols = self.quotient(plain.xreplace(dict(replace)))
        return engine.terms(top), engine.terms(bottom), symbols


def _leading(expr: Any) -> Any:
    """The coefficient of the first term, in the order of SymPy."""
    return expr.as_ordered_terms()[0].as_coeff_Mul()[0]


def _plain_name(expr: Any) -> str:
    return "".join(c if c.isalnum() else "_" for c in str(expr))


def as_fraction(value: Any) -> Fraction:
    """A SymPy rational as a Fraction."""
    return Fraction(int(value.p), int(value.q))
