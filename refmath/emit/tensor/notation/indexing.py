"""Indices, sizes and slices as they are written."""

from collections.abc import Sequence
from typing import Any

from sympy import Add

from refmath.emit.tensor.notation.letters import reading_order
from refmath.emit.tensor.notation.tree import Entry, Notation, Slice

__all__ = [
    "bounds", "bounds_text", "index_terms", "index_text", "size_text", "slice_texts",
]


def index_terms(expr: Any) -> list[tuple[bool, Any]]:
    """The terms of an affine form in reading order, each with whether it is negative."""
    terms = [(t.could_extract_minus_sign(), t) for t in Add.make_args(expr)]
    terms = [(negative, -t if negative else t) for negative, t in terms]
    terms.sort(key=lambda t: (t[1].is_number, _place(t[1]), str(t[1])))
    first = next((t for t in terms if not t[0]), terms[0])
    return [first, *(t for t in terms if t is not first)]


def _place(expr: Any) -> int:
    """Where a term stands among others: indices before sizes."""
    found = [s for s in expr.free_symbols if s.is_nonnegative and not s.is_positive]
    return min((reading_order(s.name) for s in found), default=1 << 20)


def index_text(expr: Any) -> str:
    """An index or size as text."""
    out = ""
    for place, (negative, term) in enumerate(index_terms(expr)):
        text = str(term).replace("*", " ").replace("  ", "**")
        out += f" {'-' if negative else '+'} {text}" if place else ("-" if negative else "") + text
    return out


def bounds(
    indices: Sequence[Any], sizes: Sequence[Any], body: Notation
) -> list[tuple[Any, Any]]:
    """Indices, each with its size where the body does not tell it, else None."""
    axes = _axes(body)
    return [
        (x, None if axes.get(x) == {s} else s) for x, s in zip(indices, sizes, strict=True)
    ]


def _axes(body: Notation) -> dict[Any, set[Any]]:
    """For every index the sizes of the axes on which it stands by itself."""
    found: dict[Any, set[Any]] = {}
    stack = [body]
    while stack:
        x = stack.pop()
        if isinstance(x, Entry):
            for place, size in zip(x.at, x.children[0].shape, strict=True):
                found.setdefault(place, set()).add(size)
        stack += x.children
    return found


def bounds_text(pairs: Sequence[tuple[Any, Any]]) -> str:
    """Indices with the sizes that have to be written."""
    return ",".join(
        x.name if top is None else f"{x.name}<{_tight(index_text(top))}" for x, top in pairs
    )


def _tight(text: str) -> str:
    return text.replace(" + ", "+").replace(" - ", "-")


def size_text(expr: Any) -> str:
    """A size as a subscript."""
    text = index_text(expr)
    return text if expr.is_Atom else f"({text})"


def slice_texts(x: Slice) -> list[str]:
    """What is taken of each axis, as NumPy writes it."""
    return [_item(i, s) for i, s in zip(x.items, x.children[0].shape, strict=True)]


def _item(item: Any, length: Any) -> str:
    if item is None:
        return ":"
    if not isinstance(item, tuple):
        return index_text(_from_end(item, length))
    start, count, step = item
    stop = (start + step * count).expand()
    first = "" if start == 0 else index_text(_from_end(start, length))
    last = "" if stop == length else index_text(_from_end(stop, length))
    return f"{first}:{last}" + (f":{step}" if step != 1 else "")


def _from_end(place: Any, length: Any) -> Any:
    """An index counted from the end where that is a number."""
    back = (place - length).expand()
    return back if back.is_Integer and not place.is_Integer and back < 0 else place
