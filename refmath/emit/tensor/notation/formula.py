"""A tensor expression as a formula: the main line, and the definitions it uses."""

from dataclasses import dataclass
from typing import Any

from refmath.emit.tensor.notation.definitions import Definitions
from refmath.emit.tensor.notation.entries import Entries
from refmath.emit.tensor.notation.indexing import bounds
from refmath.emit.tensor.notation.letters import Letters
from refmath.emit.tensor.notation.matrix import Matrices
from refmath.emit.tensor.notation.naming import heading, named
from refmath.emit.tensor.notation.ready import opened, sorted_tree, spelled_out
from refmath.emit.tensor.notation.sizing import sized
from refmath.emit.tensor.notation.text import TextPrinter
from refmath.emit.tensor.notation.tree import Fill, Indexed, Notation
from refmath.tensor.node import Tensor

__all__ = ["Formula", "Line", "formula"]

_IDENTITIES = ("I", "Id", "Eye")


@dataclass(frozen=True)
class Line:
    """A name and what it stands for.

    Attributes:
        name: The name; empty for a main line in matrix notation, which needs none.
        indices: For a tensor by its entries, its indices, each with its size where nothing else
            tells it.
        tree: What it stands for; by entries, the entry.
    """

    name: str
    indices: tuple[tuple[Any, Any], ...]
    tree: Notation


@dataclass(frozen=True)
class Formula:
    """A formula.

    Attributes:
        main: The main line.
        where: The definitions, each after those it uses.
        names: The name of each definition by its number.
        identity: What the identity matrix is called.
        taken: All names in the formula.
    """

    main: Line
    where: tuple[Line, ...]
    names: tuple[str, ...]
    identity: str
    taken: frozenset[str]


def formula(node: Tensor, matrices: bool = True, bold: bool = False) -> Formula:
    """The formula of an expression.

    Args:
        node: The expression.
        matrices: Whether vectors and matrices are written in matrix notation; else everything is
            in index notation.
        bold: Whether vectors of ones will look different from the number 1.
    """
    letters = Letters(node)
    tree: Notation | None = None
    if matrices:
        writer = Matrices(node, letters)
        tree = writer(node)
        whole = tree if tree is not None else writer.entries.whole(node)
    else:
        whole = Entries(node, letters).whole(node)
    taken_apart = Definitions(whole)
    taken = letters.taken | letters.used
    identity = next(x for x in (*_IDENTITIES, "identity_matrix") if x not in taken)
    taken |= {identity}
    names = named(taken_apart.parts, taken)
    printer = TextPrinter(names, identity)
    top = heading(node.rank, {*taken, *names})
    main = _line(top, taken_apart.main, printer, True, bold)
    where = [
        _line(name, part.tree, printer, False, bold)
        for name, part in zip(names, taken_apart.parts, strict=True)
    ]
    return Formula(main, tuple(where), tuple(names), identity, frozenset({*taken, *names}))


def _line(name: str, tree: Notation, printer: TextPrinter, known: bool, bold: bool) -> Line:
    whole = spelled_out(sorted_tree(opened(tree), printer))
    told = known and not isinstance(whole, Fill)  # 1 alone would be a number
    whole = sized(whole, (told,) * whole.rank, bold)
    if isinstance(whole, Indexed):
        (body,) = whole.children
        sizes = [None] * whole.rank if known else whole.shape
        return Line(name, tuple(bounds(whole.indices, sizes, body)), body)
    return Line("" if known else name, (), whole)

