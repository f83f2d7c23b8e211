"""Random expressions and their derivatives mean, as printed, what they are."""

import re

from hypothesis import assume, given, settings
from notation_balls import UndecidedError
from notation_cases import SMALL, differences, expressions

from refmath.errors import InvalidInput
from refmath.tensor import Tensor


def check(node: Tensor, text: str) -> None:
    """A formula, read back, is the expression."""
    try:
        found = differences(node, text, SMALL)
    except (UndecidedError, InvalidInput):  # a kink, or more entries chosen than there are
        assume(False)
    assert found == [], text


@settings(derandomize=True, deadline=None, max_examples=150)
@given(expressions())
def test_matrix_notation_means_the_expression(node: Tensor) -> None:
    """The text of any expression, read by its grammar, has the expression's value."""
    check(node, node.text())


@settings(derandomize=True, deadline=None, max_examples=150)
@given(expressions())
def test_index_notation_means_the_expression(node: Tensor) -> None:
    """So has its index notation."""
    check(node, node.indices())


def is_balanced(text: str) -> bool:
    r"""Whether braces, \left and \right, \begin and \end are balanced."""
    depth = 0
    for sign in re.sub(r"\\[{}]", "", text):
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    begun, ended = (re.findall(rf"\\{word}\{{(\w+)\}}", text) for word in ("begin", "end"))
    sides = [text.count(rf"\{word}") for word in ("left", "right")]
    return depth == 0 and sides[0] == sides[1] and begun == ended


@settings(derandomize=True, deadline=None, max_examples=150)
@given(expressions())
def test_latex_is_well_formed(node: Tensor) -> None:
    """The LaTeX of any expression has its brackets in pairs."""
    assert is_balanced(node.latex()), node.latex()
