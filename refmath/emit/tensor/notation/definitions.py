"""Which parts get a name of their own, so that a formula is read in steps."""

from collections.abc import Sequence
from dataclasses import dataclass

from refmath.emit.tensor.notation.compose import is_symmetric, scaled, split
from refmath.emit.tensor.notation.length import Measure, is_elementwise
from refmath.emit.tensor.notation.tree import (
    Add,
    Alias,
    Call,
    Dot,
    Entry,
    Eye,
    Fill,
    Index,
    Indexed,
    Name,
    Notation,
    Scaled,
    Sigma,
    Slice,
    Times,
    Transpose,
)

__all__ = ["Definition", "Definitions"]

_NEVER = (Name, Alias, Fill, Eye, Index, Entry, Transpose, Scaled, Slice)
_LONG = 30
_JUMPS = ("step", "sign")
_PROBABILITIES = ("sigmoid", "softmax")


@dataclass
class Definition:
    """A part with a name.

    Attributes:
        tree: The part, made of names and other definitions.
        family: What it is: ``p`` probabilities, ``z`` arguments of functions, ``h`` values of
            functions, ``step`` values that jump, ``delta`` derivatives, ``r`` differences, ``k``
            by entries, ``m`` others.
        layer: How many functions it lies under or over; 0 if there are none.
    """

    tree: Notation
    family: str
    layer: int


class Definitions:
    """A formula taken apart.

    Attributes:
        main: What is left of the whole.
        parts: The definitions by number, each after those it needs.
    """

    def __init__(self, root: Notation) -> None:
        self._measure = Measure()
        self._order = _postorder(root)
        for x in self._order:  # from the inside, so that nothing recurs deeply
            self._measure.take(x)
        self._users = _users(self._order)
        self.parts: list[Definition] = []
        self._numbers: dict[Notation, int] = {}
        self._chosen = self._choose(root)
        self._new: dict[Notation, Notation] = {}
        for x in self._order:
            self._new[x] = self._rewritten(x, x is root)
        self.main = self._new[root]
        self._move_factors()

    def _choose(self, root: Notation) -> set[Notation]:
        """The parts that are repeated and long, or that a reader expects a name for."""
        self._deep = self._measure.depth(root) > 1
        count = {root: 1}
        chosen: set[Notation] = set()
        for x in reversed(self._order):
            uses = count.get(x, 0)
            if x is not root and self._is_worth(x, uses):
                chosen.add(x)
                uses = 1
            for child in x.children:
                count[child] = count.get(child, 0) + uses
        return chosen

    def _is_worth(self, x: Notation, uses: int) -> bool:
        if x.free or isinstance(x, _NEVER):
            return False
        if isinstance(x, Indexed):
            return True
        users = self._users[x]
        if any(isinstance(u, Entry) for u in users) and not _is_inverse_of_name(x):
            return True
        if not self._measure.has_product(x):
            return self._is_long(x, uses)
        functions = [u for u in users if is_elementwise(u)]
        if self._is_activation(x):
            within = any(self._measure.length(u) > _LONG for u in self._above(x))
            outside = any(not isinstance(u, Call) for u in users)
            again = self._deep and sum(not isinstance(u, Call) for u in users) > 1
            return within or again or self._is_long(x, uses) or (
                isinstance(x, Call) and x.name in _PROBABILITIES and outside
            )
        return self._is_long(x, uses) or (self._deep and len(functions) > 1)

    def _is_long(self, x: Notation, uses: int) -> bool:
        return self._measure.length(x) * (uses - 1) > 9 + 2 * uses

    def _is_activation(self, x: Notation) -> bool:
        return is_elementwise(x) and self._measure.depth(x) > 0

    def _above(self, x: Notation) -> list[Notation]:
        """The functions that a function is an argument of by way of a matrix product."""
        found: list[Notation] = []
        stack = [(u, isinstance(u, Dot)) for u in self._users[x] if not is_elementwise(u)]
        seen: set[tuple[Notation, bool]] = set()
        while stack:
            u, product = stack.pop()
            if (u, product) in seen:
                continue
            seen.add((u, product))
            if not is_elementwise(u):
                stack += [(v, product or isinstance(v, Dot)) for v in self._users[u]]
            elif product:
                found.append(u)
        return found

    def _rewritten(self, x: Notation, is_root: bool) -> Notation:
        new = x.rebuilt(tuple(self._new[c] for c in x.children))
        if isinstance(x, Dot):
            factors = tuple(
                self._derivative(old, one)
                for old, one in zip(x.children, new.children, strict=True)
            )
            new = new.rebuilt(factors)
        if x in self._chosen and not is_root:
            family = self._family(x)
            return self._defined(new, family, self._layer(x, family))
        return new

    def _derivative(self, old: Notation, new: Notation) -> Notation:
        """A factor of a matrix product, by name if it is a product of functions itself."""
        if isinstance(new, Transpose):
            assert isinstance(old, Transpose)
            return new.rebuilt((self._derivative(old.children[0], new.children[0]),))
        if not isinstance(new, Times) or not new.rank:
            return new
        if not any(isinstance(c, Dot | Call) for c in new.children):
            return new
        busy = [c for c in new.children if _holds_call(c)]
        products = any(isinstance(c, Dot) for c in new.children)
        if len(busy) < 2 and not (products and self._measure.length(new) > 20):
            return new
        return self._defined(new, "delta", self._layer(old, "delta"))

    def _defined(self, new: Notation, family: str, layer: int) -> Notation:
        if new not in self._numbers:
            self._numbers[new] = len(self.parts)
            self.parts.append(Definition(new, family, layer))
        return Alias(new.shape, (), self._numbers[new], is_symmetric(new))

    def _family(self, x: Notation) -> str:
        if isinstance(x, Indexed):
            return self._family_by_entries(x)
        if isinstance(x, Call) and x.name in _PROBABILITIES:
            return "p"
        if is_elementwise(x):
            return "step" if isinstance(x, Call) and x.name in _JUMPS else "h"
        if isinstance(x, Add | Dot) and any(is_elementwise(u) for u in self._users[x]):
            return "z"
        if isinstance(x, Times) and any(isinstance(u, Dot) for u in self._users[x]):
            return "delta" if self._measure.depth(x) else "m"
        return "r" if isinstance(x, Add) else "m"

    def _family_by_entries(self, x: Indexed) -> str:
        _, body = split(x.children[0])
        if isinstance(body, Call) and body.name in ("exp", *_PROBABILITIES):
            return "p" if body.name != "exp" or _holds_normalizer(body) else "h"
        if is_elementwise(body):
            return "h"
        near = [v for u in self._users[x] for v in self._users[u]]
        near += [w for v in near if isinstance(v, Add) for w in self._users[v]]
        return "z" if any(is_elementwise(v) for v in near) else "k"

    def _layer(self, x: Notation, family: str) -> int:
        deep = self._measure.depth(x)
        if family == "delta":
            sides = [c for c in x.children if not isinstance(c, Dot)]
            return max((self._measure.depth(c) for c in sides), default=0)
        return deep + 1 if family == "z" else deep

    def _move_factors(self) -> None:
        """Move a scalar from in front of a product into the innermost derivative in it."""
        self.main = self._moved(self.main)
        for part in reversed(self.parts):
            part.tree = self._moved(part.tree)

    def _moved(self, x: Notation) -> Notation:
        own, core = split(x)
        if isinstance(core, Add):
            return scaled(own, core.rebuilt(tuple(self._moved(t) for t in core.children)))
        number = self._single(core)
        if own == 1 or number is None:
            return x
        part = self.parts[number]
        part.tree = scaled(own, part.tree)
        return core

    def _single(self, x: Notation) -> int | None:
        """The number of the only derivative among the factors, if it is used nowhere else."""
        if isinstance(x, Times):
            found = [self._single(c) for c in x.children if isinstance(c, Dot)]
            return found[0] if len(found) == 1 else None
        if not isinstance(x, Dot):
            return None
        plain = [c.children[0] if isinstance(c, Transpose) else c for c in x.children]
        numbers = [
            c.number for c in plain
            if isinstance(c, Alias) and self.parts[c.number].family == "delta"
        ]
        roots = [self.main, *(p.tree for p in self.parts)]
        if len(numbers) == 1 and sum(_uses(r, numbers[0]) for r in roots) == 1:
            return numbers[0]
        return None


def _holds_normalizer(x: Notation) -> bool:
    return any(
        isinstance(split(t)[1], Sigma) and split(t)[1].fields[0] == "logsumexp"
        for c in x.children for t in (c.children if isinstance(c, Add) else (c,))
    )


def _is_inverse_of_name(x: Notation) -> bool:
    return isinstance(x, Call) and x.name == "inv" and isinstance(x.children[0], Name)


def _holds_call(x: Notation) -> bool:
    return isinstance(x, Call | Dot) or any(_holds_call(c) for c in x.children)


def _uses(x: Notation, number: int) -> int:
    """How often a definition stands in a piece."""
    if isinstance(x, Alias):
        return int(x.number == number)
    return sum(_uses(c, number) for c in x.children)


def _postorder(root: Notation) -> list[Notation]:
    """All pieces, each after those it is made of."""
    out: dict[Notation, None] = {}
    stack: list[tuple[Notation, bool]] = [(root, False)]
    while stack:
        x, done = stack.pop()
        if x in out:
            continue
        if done:
            out[x] = None
        else:
            stack.append((x, True))
            stack += [(c, False) for c in reversed(x.children)]
    return list(out)


def _users(order: Sequence[Notation]) -> dict[Notation, list[Notation]]:
    users: dict[Notation, list[Notation]] = {x: [] for x in order}
    for x in order:
        for child in dict.fromkeys(x.children):
            users[child].append(x)
    return users
