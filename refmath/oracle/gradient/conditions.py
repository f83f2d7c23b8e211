"""What must hold of the inputs for a deviation to show."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from refmath.emit.tensor.enclosure import Bounds
from refmath.oracle.gradient.cases import GradientCase, Source

__all__ = ["Condition", "Evidence", "conditions"]

_FEW = 3
_SHARE = 0.09
"""A condition on an array that nearly every case meets says nothing."""
_BIG = 100.0
_SUM = 1e-3


@dataclass
class Evidence:
    """A run that a hypothesis must explain.

    Attributes:
        case: The inputs.
        answer: What the function returned.
        bounds: What may be computed.
        bad: The outputs that deviate.
    """

    case: GradientCase
    answer: dict[str, Any]
    bounds: dict[str, Bounds]
    bad: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Condition:
    """Something that may hold of a case.

    Attributes:
        text: For people: ``n = 1``.
        holds: Whether it does.
        usual: Whether it holds of most cases.
    """

    text: str
    holds: Callable[[Evidence], bool]
    usual: bool = False


def conditions(source: Source, evidence: Sequence[Evidence]) -> list[Condition]:
    """The conditions under which alone a deviation is seen.

    All runs that deviate meet them, and some that do not meet them agree.
    """
    failing = [e for e in evidence if e.bad]
    out = []
    for condition in _candidates(source):
        if all(condition.holds(e) for e in failing):
            others = len([e for e in evidence if not condition.holds(e)])
            if others >= (_SHARE * len(evidence) if condition.usual else _FEW):
                out.append(condition)
    return out


def _candidates(source: Source) -> Iterator[Condition]:
    yield Condition("an argument exactly at a kink", _at_kink)
    for size in source.size_names:
        yield Condition(f"{size} = 1", _length(size, lambda n: n == 1))
        yield Condition(f"{size} > 1", _length(size, lambda n: n > 1))
    for name, item in source.inputs.items():
        if not item.shape:
            yield Condition(f"{name} = 0", _entries(name, lambda x: x == 0))
            yield Condition(f"{name} not 0", _entries(name, lambda x: x != 0))
        elif not item.is_labels:
            yield from _of_tensor(name, len(item.shape))


def _of_tensor(name: str, rank: int) -> Iterator[Condition]:
    yield Condition(
        f"entries of {name} above {_BIG:g} in size", _entries(name, lambda x: abs(x) > _BIG)
    )
    yield Condition(f"{name} contains 0", _entries(name, lambda x: x == 0))
    if rank >= 2:
        text = f"rows of {name} that do not add up to 1"
        yield Condition(text, _entries(name, lambda x: abs(x.sum(-1) - 1) > _SUM))
    yield Condition(f"{name} not 0 everywhere", _entries(name, lambda x: x != 0), True)
    yield Condition(f"{name} not 1 everywhere", _entries(name, lambda x: x != 1), True)


def _length(size: str, test: Callable[[int], bool]) -> Callable[[Evidence], bool]:
    return lambda e: test(e.case.sizes[size])


def _entries(name: str, test: Callable[[Any], Any]) -> Callable[[Evidence], bool]:
    """Whether a test holds of any entry of a variable."""
    return lambda e: bool(np.any(test(np.asarray(e.case.values[name], dtype=np.float64))))


def _at_kink(e: Evidence) -> bool:
    return any(b.kinks for b in e.bounds.values())
