"""When a system H theta = b has one solution, and whether that is a minimum: read off H."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sympy import Mul, S

from refmath.closed_form.gram import (
    Gram,
    Term,
    gram,
    is_nonnegative,
    is_positive,
    square,
    terms,
)
from refmath.closed_form.quadratic import degrees
from refmath.tensor import build
from refmath.tensor.node import Product, Tensor, Variable

__all__ = ["Condition", "Requirement", "condition_of"]

Kind = Literal[
    "nonnegative", "positive", "positive_semidefinite", "positive_definite", "full_column_rank",
    "non_singular",
]
Curvature = Literal["convex", "concave", "unknown"]


@dataclass(frozen=True)
class Requirement:
    """One thing that must hold.

    Attributes:
        kind: What must hold.
        of: Of which scalars or tensors; for ``full_column_rank`` of the matrices stacked.
        where: For ``full_column_rank``: only rows at which these are positive count.
    """

    kind: Kind
    of: tuple[Any, ...]
    where: tuple[Tensor, ...] = ()

    @property
    def words(self) -> str:
        """What must hold, for people."""
        if self.kind == "non_singular":
            return "H is non-singular"
        shown = [_text(x) for x in (*self.of, *self.where[:1])]
        defined = "".join(f", with {rest}" for _, rest in shown if rest)
        names = [first for first, _ in shown[:len(self.of)]]
        if self.kind == "full_column_rank":
            return self._rank_words(names, shown[-1][0]) + defined
        what = {
            "nonnegative": ">= 0", "positive": "> 0",
            "positive_semidefinite": "is positive semidefinite",
            "positive_definite": "is positive definite",
        }
        return f"{' and '.join(names)} {what[self.kind]}{defined}"

    def _rank_words(self, names: list[str], weight: str) -> str:
        if len(names) > 1:
            return f"{' and '.join(names)}, stacked, have full column rank"
        flipped = _transposed(self.of[0])
        if flipped is not None and not self.where:
            return f"{flipped.name} has full row rank"
        rows = f" on the rows where {weight} > 0" if self.where else ""
        return f"{names[0]} has full column rank{rows}"


@dataclass(frozen=True)
class Condition:
    """When the solution exists and is unique.

    Attributes:
        assumed: What is taken for granted when H is read as positive (negative) semidefinite.
        alternatives: Each is enough; an empty one always holds.
        curvature: ``convex`` if H is then positive semidefinite, ``concave`` if -H is.
    """

    assumed: tuple[Requirement, ...]
    alternatives: tuple[tuple[Requirement, ...], ...]
    curvature: Curvature

    @property
    def words(self) -> str:
        """The condition, for people."""
        parts = []
        for alternative in self.alternatives:
            listed = " and ".join(r.words for r in alternative)
            if not alternative:
                listed = "always"
            elif all(r.kind == "positive" for r in alternative):
                listed = f"always, for {listed}"
            parts.append(listed)
        implied = {x for a in self.alternatives for r in a for x in (*r.of, *r.where)}
        extra = [r.words for r in self.assumed if len(parts) > 1 or r.of[0] not in implied]
        given = f" ({', '.join(extra)})" if extra else ""
        return "; or where ".join(parts) + given

    @property
    def is_minimum(self) -> bool | None:
        """True for a minimum, False for a maximum, None where H decides."""
        return {"convex": True, "concave": False, "unknown": None}[self.curvature]

    @property
    def reason(self) -> str:
        """Why it is a minimum, or what decides."""
        if self.curvature == "unknown":
            return "a minimum where H is positive definite"
        given = " and ".join(r.words for r in self.assumed)
        minus, kind = ("", "minimum") if self.curvature == "convex" else ("-", "maximum")
        tail = f", for {given}" if given else ""
        return f"a {kind}: {minus}H is a sum of positive semidefinite terms{tail}"


def _text(value: Any) -> tuple[str, str]:
    """A scalar or tensor for a sentence, and what it is made of if that is written apart."""
    first, *rest = (value.text() if isinstance(value, Tensor) else str(value)).splitlines()
    return first, "; ".join(line.removeprefix("where").strip() for line in rest)


def _transposed(root: Tensor) -> Variable | None:
    """The matrix of which an expression is the transpose."""
    if isinstance(root, Product) and root.coefficient == 1 and root.labels == ((1, 0),):
        (child,) = root.children
        return child if isinstance(child, Variable) else None
    return None


def condition_of(hessian: Tensor, objective: Tensor, theta: Any) -> Condition:
    """When a Hessian is non-singular, and its sign.

    Args:
        hessian: Of shape (*theta.shape, *theta.shape), free of theta.
        objective: What it is the Hessian of.
        theta: A variable or a scalar symbol.
    """
    for curvature, sign in _SIGNS:
        grams = [gram(x) for x in terms(build.scaled(sign, hessian), hessian.rank // 2)]
        if _are_nonnegative(grams):
            return _certified([g for g in grams if g], curvature, hessian)
    if isinstance(theta, Tensor):
        for curvature, sign in _SIGNS:
            bent = [x for x in terms(build.scaled(sign, objective), 0) if _is_bent(x, theta)]
            grams = [square(x, theta) for x in bent]
            if _are_nonnegative(grams):
                return _certified([g for g in grams if g], curvature, hessian)
    return Condition((), ((Requirement("non_singular", (hessian,)),),), "unknown")


_SIGNS: tuple[tuple[Curvature, int], ...] = (("convex", 1), ("concave", -1))


def _are_nonnegative(grams: list[Gram | None]) -> bool:
    """Whether all terms are Gram matrices and none has a negative coefficient.

    A matrix that is given as a whole may have any sign: then there is nothing to be read off.
    """
    known = [g for g in grams if g is not None]
    whole = len(grams) == 1 and all(g.middles and not g.roots for g in known)
    return len(known) == len(grams) and not whole and not any(
        _unsigned(g.coefficient)[1] for g in known
    )


def _is_bent(term: Term, theta: Tensor) -> bool:
    """Whether a term of an objective is more than linear in theta."""
    return bool(sum(degrees(x, theta)[x] for x, _ in term.factors) > 1)


def _unsigned(coefficient: Any) -> tuple[Any, bool]:
    """What of a coefficient is not known to be positive, and whether that is negative."""
    rest = S.One
    for factor in Mul.make_args(coefficient):
        if not factor.is_positive:
            rest *= factor
    return rest, bool(rest.is_negative or rest.as_coeff_Mul()[0].is_negative)


def _certified(grams: list[Gram], curvature: Curvature, matrix: Tensor) -> Condition:
    assumed: dict[Requirement, None] = {}
    diagonal: dict[tuple[Requirement, ...], None] = {}
    rooted = []
    for g in grams:
        assumed.update(dict.fromkeys(_semidefinite(g)))
        if not g.definite:
            continue
        if g.roots:
            rooted.append(g)
        else:
            diagonal[tuple(_definite(g))] = None
    alternatives: list[tuple[Requirement, ...]] = (
        [()] if () in diagonal else sorted(diagonal, key=len)
    )
    if () not in diagonal:
        single = [g for g in rooted if len(g.roots) == 1]
        alternatives += [_stacked(single)] if single else []
        alternatives += [_stacked([g]) for g in rooted if len(g.roots) > 1]
    if not alternatives:
        alternatives = [(Requirement("non_singular", (matrix,)),)]
    return Condition(tuple(assumed), tuple(alternatives), curvature)


def _semidefinite(g: Gram) -> Iterable[Requirement]:
    """What makes a term positive semidefinite."""
    rest, _ = _unsigned(g.coefficient)
    if not rest.is_nonnegative:
        yield Requirement("nonnegative", (rest,))
    for w in g.weights:
        if not is_nonnegative(w):
            yield Requirement("nonnegative", (w,))
    for m in g.middles:
        yield Requirement("positive_semidefinite", (m,))


def _definite(g: Gram) -> Iterable[Requirement]:
    """What makes a term without a root positive definite."""
    rest, _ = _unsigned(g.coefficient)
    if rest != 1:
        yield Requirement("positive", (rest,))
    if g.diagonal is not None and not is_positive(g.diagonal):
        yield Requirement("positive", (g.diagonal,))
    for m in g.middles:
        yield Requirement("positive_definite", (m,))


def _stacked(grams: list[Gram]) -> tuple[Requirement, ...]:
    """What makes terms with roots positive definite together: one root each, or one term."""
    extra: dict[Requirement, None] = {}
    where: dict[Tensor, None] = {}
    for g in grams:
        rest, _ = _unsigned(g.coefficient)
        if rest != 1:
            extra[Requirement("positive", (rest,))] = None
        extra.update({Requirement("positive_definite", (m,)): None for m in g.middles})
        where.update({w: None for w in g.weights if not is_positive(w)})
    roots = tuple(x for g in grams for x in g.roots)
    groups = [roots] if len(grams) > 1 else [(x,) for x in roots]
    ranks = [Requirement("full_column_rank", group, tuple(where)) for group in groups]
    return (*ranks, *extra)
