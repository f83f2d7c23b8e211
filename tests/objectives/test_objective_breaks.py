"""A wrong rule in the calculus is found: the comparison with SymPy turns red for each of them."""

import pytest
from objective_breaks import BREAKS
from objective_exact import precision
from objective_points import differences, sizes_of

from refmath import objectives


@pytest.mark.parametrize("name", BREAKS)
def test_a_wrong_rule_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each break alone makes the derivatives of an objective differ; without it they agree."""
    apply, objective, settings = BREAKS[name]
    right = objectives.get(objective).vary(**settings)
    with precision():
        assert differences(right, sizes_of(right)) == []
        apply(monkeypatch)
        wrong = right.vary()  # a new one, whose derivatives are not known yet
        assert differences(wrong, sizes_of(wrong)) != []
