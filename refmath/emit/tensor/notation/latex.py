r"""Notation as LaTeX: ``X^\top \left(X \theta - y\right)``, elementwise products as ``\odot``."""

import re
from collections.abc import Sequence
from typing import Any

from sympy import S, Symbol
from sympy import latex as sympy_latex

from refmath.emit.tensor.notation.compose import ones
from refmath.emit.tensor.notation.fractions import Parts, parts_of, symbolic
from refmath.emit.tensor.notation.indexing import bounds, index_terms, slice_texts
from refmath.emit.tensor.notation.text import axes_shown, sides
from refmath.emit.tensor.notation.tree import (
    Add,
    Alias,
    Bracket,
    Call,
    Dot,
    Entry,
    Eye,
    Fill,
    Index,
    Indexed,
    Name,
    Notation,
    Power,
    Scaled,
    Sigma,
    Slice,
    Times,
    Transpose,
)

__all__ = ["LatexPrinter", "bounds_latex", "name_latex"]

_ADD, _SPACED, _SIDE, _RAISED, _ATOM = range(1, 6)
"""How strongly something binds: a + b, a \\odot b, a b, a^b, a."""

_FUNCTIONS = {
    "argmax": r"\operatorname{argmax}", "cos": r"\cos", "cosh": r"\cosh", "det": r"\det",
    "diagonal": r"\operatorname{diag}", "exp": r"\exp", "log": r"\log", "max": r"\max",
    "maximum": r"\max", "minimum": r"\min", "sigmoid": r"\sigma", "sin": r"\sin",
    "sinh": r"\sinh", "sum": r"\sum", "tan": r"\tan", "tanh": r"\tanh", "tuple": "",
    "log_softmax": r"\log\operatorname{softmax}",
}
_SIGNS = {"=": "=", "<": "<", "<=": r"\le"}

Shown = tuple[str, int]


class LatexPrinter:
    """Prints notation.

    Args:
        names: The name of each definition, by its number.
        identity: What the identity matrix is called.
        kronecker: Whether the entries of the identity are written as Kronecker's delta.
    """

    def __init__(self, names: Sequence[str], identity: str, kronecker: bool) -> None:
        self._names, self._identity, self._kronecker = names, identity, kronecker
        self._known: dict[Notation, Shown] = {}

    def __call__(self, x: Notation) -> str:
        """The LaTeX of a piece."""
        return self._shown(x)[0]

    def _shown(self, x: Notation) -> Shown:
        if x not in self._known:
            self._known[x] = self._printed(x)
        return self._known[x]

    def _wrap(self, x: Notation, level: int) -> str:
        """The LaTeX of a piece, in brackets where it binds less strongly."""
        return _bracketed(self._shown(x), level)

    def _printed(self, x: Notation) -> Shown:
        if isinstance(x, Name | Alias):
            return name_latex(x.name if isinstance(x, Name) else self._names[x.number]), _ATOM
        if isinstance(x, Fill):
            return _ones(x), _ATOM if x.rank < 2 else _SIDE
        if isinstance(x, Eye):
            return name_latex(self._identity) + _subscript(x, 0), _ATOM
        if isinstance(x, Transpose):
            return self._transpose(x.children[0]), _RAISED
        if isinstance(x, Dot):
            return " ".join(self._wrap(c, _SIDE + 1) for c in x.children), _SIDE
        if isinstance(x, Add):
            return self._sum(x), _ADD
        if isinstance(x, Times | Scaled):
            return self._product(x)
        if isinstance(x, Power):
            return self._power(x)
        if isinstance(x, Call):
            return self._call(x)
        return self._by_entries(x)

    def _transpose(self, x: Notation) -> str:
        if isinstance(x, Call) and x.name == "inv":
            return rf"{self._wrap(x.children[0], _ATOM)}^{{-\top}}"
        return rf"{self._wrap(x, _ATOM)}^\top"

    def _by_entries(self, x: Notation) -> Shown:
        if isinstance(x, Entry):
            parts = [_affine(e) for e in x.at]
            joined = ("" if all(e.is_Symbol for e in x.at) else ", ").join(parts)
            return f"{self._base(x.children[0])}_{{{joined}}}", _ATOM
        if isinstance(x, Slice):
            return f"{self._base(x.children[0])}_{{{', '.join(slice_texts(x))}}}", _ATOM
        if isinstance(x, Index):
            return _affine(x.expr), _ADD
        if isinstance(x, Bracket):
            return self._bracket(x), _ATOM
        if isinstance(x, Sigma):
            indices, sizes = zip(*x.indices, strict=True)
            under = bounds_latex(bounds(indices, sizes, x.children[0]))
            sign = {"sum": r"\sum", "max": r"\max"}.get(x.over, rf"\operatorname{{{x.over}}}")
            return rf"{sign}_{{{under}}} {self._wrap(x.children[0], _SIDE)}", _SIDE
        assert isinstance(x, Indexed), x
        return self(x.children[0]), _ADD

    def _base(self, x: Notation) -> str:
        """What gets a subscript: in brackets where it has one already."""
        text, level = self._shown(x)
        if level == _ATOM and "_" not in text and "^" not in text:
            return text
        return rf"\left({text}\right)"

    def _bracket(self, x: Bracket) -> str:
        plain = [c.expr for c in x.children if isinstance(c, Index) and c.expr.is_Symbol]
        if self._kronecker and x.relations == ("=",) and len(plain) == 2:
            return rf"\delta_{{{plain[0]}{plain[1]}}}"
        out = self(x.children[0])
        for sign, c in zip(x.relations, x.children[1:], strict=True):
            out += f" {_SIGNS[sign]} {self(c)}"
        return rf"\left[{out}\right]"

    def _sum(self, x: Add) -> str:
        out = ""
        for place, term in enumerate(x.children):
            parts = parts_of(term)
            text = _bracketed(self._term(parts), _SPACED)
            sign = "-" if parts.negative else "+"
            out += f" {sign} {text}" if place else ("-" if parts.negative else "") + text
        return out

    def _product(self, x: Notation) -> Shown:
        parts = parts_of(x)
        shown = self._term(parts)
        return (f"-{_bracketed(shown, _SPACED)}", _ADD) if parts.negative else shown

    def _term(self, parts: Parts) -> Shown:
        """A product without its sign."""
        if parts.number == 0:
            return "0", _ATOM
        over = [c for c in parts.below if not c.rank]
        wide = [c for c in parts.below if c.rank]
        if wide and not parts.tensors:
            parts = parts._replace(tensors=(ones(*wide[0].shape),))
        above = self._side_by_side(parts)
        if wide:
            head = _bracketed(above, _SPACED)
            under = r" \odot ".join(self._wrap(c, _RAISED) for c in wide)
            under = rf"\left({under}\right)" if len(wide) > 1 else under
            above = rf"{head} \oslash {under}", _SPACED
        if not over:
            return above
        under = " ".join(self._wrap(c, _ADD if len(over) == 1 else _SIDE + 1) for c in over)
        return rf"\frac{{{above[0]}}}{{{under}}}", _SIDE

    def _side_by_side(self, parts: Parts) -> Shown:
        words: list[Shown] = []
        if parts.number != 1 or parts.front or parts.under:
            words.append(self._coefficient(parts))
        count = len(parts.scalars) + bool(parts.tensors) + len(words)
        for place, c in enumerate(parts.scalars):
            last = not parts.tensors and place == len(parts.scalars) - 1
            level = _SIDE if last else _SIDE + 1
            words.append(self._shown(c) if count == 1 else (self._wrap(c, level), _SIDE))
        if parts.tensors:
            text, own = self._elementwise(parts.tensors)
            if len(parts.tensors) == 1 and count > 1:
                text, own = _bracketed((text, own), _SIDE), _SIDE
            words.append((text, own))
        if not words:
            return "1", _ATOM
        if len(words) == 1:
            return words[0]
        text = " ".join(text for text, _ in words)
        return text, min(_SIDE, words[-1][1])

    def _elementwise(self, tensors: Sequence[Notation]) -> Shown:
        if len(tensors) == 1:
            return self._shown(tensors[0])
        return r" \odot ".join(self._wrap(c, _RAISED) for c in tensors), _SPACED

    def _coefficient(self, parts: Parts) -> Shown:
        over = [str(parts.number.p)] if parts.number.p != 1 or not parts.front else []
        over += [self._wrap(c, _RAISED) for c in parts.front]
        under = [str(parts.number.q)] if parts.number.q != 1 else []
        under += [self._wrap(c, _RAISED) for c in parts.under]
        if not under:
            return " ".join(over), _SIDE if len(over) > 1 else _RAISED
        if len(over) == 1 and len(parts.front) == 1:
            over = [self(parts.front[0])]
        if len(under) == 1 and len(parts.under) == 1:
            under = [self(parts.under[0])]
        return rf"\frac{{{' '.join(over)}}}{{{' '.join(under)}}}", _SIDE + 1

    def _power(self, x: Power) -> Shown:
        base = x.children[0]
        if x.exponent is not None and x.exponent.could_extract_minus_sign():
            return self._term(parts_of(x))
        if x.exponent == S.Half:
            return rf"\sqrt{{{self(base)}}}", _ATOM
        above = x.children[1] if x.exponent is None else symbolic(x.exponent)
        raised = self._wrap(above, _SIDE) if x.rank else self(above)
        sign = r"\odot " if x.rank else ""
        return f"{self._raised(base)}^{{{sign}{raised}}}", _RAISED

    def _raised(self, x: Notation) -> str:
        """What gets an exponent: in brackets where it has one already."""
        text = self._wrap(x, _ATOM)
        plain = "^" not in text or text.startswith((r"\left(", r"\left\|", r"\left|"))
        return text if plain else rf"\left({text}\right)"

    def _call(self, x: Call) -> Shown:
        (first, *_) = inside = [self(c) for c in x.children]
        if x.name == "norm":
            return rf"\left\|{first}\right\|" + ("_F" if x.children[0].rank == 2 else ""), _ATOM
        if x.name == "abs":
            return rf"\left|{first}\right|", _ATOM
        if x.name == "inv":
            return f"{self._wrap(x.children[0], _ATOM)}^{{-1}}", _RAISED
        if x.name == "logdet":
            return rf"\log \left|\det {self._wrap(x.children[0], _ATOM)}\right|", _SIDE
        if x.name == "sum":
            return self._total(x.children[0]), _SIDE
        if x.name == "where":
            inside[0] = " > ".join(self(side) for side in sides(x.children[0]))
        axes = axes_shown(x)
        below = ""
        if axes:
            words = "axis" if len(axes) == 1 else "axes"
            below = rf"_{{\text{{{words} }} {', '.join(map(str, axes))}}}"
        name = _FUNCTIONS.get(x.name, rf"\operatorname{{{x.name}}}")
        return rf"{name}{below}\left({', '.join(inside)}\right)", _ATOM

    def _total(self, x: Notation) -> str:
        middle = self._wrap(x, _SIDE)
        return rf"\mathbf{{1}}^\top {middle}" + (r" \mathbf{1}" if x.rank == 2 else "")


def _bracketed(shown: Shown, level: int) -> str:
    text, own = shown
    return text if own >= level else rf"\left({text}\right)"


def _ones(x: Fill) -> str:
    if not x.rank:
        return "1"
    first, *rest = [rf"\mathbf{{1}}{_subscript(x, i)}" for i in range(x.rank)]
    return first + "".join(rf" {r}^\top" for r in rest)


def _subscript(x: Notation, axis: int) -> str:
    return f"_{{{_affine(x.shape[axis])}}}" if x.fields[0] else ""


def _affine(expr: Any) -> str:
    """An index or size."""
    out = ""
    for place, (negative, term) in enumerate(index_terms(expr)):
        text = str(sympy_latex(term))
        out += f" {'-' if negative else '+'} {text}" if place else ("-" if negative else "") + text
    return out


def name_latex(name: str) -> str:
    r"""A name: Greek letters as such, a number at the end as a subscript, words upright."""
    text = str(sympy_latex(Symbol(name)))
    return re.sub(r"^[A-Za-z]{2,}", lambda word: rf"\mathrm{{{word[0]}}}", text)


def bounds_latex(pairs: Sequence[tuple[Any, Any]]) -> str:
    """Indices with the sizes that have to be written."""
    return ", ".join(
        x.name if top is None else f"{x.name} < {_affine(top)}" for x, top in pairs
    )
