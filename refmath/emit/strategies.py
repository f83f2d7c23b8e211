"""Hypothesis strategies from the declared domains, for tests of one's own.

``hyperparameters(rule)`` draws values inside the domains, edges included; ``cases(rule)`` draws
whole runs: parameters, gradients and learning rates of every step.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from refmath import rules
from refmath.domain import Interval
from refmath.emit.cases import Case
from refmath.errors import InvalidInput, UnknownName
from refmath.formats import Format, format_of
from refmath.rule import Rule

__all__ = ["cases", "hyperparameters", "values"]


def values(domain: Interval) -> st.SearchStrategy[float]:
    """Floats inside a domain: its edges, its samples, and anything between."""
    low = float(domain.low) if domain.low is not None else -1e3
    high = float(domain.high) if domain.high is not None else 1e3
    inside = st.floats(
        low, high, exclude_min=domain.low_open and domain.low is not None,
        exclude_max=domain.high_open and domain.high is not None, allow_subnormal=False,
    )
    chosen = [float(x) for x in domain.edges + domain.samples if float(x) in domain]
    return st.one_of(st.sampled_from(chosen), inside.filter(lambda x: x in domain))


def hyperparameters(rule: str | Rule, **fixed: float) -> st.SearchStrategy[dict[str, float]]:
    """Values of all hyperparameters of a rule, by the field's names.

    Args:
        rule: The rule, or its name.
        fixed: Values that are not drawn: ``lr=0.1``.

    Raises:
        InvalidInput: A fixed value lies outside its domain.
        UnknownName: The rule or a hyperparameter of that name does not exist.
    """
    declared = rules.get(rule) if isinstance(rule, str) else rule
    for key in fixed:
        if key not in declared.hyper:
            raise UnknownName(f"hyperparameter of {declared.name}", key, list(declared.hyper))
    drawn: dict[str, st.SearchStrategy[float]] = {}
    for key, symbol in declared.hyper.items():
        if key in fixed:
            symbol.domain.check(key, fixed[key])
            drawn[key] = st.just(float(fixed[key]))
        else:
            drawn[key] = values(symbol.domain)
    return st.fixed_dictionaries(drawn)


def _numbers(fmt: Format, largest: float) -> st.SearchStrategy[float]:
    widths: dict[str, Literal[16, 32, 64]] = {"float16": 16, "float64": 64}
    width = widths.get(fmt.name, 32)
    small = st.sampled_from([0.0, 1.0, -1.0, 0.5])
    return st.one_of(
        small, st.floats(-largest, largest, width=width, allow_subnormal=False)
    )


def cases(
    rule: str | Rule, dtype: str = "float64", *, max_steps: int = 6, max_size: int = 4
) -> st.SearchStrategy[Case]:
    """Runs of a rule: two tensors, gradients for every step, a learning rate for every step.

    Args:
        rule: The rule, or its name.
        dtype: ``float64``, ``float32``, ``float16`` or ``bfloat16``.
        max_steps: At most so many steps.
        max_size: At most so many elements a tensor.

    Raises:
        UnknownName: The rule or dtype does not exist.
        InvalidInput: A limit below 1.
    """
    for name, value in (("max_steps", max_steps), ("max_size", max_size)):
        if value < 1:
            raise InvalidInput(f"{name}={value!r} must be at least 1")
    declared = rules.get(rule) if isinstance(rule, str) else rule
    return _cases(declared, format_of(dtype), max_steps, max_size)


@st.composite
def _cases(draw: st.DrawFn, rule: Rule, fmt: Format, max_steps: int, max_size: int) -> Case:
    shapes = [
        draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=1, max_side=max_size))
        for _ in range(draw(st.integers(1, 2)))
    ]
    shapes = [s if int(np.prod(s)) <= max_size else s[:1] for s in shapes]
    chosen = {k: values(h.domain).filter(_fits(fmt, h.domain)) for k, h in rule.hyper.items()}
    hyper = draw(st.fixed_dictionaries(chosen))
    first = hyper.pop("lr", 0.1)
    rate = st.sampled_from([first, first / 2, 0.1, 1.0, 0.0])
    largest = float(2 ** min(fmt.safe, 13))
    row = st.tuples(rate, *(_arrays(fmt, s, largest) for s in shapes))
    params = draw(st.tuples(*(_arrays(fmt, s, 8.0) for s in shapes)))
    rows = draw(st.lists(row, min_size=1, max_size=max_steps))
    rates, grads = tuple(r[0] for r in rows), tuple(r[1:] for r in rows)
    return Case(fmt.name, params, grads, rates, hyper, {}, draw(st.booleans()))


def _fits(fmt: Format, domain: Interval) -> Callable[[float], bool]:
    """Whether a value of a hyperparameter still lies in its domain when rounded to a format."""
    return lambda x: (x == 0 or abs(x) >= fmt.flush) and float(fmt.round(x)) in domain


def _arrays(
    fmt: Format, shape: tuple[int, ...], largest: float
) -> st.SearchStrategy[np.ndarray]:
    drawn = hnp.arrays(np.float64, shape, elements=_numbers(fmt, largest))
    return drawn.map(lambda a: np.asarray(fmt.round(a)))
