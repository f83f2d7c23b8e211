"""Proved relations hold in floating point, and every false neighbour is seen to break there."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numeric_runs import CLASSES, generated, numeric, written

from refmath.proof.relations import Law, relations
from refmath.rule import Rule

FOLDER = Path(__file__).parents[2] / "proofs" / "relations"
LAWS = list(relations(FOLDER))
CONTROLS = list(relations(FOLDER, controls=True))
SHARES = [Fraction(k, 16) for k in range(16)]
POWERS = [Fraction(2) ** k for k in range(-3, 4) if k]
EXACT = ("mirror-", "scale-")


def label(law: Law) -> str:
    """A test id: the claim, and which of its statements."""
    same = [x for x in (LAWS if law in LAWS else CONTROLS) if x.claim == law.claim]
    return f"{law.claim}-{[x is law for x in same].index(True) + 1}"


def drawn(symbol: Any) -> st.SearchStrategy[Fraction]:
    """Numbers that are doubles, of a size at which nothing overflows or underflows."""
    name = symbol.name
    if name in ("beta1", "beta2", "rho", "momentum", "dampening"):
        return st.sampled_from(SHARES)
    if name == "c":
        return st.sampled_from(POWERS)
    whole = st.integers(-160, 160) if name in ("g", "theta_0") else st.integers(1, 64)
    return whole.map(lambda k: Fraction(k, 32))


@st.composite
def points(draw: st.DrawFn, law: Law) -> tuple[dict[Any, Fraction], list[dict[Any, Fraction]]]:
    """Constants, and inputs for up to five steps."""
    constants = {s: draw(drawn(s)) for s in law.constants}
    steps = draw(st.integers(1, 5))
    return constants, [{s: draw(drawn(s)) for s in law.inputs} for _ in range(steps)]


@pytest.mark.parametrize("law", LAWS, ids=label)
def test_a_relation_holds_in_floating_point(law: Law) -> None:
    """Two runs keep it within their certified bounds; a mirror or a power of two, bit for bit."""

    @settings(max_examples=8, deadline=None, database=None)
    @given(points(law))
    def check(point: tuple[dict[Any, Fraction], list[dict[Any, Fraction]]]) -> None:
        assume(law.allowed(*point))
        bitwise = law.claim.startswith(EXACT)
        assert law.broken(numeric, *point, bitwise=bitwise) is None

    check()


@pytest.mark.parametrize("law", CONTROLS, ids=label)
def test_a_wrong_optimizer_breaks_it(law: Law) -> None:
    """At the exact counterexample the floating-point runs are further apart than they may be."""
    trace = law.statement.trace
    assert trace is not None
    assert law.broken(generated, trace[0], trace[1]) is not None


def test_hand_written_optimizers_take_part() -> None:
    """At least a hundred laws run one of refmath.optimizers, and each of these is run by some."""
    own = [law for law in LAWS if any(written(r) is not None for r in law.statement.runs)]
    assert len(own) >= 100
    run = {r.rule.name for law in own for r in law.statement.runs if isinstance(r.rule, Rule)}
    assert set(CLASSES) <= run
