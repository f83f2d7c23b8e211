"""The names of definitions: the field's letters, none of them taken."""

from collections.abc import Collection, Iterator, Sequence

from refmath.emit.tensor.notation.definitions import Definition

__all__ = ["heading", "named"]

_CANDIDATES = {
    "p": (("s", "q", "c"), ("p", "q", "u"), ("P", "Q", "S")),
    "z": (("z", "u", "v"), ("z", "u", "a"), ("Z", "U", "A")),
    "h": (("h", "s", "c"), ("h", "a", "v"), ("H", "A", "V")),
    "step": (("s", "c", "q"), ("s", "q", "u"), ("S", "Q", "U")),
    "r": (("s", "c", "q"), ("r", "e", "u"), ("R", "E", "D")),
    "k": (("s", "c", "q"), ("u", "v", "w"), ("K", "C", "D")),
    "m": (("s", "c", "q"), ("u", "v", "w"), ("M", "C", "D")),
    "delta": (("delta", "epsilon", "eta"),) * 3,
}
"""By family, and for scalars, vectors and matrices."""
_LAYERED = ("z", "h", "step", "delta")
"""Families whose members are numbered by their layer."""
_HIGHER = ("T", "K", "M")
_HEADINGS = (("f", "s"), ("g", "f", "r"), ("G", "F", "R"), ("H", "T", "K"))


def named(parts: Sequence[Definition], taken: Collection[str]) -> list[str]:
    """A name for each definition.

    Args:
        parts: The definitions.
        taken: Names that must not be given.
    """
    layered = max((p.layer for p in parts), default=0) > 1
    used, names = set(taken), [""] * len(parts)
    groups: dict[tuple[str, int], list[int]] = {}
    for place, part in enumerate(parts):
        groups.setdefault((part.family, part.tree.rank), []).append(place)
    for (family, rank), places in groups.items():
        candidates = _HIGHER if rank > 2 else _CANDIDATES[family][rank]
        layers = [parts[x].layer for x in places]
        by_layer = layered and family in _LAYERED and len(set(layers)) == len(layers)
        if len(places) == 1 and not by_layer:
            suffixes = [""]
        else:
            suffixes = [str(x) for x in (layers if by_layer else range(1, len(places) + 1))]
        base = next(x for x in _bases(candidates) if not used & {x + s for s in suffixes})
        for place, suffix in zip(places, suffixes, strict=True):
            names[place] = base + suffix
        used |= {base + s for s in suffixes}
    return names


def heading(rank: int, taken: Collection[str]) -> str:
    """A name for the whole where it is given by its entries."""
    return next(x for x in _bases(_HEADINGS[min(rank, 3)]) if x not in taken)


def _bases(candidates: Sequence[str]) -> Iterator[str]:
    yield from candidates
    number = 0
    while True:
        yield from (f"{x}_{number}" for x in candidates)
        number += 1
