"""Multiclass hinge losses: by the most violating class, and by all violating classes."""

from collections.abc import Callable
from typing import Any

from refmath.objective import Axis, Objective, given, parameter
from refmath.objectives.losses._options import ROW_REDUCTION, reduce
from refmath.tensor import Tensor, dims, gather, relu, tensors
from refmath.tensor import max as max_of
from refmath.tensor import sum as sum_of
from refmath.tensor.build import one_hot

S, c = tensors("S[n,k] c[n] in k")
k = dims("k")
others = 1 - one_hot(c)
own = gather(S, c)

_SCORES = parameter(S, "scores, one row an example")
_LABELS = given(c, "class labels")


def _excluded() -> Tensor:
    return max_of(S + others, axis=1) - own


def _as_zero() -> Tensor:
    return relu(1 + max_of(S * others, axis=1) - own)


def _most(true_class: Callable[[], Tensor], reduction: str) -> Tensor:
    return reduce(true_class(), reduction)


crammer_singer = Objective(
    name="crammer_singer",
    title="Multiclass hinge loss of Crammer and Singer",
    source="Crammer and Singer 2001, On the Algorithmic Implementation of Multiclass Kernel-based "
           "Vector Machines, JMLR 2, section 3",
    inputs=(_SCORES, _LABELS),
    formula=_most,
    sizes={"k": 4},
    axes=(
        Axis("true_class", {"excluded": _excluded, "zero": _as_zero},
             "max over j of s_j + [j is not the label], less the label's score; or max over j of "
             "s_j with the label's own score replaced by 0"),
        ROW_REDUCTION,
    ),
)


def _every(divisor: Any, power: Any, reduction: str) -> Tensor:
    margins = relu(1 + S - own[:, None]) ** power * others
    return reduce(sum_of(margins, axis=1) / divisor, reduction)


weston_watkins = Objective(
    name="weston_watkins",
    title="Multiclass hinge loss of Weston and Watkins",
    source="Weston and Watkins 1999, Support Vector Machines for Multi-Class Pattern Recognition, "
           "section 3 (with margin 1)",
    inputs=(_SCORES, _LABELS),
    formula=_every,
    sizes={"k": 4},
    axes=(
        Axis("divisor", {"one": 1, "classes": k},
             "a row's sum, or the sum divided by the number of classes"),
        Axis("power", {"one": 1, "two": 2}, "the hinge, or its square"),
        ROW_REDUCTION,
    ),
)
