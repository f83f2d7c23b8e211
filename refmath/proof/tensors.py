"""Identities of tensors at every size, and their entries written out at small sizes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from sympy import And, Eq, Integer, Symbol

from refmath.errors import DeclarationError
from refmath.proof.claim import Engine, Evidence, Theorem
from refmath.proof.expand import Expansion
from refmath.proof.forall import Forall
from refmath.proof.normal import Field
from refmath.proof.polynomial import Sympy
from refmath.tensor import Tensor, as_tensor, gradient, hessian
from refmath.tensor.evaluate import Symbols, evaluate, symbols_of
from refmath.tensor.node import Variable
from refmath.tensor.walk import nodes, variables

__all__ = ["Zero", "bend", "same", "slope"]


@dataclass(frozen=True)
class Zero:
    """That a tensor expression is 0 at every size.

    The first engine multiplies it out in index form. The second writes its entries out at small
    sizes, and decides each as a rational function.

    Attributes:
        expr: The expression.
        name: For people.
        sizes: Where its entries are written out.
        put: Scalar expressions that are known: the sum of probabilities is 1.
        given: What the hypotheses say of the entries, for Coq: from sizes to relations.
        coq: The sizes at which Coq is asked, or None.
        script: Coq's proof.
        sides: The two tensors whose difference it is, if it is one: entries are those of either
            side by itself, so that the second engine and Coq see both.
        of: A scalar, the variable by which it is differentiated, and how often, where the left side
            is that derivative: SymPy then differentiates the scalar's own entries.

    Raises:
        DeclarationError: It is 0 as soon as it is built, and its sides are not known.
    """

    expr: Tensor
    name: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    put: Mapping[Tensor, Any] = field(default_factory=dict)
    coq: Mapping[str, int] | None = None
    script: str = "finish."
    evidence: Evidence = Evidence.EXACT
    entries_too: bool = True
    sides: tuple[Tensor, Tensor] | None = None
    of: tuple[Tensor, Tensor, int] | None = None

    def __post_init__(self) -> None:
        if self.sides is None and not variables(self.expr):
            raise DeclarationError(
                f"expected a tensor of variables, found {self.expr}"
                f"{' in ' + repr(self.name) if self.name else ''}: it was decided when it was "
                "built; write same(left, right)"
            )

    @property
    def _all(self) -> tuple[Tensor, ...]:
        return (*(self.of or ())[:1], *(self.sides or (self.expr,)))

    @property
    def _sizes(self) -> dict[str, int]:
        names = {str(s) for x in nodes(*self._all) for size in x.shape for s in size.free_symbols}
        return {n: self.sizes.get(n, 2) for n in sorted(names)}

    def engines(self) -> Sequence[Engine]:
        """The index form at every size, and entries at small sizes."""
        found: list[Engine] = [("index form", self._by_indices)]
        return [*found, ("entries", self._by_entries)] if self.entries_too else found

    def _by_indices(self) -> bool:
        return Expansion(put={as_tensor(k): v for k, v in self.put.items()}).is_zero(self.expr)

    def _by_entries(self) -> bool:
        decide = Field(Sympy)
        return all(decide.equal(a, b) for a, b in self._pairs(self._sizes))

    def _pairs(self, sizes: Mapping[str, int]) -> list[tuple[Any, Any]]:
        """What is to be equal, entry by entry."""
        if self.sides is None:
            return [(e, Integer(0)) for e in self._entries(self.expr, sizes)]
        left = self._entries(self.sides[0], sizes) if self.of is None else self._derived(sizes)
        return list(zip(left, self._entries(self.sides[1], sizes), strict=True))

    def _derived(self, sizes: Mapping[str, int]) -> list[Any]:
        """Entries of a gradient or Hessian, differentiated one by one."""
        assert self.of is not None
        scalar, variable, times = self.of
        out, own = self._entries(scalar, sizes), self._entries(variable, sizes)
        for _ in range(times):
            out = [e.diff(x) for e in out for x in own]
        return out

    def _entries(self, expr: Tensor, sizes: Mapping[str, int]) -> list[Any]:
        values: dict[str, Any] = {}
        for x in variables(*self._all, *self.put):
            assert isinstance(x, Variable)
            values[x.name] = symbols_of(x, sizes)
            if x.classes is not None:
                flat = np.arange(values[x.name].size) % int(sizes[str(x.classes)])
                values[x.name] = flat.reshape(values[x.name].shape)
        scalars = {s.name: Symbol(s.name, real=True) for s in self._scalars()}
        given = {**values, **scalars}
        table = evaluate(expr, given, sizes, Symbols())
        change = self._known(given, sizes)
        return [e.xreplace(change) for e in np.asarray(table, dtype=object).ravel()]

    def _known(self, given: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[Any, Any]:
        """The last entry of what is known to add up to a number, by the others."""
        change: dict[Any, Any] = {}
        for key, value in self.put.items():
            whole = evaluate(as_tensor(key), given, sizes, Symbols())[()]
            last = max(whole.free_symbols, key=str)
            if whole.is_Add and last in whole.args:
                change[last] = last - whole + value
        return change

    def _scalars(self) -> set[Any]:
        found: set[Any] = set()
        sizes = set(self._sizes)
        for x in nodes(*self._all):
            for part in (getattr(x, "coefficient", None), getattr(x, "expr", None)):
                if part is not None:
                    found |= {s for s in part.free_symbols if s.name not in sizes}
        return {s for s in found if not s.name.startswith("_") and s.name.isidentifier()}

    @cached_property
    def _wrong(self) -> Forall | None:
        """The first entry that is not 0 somewhere, at the smallest sizes."""
        for n in (1, 2):
            sizes = dict.fromkeys(self._sizes, n)
            for k, (left, right) in enumerate(self._pairs(sizes)):
                if left == right:
                    continue
                found = Forall(Eq(left, right, evaluate=False), tries=2_000, name=f"entry {k}")
                if found.point is not None:
                    return found
        return None

    def refute(self) -> str | None:
        """Entries, at sizes 1 or 2, at which it is not 0."""
        return None if self._wrong is None else self._wrong.refute()

    def theorem(self, name: str) -> Theorem | None:
        """Its entries at small sizes."""
        if self.coq is None:
            return None
        pairs = self._pairs(self.coq)
        goal = Forall(And(*(Eq(a, b, evaluate=False) for a, b in pairs), evaluate=False),
                      self._defined([e for p in pairs for e in p]), script=self.script)
        made = goal.theorem(name)
        at = ", ".join(f"{k} = {v}" for k, v in self.coq.items())
        return None if made is None else Theorem(made.name, made.text, at)

    @staticmethod
    def _defined(entries: Sequence[Any]) -> tuple[Any, ...]:
        """That denominators are not 0."""
        from sympy import Ne, Pow

        found = {p.base for e in entries for p in e.atoms(Pow) if p.exp.is_negative}
        return tuple(Ne(b, 0) for b in sorted(found, key=str) if not b.is_number)

    def negation(self, name: str) -> Theorem | None:
        """That the entry found is not 0."""
        return None if self._wrong is None else self._wrong.negation(name)


def same(first: Any, second: Any, **options: Any) -> Zero:
    """That two tensor expressions are equal at every size."""
    left, right = as_tensor(first), as_tensor(second)
    return Zero(left - right, sides=(left, right), **options)




def slope(scalar: Any, variable: Any, claimed: Any, **options: Any) -> Zero:
    """That a scalar's gradient is a tensor, at every size."""
    left, right = gradient(scalar, variable), as_tensor(claimed)
    of = (as_tensor(scalar), as_tensor(variable), 1)
    return Zero(left - right, sides=(left, right), of=of, **options)


def bend(scalar: Any, variable: Any, claimed: Any, **options: Any) -> Zero:
    """That a scalar's Hessian by a vector is a matrix, at every size."""
    left, right = hessian(scalar, variable), as_tensor(claimed)
    of = (as_tensor(scalar), as_tensor(variable), 2)
    return Zero(left - right, sides=(left, right), of=of, **options)
