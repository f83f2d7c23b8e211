"""Names in a kernel's source: those that are given, where Python allows them, and temporaries."""

import builtins
import keyword
import re
from collections.abc import Iterable

from refmath.emit.tensor.kernel.helpers import HELPERS, IMPORTS
from refmath.emit.tensor.kernel.ops import Op

__all__ = ["Names", "is_free", "length", "letter", "without_marks"]

_TAKEN = {
    "np", "quotients", *HELPERS, *IMPORTS, *dir(builtins), *keyword.kwlist, *keyword.softkwlist,
}
_MARK = re.compile("\u00a7([A-Za-z_][A-Za-z_0-9]*)\u00a7([0-9]+)\u00a7")


class Names:
    """Hands out names. Temporaries are marks at first; ``settled`` numbers them."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}
        self._count = 0

    def give(self, name: str) -> str:
        """A name for something that the user has named: itself, or with underscores."""
        shown = name
        while shown in _TAKEN or shown in self._given.values():
            shown += "_"
        self._given[name] = shown
        return shown

    def temporary(self, stem: str) -> str:
        """A mark for a temporary that is to be called like the stem."""
        self._count += 1
        return f"\u00a7{stem}\u00a7{self._count}\u00a7"

    def settled(self, text: str) -> str:
        """A source with names for its marks: the stem, or numbered where it occurs repeatedly."""
        stems: dict[str, list[str]] = {}
        for match in _MARK.finditer(text):
            known = stems.setdefault(match[1], [])
            if match[2] not in known:
                known.append(match[2])
        names: dict[tuple[str, str], str] = {}
        taken = {*self._given.values(), *_TAKEN}
        for stem, numbers in stems.items():
            for place, number in enumerate(numbers, 1):
                name = stem if len(numbers) == 1 else f"{stem}{place}"
                while name in taken:
                    name = _next(name)
                taken.add(name)
                names[stem, number] = name
        return _MARK.sub(lambda m: names[m[1], m[2]], text)


def is_free(name: str) -> bool:
    """Whether a function of a source may be called so."""
    return name.isidentifier() and name not in _TAKEN


def without_marks(text: str) -> str:
    """A text with spaces for its marks."""
    return _MARK.sub(" ", text)


def length(text: str) -> int:
    """How long a text with marks is going to be."""
    return len(_MARK.sub(lambda m: m[1] + "1", text))


def _next(name: str) -> str:
    """Another name of the same kind."""
    match = re.fullmatch(r"(.*?)(\d*)", name)
    assert match is not None
    return f"{match[1]}{int(match[2] or 0) + 1}"


_CALLS = {
    "exp": "e", "expm1": "e", "sigmoid": "p", "relu": "a", "tanh": "a", "sign": "mask",
    "sigmoid_slope": "w", "tanh_slope": "w", "sqrt": "root", "log": "logs", "log1p": "logs",
    "softplus": "s",
}


def letter(op: Op, users: Iterable[Op] = ()) -> str:
    """What an operation's result is called: small for vectors, capital for matrices."""
    powers = op.kind == "call" and op.fields[0] == "exp"
    shared = any(u.kind == "times" and u.args[0] is op and -1 in u.fields[1] for u in users)
    stem = "p" if powers and shared else _stem(op)
    if len(stem) == 1 and op.rank >= 2:
        return stem.upper()
    return stem


def _stem(op: Op) -> str:
    if op.kind == "call":
        return _CALLS.get(op.fields[0], "v")
    if op.kind == "linear":
        from_data = any(a.kind == "arg" for a in op.args)
        minus = any(c.could_extract_minus_sign() for c in op.fields[0])
        return "r" if from_data and minus else "c" if minus else "z"
    if op.kind == "times":
        if -1 in op.fields[1]:
            return "u"
        rooted = any(a.kind == "call" and a.fields[0] == "sqrt" for a in op.args)
        return "b" if rooted else "t"
    return _KINDS.get(op.kind, "v")


_KINDS = {
    "dot": "z", "max": "top", "sum": "s", "argmax": "first", "unravel": "i", "inverse": "inv",
    "place": "t", "spread": "out", "norm": "size", "grams": "h", "count": "i", "windows": "win",
    "pick": "chosen", "square": "q",
}
"""The names of results by the kind of their operation."""
