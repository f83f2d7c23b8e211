"""The mutation score of the line searches: every change of their code judged by the oracle."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from refmath.oracle.minimizer.searches.equivalent import EQUIVALENT, ROUNDING_ONLY
from refmath.oracle.minimizer.searches.judge import complaint, trace
from refmath.oracle.minimizer.searches.mutants import Mutant

__all__ = ["Judged", "judged"]

_LINES = {"strong_wolfe": 100, "more_thuente": 1200}
_MANY = 1500
_SEED = 9


@dataclass(frozen=True)
class Judged:
    """What the oracle said of one mutant.

    Attributes:
        mutant: It.
        said: What is wrong with it; empty if nothing was found.
        equivalent: Why it is no mistake, as declared; empty if that is not said of it.
        differs: Where one that is declared equivalent, and not caught, differs all the same.
    """

    mutant: Mutant
    said: str
    equivalent: str
    differs: str = ""

    @property
    def killed(self) -> bool:
        """Whether it was caught."""
        return bool(self.said)

    @property
    def survives(self) -> bool:
        """Whether it was not, and is not equivalent either."""
        return not self.said and (not self.equivalent or bool(self.differs))

    @property
    def mislabelled(self) -> bool:
        """Whether it is declared equivalent and was caught."""
        return bool(self.said and self.equivalent)


def judged(mutants: Sequence[Mutant], tick: Callable[[], None] = lambda: None,
           deep: bool = True) -> Iterator[Judged]:  # fmt: skip
    """Judge mutants.

    Args:
        mutants: They.
        tick: Called after each.
        deep: Whether those that are declared equivalent are run beside the search itself on
            many more lines, and must do the same in every bit; but for those that differ by
            rounding alone.
    """
    for mutant in mutants:
        said = _said(mutant)
        why = EQUIVALENT.get(mutant.name, "")
        differs = _difference(mutant) if deep and why and not said else ""
        yield Judged(mutant, said, why or ROUNDING_ONLY.get(mutant.name, ""), differs)
        tick()


def _said(mutant: Mutant) -> str:
    try:
        for name in mutant.searches:
            if found := complaint(name, mutant.load(name), _LINES.get(name, 300)):
                return found
    except Exception as error:
        return f"raises {type(error).__name__}: {error}"
    return ""


def _difference(mutant: Mutant) -> str:
    """Where it does something else than the search itself; empty if nowhere."""
    for name in mutant.searches:
        if name == "exact":
            continue
        own: Any = getattr(mutant.package, name)
        pairs = zip_longest(*(trace(name, s, _MANY, _SEED) for s in (own, mutant.load(name))))
        for place, (right, other) in enumerate(pairs):
            if right != other:
                return f"{name} differs on line {place}: {other}, where {right} is right"
    return ""
