"""Reads printed formulas into a syntax tree: a parser of its own, after the stated grammar.

What stands side by side with a space is a matrix product. An operator without spaces around it
binds more strongly than that, one with spaces less strongly: ``1/n X' A`` is (1/n) X' A, and
``X' A / s`` is (X' A)/s.
"""

import re
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(r"\d+|[A-Za-z_][A-Za-z0-9_]*|\*\*|<=|\|\||[-+*/()\[\]{},:'<>=]|\s+")
FOLDS = ("sum", "max", "logsumexp", "argmax")


@dataclass(frozen=True)
class Token:
    """A word, with whether there is space before and after it."""

    text: str
    before: bool
    after: bool


@dataclass(frozen=True)
class Node:
    """A piece of syntax: its kind, its parts and what else belongs to it."""

    kind: str
    parts: tuple["Node", ...] = ()
    value: Any = None


@dataclass(frozen=True)
class Line:
    """A line of a formula.

    Attributes:
        name: What is defined; empty in a main line in matrix notation.
        bounds: Indices on the left, each with its size where it is told there.
        body: What stands on the right.
    """

    name: str
    bounds: tuple[tuple[str, Node | None], ...]
    body: Node


def text_lines(text: str) -> list[Line]:
    """The lines of a formula in text."""
    main, *where = text.split("\n")
    head = main.partition(" = ")[0]
    has_heading = " = " in main and head.endswith("]") and " " not in head
    left, _, right = main.partition(" = ") if has_heading else ("", "", main)
    out = [_line(left, right)]
    for number, line in enumerate(where):
        lead = "      " if number else "where "
        assert line.startswith(lead), line
        left, _, right = line.removeprefix(lead).partition(" = ")
        out.append(_line(left, right))
    return out


def _line(left: str, right: str) -> Line:
    name, bracket, rest = left.partition("[")
    bounds = []
    for part in rest.removesuffix("]").split(",") if bracket else ():
        index, less, top = part.partition("<")
        bounds.append((index, Parser(top).whole(tightly=True) if less else None))
    return Line(name, tuple(bounds), Parser(right).whole())


def tokens(text: str) -> list[Token]:
    """The words of a text."""
    found = TOKEN.findall(text)
    assert "".join(found) == text, f"cannot read {text!r}"
    out = []
    for i, word in enumerate(found):
        if not word.isspace():
            before = i == 0 or found[i - 1].isspace()
            after = i + 1 == len(found) or found[i + 1].isspace()
            out.append(Token(word, before, after))
    return out


class Parser:
    """Parses one expression."""

    def __init__(self, text: str) -> None:
        self.text, self.words, self.place = text, tokens(text), 0
        self.tightly = False

    def whole(self, tightly: bool = False) -> Node:
        """The whole text; sums may be written without spaces if ``tightly`` is set."""
        self.tightly = tightly
        found = self.expression()
        assert self.place == len(self.words), (self.text, self.peek())
        return found

    def peek(self, ahead: int = 0) -> Token:
        """A coming word."""
        place = self.place + ahead
        return self.words[place] if place < len(self.words) else Token("", True, True)

    def take(self, text: str | None = None) -> Token:
        """The next word."""
        word = self.peek()
        assert word.text, f"{self.text!r} ends too early"
        assert text in (None, word.text), (self.text, self.place, text)
        self.place += 1
        return word

    def accept(self, text: str) -> bool:
        """Take the next word if it is this one."""
        if self.peek().text == text:
            self.place += 1
            return True
        return False

    def expression(self) -> Node:
        """Terms with signs."""
        negative = self.accept("-")
        parts = [Node("minus", (self.term(),)) if negative else self.term()]
        while self.peek().text in ("+", "-"):
            sign = self.take()
            assert self.tightly or (sign.before and sign.after), self.text
            parts.append(Node("minus", (self.term(),)) if sign.text == "-" else self.term())
        return parts[0] if len(parts) == 1 else Node("sum", tuple(parts))

    def term(self) -> Node:
        """Products and quotients written with spaces."""
        out = self.side()
        while self.peek().text in ("*", "/") and self.peek().before and self.peek().after:
            kind = "times" if self.take().text == "*" else "over"
            out = Node(kind, (out, self.side()))
        return out

    def side(self) -> Node:
        """What stands side by side."""
        parts = [self.tight()]
        while self._starts():
            parts.append(self.tight())
        if len(parts) == 1:
            return parts[0]
        return Node("side", tuple(Node("ones") if p == Node("number", (), 1) else p for p in parts))

    def _starts(self) -> bool:
        word = self.peek()
        if not word.text or not word.before:
            return False
        return word.text[0].isalnum() or word.text[0] in "_([" or (
            word.text == "||" and not word.after
        )

    def tight(self) -> Node:
        """Products and quotients written without spaces."""
        out = self.power()
        while self.peek().text in ("*", "/") and not self.peek().before:
            kind = "times" if self.take().text == "*" else "over"
            out = Node(kind, (out, self.power()))
        return out

    def power(self) -> Node:
        """A power."""
        base = self.postfix()
        if self.peek().text == "**":
            self.take()
            negative = self.accept("-")
            raised = self.postfix()
            return Node("power", (base, Node("minus", (raised,)) if negative else raised))
        return base

    def postfix(self) -> Node:
        """Transposes and subscripts."""
        out = self.atom()
        while not self.peek().before and self.peek().text in ("'", "["):
            if self.accept("'"):
                out = Node("ones") if out == Node("number", (), 1) else out
                out = Node("transpose", (out,))
            else:
                self.take("[")
                out = Node("at", (out, *self.items()))
        return out

    def items(self) -> list[Node]:
        """What stands in square brackets after a tensor."""
        found = []
        while True:
            sides = []
            for _ in range(3):
                empty = self.peek().text in (":", ",", "]")
                sides.append(Node("none") if empty else self.expression())
                if not self.accept(":"):
                    break
            found.append(sides[0] if len(sides) == 1 else Node("slice", tuple(sides)))
            if self.accept("]"):
                return found
            self.take(",")

    def atom(self) -> Node:
        """Numbers, names, calls, brackets, norms and sums."""
        word = self.peek()
        if word.text == "(":
            self.take()
            parts = [self.expression()]
            while self.accept(","):
                parts.append(self.expression())
            self.take(")")
            return parts[0] if len(parts) == 1 else Node("tuple", tuple(parts))
        if word.text == "||":
            self.take()
            inside = self.expression()
            self.take("||")
            if self.peek().text == "_F" and not self.peek().before:
                self.take()
            return Node("call", (inside,), "norm")
        if word.text == "[":
            return self.relation()
        self.take()
        if word.text.isdigit():
            return self._after_number(word)
        assert word.text.isidentifier(), (self.text, word)
        return self._after_name(word)

    def _after_number(self, word: Token) -> Node:
        follows = self.peek()
        if word.text == "1" and follows.text.startswith("_") and not follows.before:
            self.take()
            return Node("ones", (self._size(follows.text[1:]),))
        return Node("number", (), int(word.text))

    def _size(self, name: str) -> Node:
        if name:
            return Node("number", (), int(name)) if name.isdigit() else Node("name", (), name)
        self.take("(")
        found = self.expression()
        self.take(")")
        return found

    def _after_name(self, word: Token) -> Node:
        name, follows = word.text, self.peek()
        if name.startswith("I_"):
            return Node("identity", (self._size(name[2:]),))
        fold, _, index = name.partition("_")
        if fold in FOLDS and "_" in name:
            return self._fold(fold, index)
        if follows.text == "(" and not follows.before:
            self.take()
            return self._call(name)
        return Node("name", (), name)

    def _fold(self, kind: str, index: str) -> Node:
        bounds: list[tuple[str, Node | None]] = [(index, None)]
        if not index:
            self.take("{")
            bounds = []
            while True:
                name = self.take().text
                self.tightly = True
                bounds.append((name, self.expression() if self.accept("<") else None))
                self.tightly = False
                if self.accept("}"):
                    break
                self.take(",")
        return Node("fold", (self.side(),), (kind, tuple(bounds)))

    def _call(self, name: str) -> Node:
        parts: list[Node] = []
        axes: tuple[int, ...] = ()
        while not self.accept(")"):
            if self.peek().text in ("axis", "axes") and self.peek(1).text == "=":
                self.take()
                self.take("=")
                axes = tuple(int(x) for x in re.findall(r"\d+", self._until_close()))
            else:
                parts.append(self.expression())
                if self.accept(">"):
                    right = self.expression()
                    parts[-1] = Node("sum", (parts[-1], Node("minus", (right,))))
            self.accept(",")
        return Node("call", tuple(parts), (name, axes) if axes else name)

    def _until_close(self) -> str:
        out = ""
        if self.accept("("):
            while not self.accept(")"):
                out += " " + self.take().text
            return out
        return self.take().text

    def relation(self) -> Node:
        """A chain of relations in square brackets."""
        self.take("[")
        parts, signs = [self.expression()], []
        while not self.accept("]"):
            signs.append(self.take().text)
            parts.append(self.expression())
        assert signs
        assert set(signs) <= {"=", "<", "<="}
        return Node("relation", tuple(parts), tuple(signs))
