r"""Reads printed LaTeX into the same syntax tree as text.

``X^\top A``: what stands side by side is a matrix product, ``\odot`` and ``\oslash`` are
elementwise and bind less strongly, ``\mathbf{1}`` is a vector of ones, a subscript takes an entry.
"""

import re
import string
from collections.abc import Collection, Iterator

from notation_grammar import FOLDS, Line, Node
from sympy import Symbol, latex

FUNCTIONS = {
    r"\cos": "cos", r"\cosh": "cosh", r"\det": "det", r"\exp": "exp", r"\log": "log",
    r"\max": "max", r"\min": "min", r"\sigma": "sigmoid", r"\sin": "sin", r"\sinh": "sinh",
    r"\tan": "tan", r"\tanh": "tanh",
}
STOPS = ("+", "-", r"\odot", r"\oslash", r"\right", ",", "}", ">", "<", "=", r"\le", ":")


def spelled(name: str) -> str:
    """A name in LaTeX: a word stands upright."""
    text = str(latex(Symbol(name)))
    letters = text[:len(text) - len(text.lstrip(string.ascii_letters))]
    return text.replace(letters, rf"\mathrm{{{letters}}}", 1) if len(letters) > 1 else text


def latex_lines(text: str, names: Collection[str]) -> list[Line]:
    """The lines of a formula in LaTeX.

    Args:
        text: The formula.
        names: All given names: tensors, scalars and sizes.
    """
    lines = [text]
    if text.startswith(r"\begin{aligned}"):
        body = text.removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}")
        lines = [row.removeprefix("& ") for row in body.split(" \\\\\n")]
    known = {r"\pi": "pi", **{spelled(name): name for name in names}}
    found: dict[str, Line] = {}
    heads = [_head(line, number > 0) for number, line in enumerate(lines)]
    known |= {name: name for name, _, _ in heads[1:]}
    for name, bounds, right in [*heads[1:], heads[0]]:
        parser = LatexParser(right, known)
        body_node = parser.expression()
        parser.end()
        tops = tuple((i, LatexParser(t, known).expression() if t else None) for i, t in bounds)
        found[name or ""] = Line(name, tops, body_node)
    main_name = heads[0][0]
    return [found[main_name], *(found[name] for name, _, _ in heads[1:])]


def _head(line: str, defined: bool) -> tuple[str, list[tuple[str, str]], str]:
    """The name on the left, its indices with their sizes, and the right side."""
    if defined:
        line = re.sub(r"^(\\phantom\{\\text\{where \}\}|\\text\{where \}) ", "", line)
    left, sign, right = line.partition(" = ")
    entry = re.fullmatch(r"(?:\\left\((.+)\\right\)|([^_{}]+))_\{([^{}]*)\}", left)
    single = entry and not (defined and entry[2] and entry[3].isdigit())
    if sign and entry and single and r"\frac" not in left and r"\sum" not in left:
        parts = entry[3].split(", ") if "," in entry[3] or "<" in entry[3] else list(entry[3])
        pairs = [tuple(p.partition(" < ")[::2]) for p in parts]
        return entry[1] or entry[2], pairs, right  # type: ignore[return-value]
    return (left, [], right) if defined else ("", [], line)


class LatexParser:
    """Parses one expression."""

    def __init__(self, text: str, names: dict[str, str]) -> None:
        self.text, self.names, self.place = text, names, 0

    def rest(self) -> str:
        """What is still to be read."""
        while self.text[self.place:self.place + 1] == " ":
            self.place += 1
        return self.text[self.place:]

    def end(self) -> None:
        """Nothing is left."""
        assert not self.rest(), (self.text, self.rest())

    def sees(self, word: str) -> bool:
        """Whether a word comes next."""
        rest = self.rest()
        after = rest[len(word):len(word) + 1]
        return rest.startswith(word) and not (word[-1].isalpha() and after.isalpha())

    def accept(self, word: str) -> bool:
        """Take a word if it comes next."""
        if self.sees(word):
            self.place += len(word)
            return True
        return False

    def take(self, word: str) -> None:
        """Take a word."""
        assert self.accept(word), (self.text, word, self.rest())

    def expression(self) -> Node:
        """Terms with signs."""
        parts = [Node("minus", (self.term(),)) if self.accept("-") else self.term()]
        while self.sees("+") or self.sees("-"):
            negative = self.accept("-") or not self.accept("+")
            parts.append(Node("minus", (self.term(),)) if negative else self.term())
        return parts[0] if len(parts) == 1 else Node("sum", tuple(parts))

    def term(self) -> Node:
        """Elementwise products and quotients."""
        out = self.side()
        while self.sees(r"\odot") or self.sees(r"\oslash"):
            kind = "times" if self.accept(r"\odot") else "over"
            self.accept(r"\oslash")
            out = Node(kind, (out, self.side()))
        return out

    def side(self) -> Node:
        """What stands side by side."""
        parts = [self.postfix()]
        while self.rest() and not any(self.sees(s) for s in STOPS):
            parts.append(self.postfix())
        return parts[0] if len(parts) == 1 else Node("side", tuple(parts))

    def postfix(self) -> Node:
        """Exponents and subscripts."""
        out = self.atom()
        while True:
            if self.accept(r"^\top"):
                out = Node("transpose", (out,))
            elif self.accept(r"^{-\top}"):
                out = Node("transpose", (Node("call", (out,), "inv"),))
            elif self.accept("^{-1}"):
                out = Node("call", (out,), "inv")
            elif self.accept("^{"):
                self.accept(r"\odot ")
                out = Node("power", (out, self.expression()))
                self.take("}")
            elif self.accept("_{"):
                out = Node("at", (out, *self.subscript()))
            else:
                return out

    def subscript(self) -> list[Node]:
        """Indices: letters side by side, or expressions with commas."""
        inside = self.text[self.place:self.text.index("}", self.place)]
        if inside.isalpha():
            self.place += len(inside)
            self.take("}")
            return [Node("name", (), x) for x in inside]
        found = []
        while True:
            sides = []
            for _ in range(3):
                empty = any(self.sees(s) for s in (":", ",", "}"))
                sides.append(Node("none") if empty else self.expression())
                if not self.accept(":"):
                    break
            found.append(sides[0] if len(sides) == 1 else Node("slice", tuple(sides)))
            if self.accept("}"):
                return found
            self.take(",")

    def named(self) -> str | None:
        """A known name, the longest that fits."""
        for word in sorted(self.names, key=len, reverse=True):
            if self.accept(word):
                return self.names[word]
        return None

    def atom(self) -> Node:
        """Names, numbers, brackets and functions."""
        for name in (r"\delta_{", r"\log \left|\det "):
            if self.sees(name) and not any(self.sees(n) for n in self.names):
                self.take(name)
                return self._delta() if "delta" in name else self._log_det()
        name = self.named()
        if name is not None:
            return Node("name", (), name)
        if self.accept(r"\mathbf{1}"):
            return Node("ones", (self._size(),) if self.accept("_{") else ())
        if self.accept("I"):
            sized = self.accept("_{")
            return Node("identity", (self._size(),)) if sized else Node("name", (), "I")
        index = re.match(r"[a-z](?![a-z])", self.rest())
        if index:
            self.place += 1
            return Node("name", (), index[0])
        number = re.match(r"\d+", self.rest())
        if number:
            self.place += len(number[0])
            return Node("number", (), int(number[0]))
        return self._enclosed() or self._function()

    def _delta(self) -> Node:
        pair = self.subscript()
        assert len(pair) == 2
        return Node("relation", tuple(pair), ("=",))

    def _log_det(self) -> Node:
        inside = self.postfix()
        self.take(r"\right|")
        return Node("call", (inside,), "logdet")

    def _size(self) -> Node:
        found = self.expression()
        self.take("}")
        return found

    def _enclosed(self) -> Node | None:
        """Fractions, roots and brackets."""
        if self.accept(r"\frac{"):
            top = self._size()
            self.take("{")
            return Node("over", (top, self._size()))
        if self.accept(r"\sqrt{"):
            return Node("call", (self._size(),), "sqrt")
        if self.accept(r"\left("):
            parts = list(self._arguments())
            return parts[0] if len(parts) == 1 else Node("tuple", tuple(parts))
        if self.accept(r"\left\|"):
            inside = self.expression()
            self.take(r"\right\|")
            self.accept("_F")
            return Node("call", (inside,), "norm")
        if self.accept(r"\left|"):
            inside = self.expression()
            self.take(r"\right|")
            determinant = inside.kind == "call" and inside.value == "det"
            return inside if determinant else Node("call", (inside,), "abs")
        return self._relation() if self.accept(r"\left[") else None

    def _relation(self) -> Node:
        parts, signs = [self.expression()], []
        while not self.accept(r"\right]"):
            signs.append(next(s for s in ("=", "<", r"\le") if self.accept(s)))
            parts.append(self.expression())
        return Node("relation", tuple(parts), tuple("<=" if s == r"\le" else s for s in signs))

    def _arguments(self) -> Iterator[Node]:
        while True:
            part = self.expression()
            if self.accept(">"):
                part = Node("sum", (part, Node("minus", (self.expression(),))))
            yield part
            if self.accept(r"\right)"):
                return
            self.take(",")

    def _function(self) -> Node:
        """A function, or a sum or maximum over indices."""
        name = self._word()
        axes: tuple[int, ...] = ()
        if self.accept("_{"):
            if not self.sees(r"\text"):
                assert name in FOLDS, name
                return self._fold(name)
            inside = self.text[self.place:].partition(r"\left(")[0]
            self.place += len(inside)
            axes = tuple(int(x) for x in re.findall(r"\d+", inside))
        self.take(r"\left(")
        parts = tuple(self._arguments())
        if len(parts) == 2 and name in ("max", "min"):
            name += "imum"
        return Node("call", parts, (name, axes) if axes else name)

    def _word(self) -> str:
        if self.accept(r"\sum"):
            return "sum"
        if self.accept(r"\log\operatorname{softmax}"):
            return "log_softmax"
        for word, name in FUNCTIONS.items():
            if self.accept(word):
                return name
        found = re.match(r"\\operatorname\{(\w+)\}", self.rest())
        assert found, (self.text, self.rest())
        self.place += len(found[0])
        return found[1]

    def _fold(self, kind: str) -> Node:
        inside, _, _ = self.text[self.place:].partition("}")
        self.place += len(inside) + 1
        bounds = []
        for part in inside.split(", "):
            index, less, top = part.partition(" < ")
            bounds.append((index, LatexParser(top, self.names).expression() if less else None))
        return Node("fold", (self.side(),), (kind, tuple(bounds)))
