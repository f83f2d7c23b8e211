"""Notation as plain text.

``X' (X theta - y)``: what stands side by side is a matrix product, ``'`` transposes, ``*``, ``/``
and ``**`` are elementwise; 1 in a matrix product is a vector of ones, I the identity.
"""

from collections.abc import Sequence

from sympy import S

from refmath.emit.tensor.notation.compose import ones, scaled, split
from refmath.emit.tensor.notation.fractions import Parts, parts_of, symbolic
from refmath.emit.tensor.notation.indexing import (
    bounds,
    bounds_text,
    index_text,
    size_text,
    slice_texts,
)
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

__all__ = ["TextPrinter", "axes_shown", "is_implicit", "sides"]

_ADD, _SPACED, _SIDE, _TIGHT, _POWER, _ATOM = range(1, 7)
"""How strongly a text binds: ``a + b``, ``a * b``, ``a b``, ``a*b``, ``a**b``, ``a``."""

Shown = tuple[str, int]


class TextPrinter:
    """Prints notation.

    Args:
        names: The name of each definition, by its number.
        identity: What the identity matrix is called.
    """

    def __init__(self, names: Sequence[str] = (), identity: str = "I") -> None:
        self._names, self._identity = names, identity
        self._known: dict[Notation, Shown] = {}

    def __call__(self, x: Notation) -> str:
        """The text of a piece."""
        return self._shown(x)[0]

    def _shown(self, x: Notation) -> Shown:
        if x not in self._known:
            self._known[x] = self._printed(x)
        return self._known[x]

    def _wrap(self, x: Notation, level: int) -> str:
        """The text of a piece, in brackets where it binds less strongly."""
        return _bracketed(self._shown(x), level)

    def _printed(self, x: Notation) -> Shown:
        if isinstance(x, Name):
            return x.name, _ATOM
        if isinstance(x, Alias):
            return (self._names[x.number] if self._names else f"#{x.number}"), _ATOM
        if isinstance(x, Fill):
            return _ones(x), _ATOM
        if isinstance(x, Eye):
            return self._identity + (f"_{size_text(x.shape[0])}" if x.fields[0] else ""), _ATOM
        if isinstance(x, Transpose):
            return self._wrap(x.children[0], _ATOM) + "'", _POWER
        if isinstance(x, Dot):
            return " ".join(self._wrap(c, _POWER) for c in x.children), _SIDE
        if isinstance(x, Add):
            return self._sum(x), _ADD
        if isinstance(x, Times | Scaled):
            return self._product(x)
        if isinstance(x, Power):
            return self._power(x)
        if isinstance(x, Call):
            return self._call(x), _ATOM
        return self._by_entries(x)

    def _by_entries(self, x: Notation) -> Shown:
        if isinstance(x, Entry):
            inside = ",".join(index_text(e) for e in x.at)
            return f"{self._wrap(x.children[0], _ATOM)}[{inside}]", _ATOM
        if isinstance(x, Slice):
            return f"{self._wrap(x.children[0], _ATOM)}[{', '.join(slice_texts(x))}]", _ATOM
        if isinstance(x, Index):
            return index_text(x.expr), _ADD
        if isinstance(x, Bracket):
            out = self(x.children[0])
            for sign, c in zip(x.relations, x.children[1:], strict=True):
                out += f" {sign} {self(c)}"
            return f"[{out}]", _ATOM
        if isinstance(x, Sigma):
            return f"{x.over}_{_bound(x)} {self._wrap(x.children[0], _SIDE)}", _SIDE
        assert isinstance(x, Indexed), x
        return self(x.children[0]), _ADD

    def _sum(self, x: Add) -> str:
        out = ""
        plain = is_implicit(x)
        for place, term in enumerate(x.children):
            parts = parts_of(term)
            if plain:
                parts = parts._replace(
                    tensors=tuple(c for c in parts.tensors if not isinstance(c, Fill))
                )
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
        above = self._side_by_side(parts)
        if not parts.below:
            return above
        if len(parts.below) == 1:
            under = self._wrap(parts.below[0], _POWER)
        elif any(c.rank for c in parts.below):
            under = f"({self._elementwise(parts.below)[0]})"
        else:
            under = f"({' '.join(self._wrap(c, _TIGHT) for c in parts.below)})"
        return f"{_bracketed(above, _SPACED)} / {under}", _SPACED

    def _side_by_side(self, parts: Parts) -> Shown:
        words: list[Shown] = []
        if parts.number != 1 or parts.front or parts.under:
            words.append(self._coefficient(parts))
        alone = len(parts.scalars) + bool(parts.tensors) + len(words) == 1
        for place, c in enumerate(parts.scalars):
            last = not parts.tensors and place == len(parts.scalars) - 1
            level = _SIDE if last else _TIGHT
            text, own = self._shown(c)
            words.append((text, own) if alone else (_bracketed((text, own), level), _SIDE))
        if parts.tensors:
            text, own = self._elementwise(parts.tensors)
            if len(parts.tensors) == 1 and not alone:
                text, own = _bracketed((text, own), _SIDE), _SIDE
            words.append((text, own))
        if not words:
            return "1", _ATOM
        if len(words) == 1:
            return words[0]
        return " ".join(text for text, _ in words), min(_SIDE, words[-1][1])

    def _elementwise(self, tensors: Sequence[Notation]) -> Shown:
        if len(tensors) == 1:
            (x,) = tensors
            if isinstance(x, Fill):
                return _ones(Fill(x.shape, (), True)), _SIDE if x.rank > 1 else _ATOM
            return self._shown(x)
        simple = not any(_has_words(c) for c in tensors)
        text = ("*" if simple else " * ").join(self._wrap(c, _POWER) for c in tensors)
        return text, _TIGHT if simple else _SPACED

    def _coefficient(self, parts: Parts) -> Shown:
        over = [str(parts.number.p)] if parts.number.p != 1 or not parts.front else []
        over += [self._wrap(c, _POWER) for c in parts.front]
        under = [str(parts.number.q)] if parts.number.q != 1 else []
        under += [self._wrap(c, _POWER) for c in parts.under]
        text = " ".join(over)
        if not under:
            return text, _SIDE if len(over) > 1 else _POWER
        text += f"/{under[0]}" if len(under) == 1 else f"/({' '.join(under)})"
        return text, _SIDE if len(over) > 1 else _TIGHT

    def _power(self, x: Power) -> Shown:
        base = x.children[0]
        if x.exponent is None:
            return f"{self._wrap(base, _ATOM)}**{self._wrap(x.children[1], _ATOM)}", _POWER
        if x.exponent.could_extract_minus_sign():
            return self._term(parts_of(x))
        if x.exponent == S.Half:
            return f"sqrt({self(base)})", _ATOM
        raised = self._wrap(symbolic(x.exponent), _ATOM)
        if x.exponent.is_Integer:
            raised = str(x.exponent)
        return f"{self._wrap(base, _ATOM)}**{raised}", _POWER

    def _call(self, x: Call) -> str:
        inside = [self(c) for c in x.children]
        if x.name == "norm" and "|" not in inside[0]:
            return f"||{inside[0]}||" + ("_F" if x.children[0].rank == 2 else "")
        if x.name == "where":
            inside[0] = " > ".join(self(side) for side in sides(x.children[0]))
        axes = axes_shown(x)
        if axes:
            many = f"axes=({', '.join(map(str, axes))})"
            inside.append(f"axis={axes[0]}" if len(axes) == 1 else many)
        name = {"diagonal": "diag", "tuple": ""}.get(x.name, x.name)
        return f"{name}({', '.join(inside)})"


def _bracketed(shown: Shown, level: int) -> str:
    text, own = shown
    return text if own >= level else f"({text})"


def _ones(x: Fill) -> str:
    if not x.rank:
        return "1"
    first, *rest = [f"1_{size_text(s)}" if x.fields[0] else "1" for s in x.shape]
    return first + "".join(f" {r}'" for r in rest)


def axes_shown(x: Call) -> tuple[int, ...]:
    """The axes that have to be written: not a softmax's if it is the last."""
    axes: tuple[int, ...] = x.axes or ()
    usual = x.name in ("softmax", "log_softmax") and axes == (x.children[0].rank - 1,)
    return () if usual else axes


def sides(x: Notation) -> tuple[Notation, Notation]:
    """What is positive as a difference of what has no minus sign."""
    terms = x.children if isinstance(x, Add) else (x,)
    right = [scaled(-1, t) for t in terms if split(t)[0].could_extract_minus_sign()]
    left = [t for t in terms if not split(t)[0].could_extract_minus_sign()]
    return _plus(left, x), _plus(right, x)


def _plus(terms: Sequence[Notation], like: Notation) -> Notation:
    if len(terms) < 2:
        return terms[0] if terms else scaled(0, ones())
    return Add(like.shape, tuple(terms))


def is_implicit(x: Add) -> bool:
    """Whether a constant in a sum can only be meant for every entry."""
    return x.rank < 2 or not any(_is_of_matrices(c) for c in x.children)


def _is_of_matrices(x: Notation) -> bool:
    if isinstance(x, Dot | Eye | Transpose) or (isinstance(x, Call) and x.name in ("inv", "diag")):
        return True
    return isinstance(x, Scaled | Times) and any(_is_of_matrices(c) for c in x.children if c.rank)


def _has_words(x: Notation) -> bool:
    """Whether a factor is long enough to be set off by spaces."""
    return isinstance(x, Call | Dot | Entry | Sigma) or any(_has_words(c) for c in x.children)


def _bound(x: Sigma) -> str:
    indices, sizes = zip(*x.indices, strict=True)
    text = bounds_text(bounds(indices, sizes, x.children[0]))
    return f"{{{text}}}" if "," in text or "<" in text else text
