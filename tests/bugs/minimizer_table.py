"""The table: bugs of quasi-Newton methods and line searches, with what the oracle must say."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import subjects_minimizer as subjects

__all__ = ["MINIMIZER_BUGS", "MinimizerBug"]


@dataclass(frozen=True)
class MinimizerBug:
    """One real bug of a minimizer, written anew.

    Attributes:
        id: Its number.
        refs: Project and thread where it was found.
        subject: Makes the wrong minimizer, or with ``fixed=True`` its right counterpart.
        rule: What it is held against.
        named: What the first line of diagnosis must contain.
        shown: What a slip must say.
    """

    id: int
    refs: str
    subject: Callable[..., Callable[..., Any]]
    rule: str
    named: str
    shown: str

    def __str__(self) -> str:
        return f"{self.id}-{self.subject.__name__}"


MINIMIZER_BUGS = (
    MinimizerBug(39, "endoli/fiksi PR 3", subjects.gamma_oldest, "lbfgs",
                 "gamma is that of the oldest pair", "step 3 does not go along"),
    MinimizerBug(75, "gonum/optimize PR 8", subjects.one_late, "lbfgs",
                 "each pair enters one step late", "step 3 does not go along"),
    MinimizerBug(76, "pytorch/pytorch issue 1039, PR 8824", subjects.rho_stays, "lbfgs",
                 "1 / y's is not evicted with its pair", "step 4 does not go along"),
    MinimizerBug(107, "scipy/scipy PR 12234, magnopy PR 65, yixuan/LBFGSpp issue 31 and others",
                 subjects.bfgs, "bfgs", "divides by y's = 0", "y's is 0"),
    MinimizerBug(112, "scipy/scipy issue 13695, jax-ml/jax PR 40228, google/jaxopt PRs 438, 442",
                 subjects.zoom_signed, "lbfgs", "the line search fails where steps", "gives up"),
    MinimizerBug(115, "cpmech/russell PR 166", subjects.accumulating, "lbfgs",
                 "backtracking goes on from the last trial point", "already too far"),
    MinimizerBug(116, "cpmech/russell PR 166", subjects.positive_slope, "lbfgs",
                 "a slope at 0 of the wrong sign", "takes the function up"),
    MinimizerBug(117, "scipy/scipy PR 26069", subjects.slope_from_value, "lbfgs",
                 "a slope at 0 of the wrong sign", "takes the function up"),
    MinimizerBug(118, "JuliaNLSolvers/LineSearches.jl issue 151", subjects.slope_for_value,
                 "lbfgs", "fun and x of the result belong to different points", "returns fun="),
    MinimizerBug(123, "pytorch/pytorch issue 91581, PRs 135026, 161488",
                 subjects.budget_forgotten, "lbfgs", "the limit on evaluations is not handed down",
                 "evaluations are allowed"),
    MinimizerBug(124, "pytorch/pytorch PR 187309", subjects.half_negated, "lbfgs",
                 "only one of function and gradient negated", "takes the function up"),
    MinimizerBug(126, "microprediction/humpday issue 352, JuliaNLSolvers/Optim.jl PR 177",
                 subjects.uphill_newton, "newton", "a step is taken uphill", "goes uphill"),
)  # fmt: skip
"""The bugs that show in a whole minimizer; `test_bugs_minimizer` has those of one interpolation."""
