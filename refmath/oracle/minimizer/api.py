"""From what a person asks about a minimizer to its results."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from refmath import rules
from refmath.domain import exact
from refmath.errors import InvalidInput, UnknownName
from refmath.oracle.minimizer.variants import RULES

__all__ = ["TARGETS", "check_minimizer", "claims", "minimizer_task", "run"]

TARGETS = (
    "refmath.optimizers:BFGS", "refmath.optimizers:LBFGS", "refmath.optimizers:Newton",
    "scipy:BFGS", "scipy:L-BFGS-B", "torch.optim:LBFGS", "optax:lbfgs",
)  # fmt: skip
"""The minimizers whose ways are known."""


def claims(target: str, rule: str | None) -> bool:
    """Whether this is a minimizer, to be judged here."""
    if rule in RULES or target in TARGETS or target.startswith("scipy:"):
        return True
    if rule is None or ":" in rule or rule in rules.ALL:
        return False
    return bool(get_close_matches(rule, RULES))


def minimizer_task(
    target: Any,
    rule: str | None = None,
    *,
    vary: Mapping[str, str] | None = None,
    constants: Mapping[str, float] | None = None,
    examples: int | None = None,
    seconds: float | None = 10.0,
    by_name: bool = True,
    dtypes: Sequence[str] | None = None,
) -> Any:
    """What is to be checked.

    Args:
        target: One of `TARGETS`, MODULE:NAME of ``minimize(fun, x0, jac, callback)``, or such a
            function.
        rule: "bfgs", "lbfgs" or "newton"; for a known target it may be left out.
        vary: ``{"first": "scaled"}`` asks for BFGS from a scaled identity.
        constants: memory, c1 and c2 of a function that cannot be asked for them.
        examples: How many runs, the first of them; all by default.
        seconds: Time limit for one run.
        by_name: Whether findings beside the iterates are results of their own.
        dtypes: Formats to run in, of those that the target computes in; all of them by default.
            PyTorch's and Optax's compute in float32, too; SciPy's and refmath's go on in float64
            whatever the start is, and a function of one's own is handed float64.

    Raises:
        InvalidInput: The target cannot be run.
        UnknownName: There is no such rule, axis or constant.
    """
    from refmath.oracle.minimizer.adapters import subject
    from refmath.oracle.minimizer.cases import cases
    from refmath.oracle.minimizer.subject import Asked

    found = subject(target, rule, constants or {})
    for axis, option in (vary or {}).items():
        if axis != "first" or found.rule != "bfgs":
            raise UnknownName(f"axis of {found.rule}", axis, ["first"])
        if option not in ("identity", "scaled"):
            raise UnknownName("option of first", option, ["identity", "scaled"])
        found = replace(found, form=replace(found.form, first=option))
    for dtype in dtypes or ():
        if dtype not in found.dtypes:
            raise InvalidInput(
                f"dtype {dtype}: expected {' or '.join(found.dtypes)}, for {found.name} "
                "computes in nothing else"
            )
    return Asked(found, cases()[:examples], seconds, by_name, tuple(dtypes or found.dtypes))


def check_minimizer(target: Any, rule: str | None = None, **options: Any) -> Any:
    """Check a minimizer, as ``refmath check`` does; returns a `Report`.

    Args:
        target: As `minimizer_task` takes it.
        rule: As well.
        **options: Its further arguments.

    Raises:
        InvalidInput: The target cannot be run.
        UnknownName: There is no such rule, axis or constant.
    """
    from refmath.oracle.minimizer import check
    from refmath.oracle.report import Report

    return Report(0, list(check.check_minimizer(minimizer_task(target, rule, **options))))


def run(
    job: Mapping[str, Any], say_total: Callable[[int], None], tick: Callable[[], None]
) -> list[Any]:
    """Check the target of a job of the command line; returns its results."""
    from refmath.oracle.minimizer.check import check_minimizer

    for name in ("convention", "switches"):
        if job.get(name):
            option = "switch" if name == "switches" else name
            raise InvalidInput(f"--{option} is for update rules; it does not go with a minimizer")
    asked = minimizer_task(
        job["target"], job["rule"], vary=job["vary"],
        constants={k: float(exact(v)) for k, v in job["fixed"].items()},
        examples=job["examples"], seconds=job["seconds"], by_name=job.get("by_name", True),
        dtypes=job.get("dtypes"),
    )  # fmt: skip
    say_total(len(asked.cases) * len(asked.dtypes))
    return check_minimizer(asked, tick)
