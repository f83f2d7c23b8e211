"""What a check of a gradient refuses."""

import re
from typing import Any

import gradient_subjects as subjects
import numpy as np
import pytest
from gradient_subjects import RIDGE, SOFTMAX

from refmath import check_gradient
from refmath.errors import InvalidInput, UnknownName
from refmath.oracle.gradient.cases import PROBES

FEW = {"examples": 2 * len(PROBES)}


REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"objective": "cross_entrpy"}, UnknownName, "Did you mean 'cross_entropy'"),
    ({"objective": object()}, InvalidInput, "expected an objective"),
    ({"objective": RIDGE, "wrt": None}, InvalidInput, "one of: X, theta, y"),
    ({"objective": RIDGE, "wrt": "phi"}, UnknownName, "Known: X, lambda, theta, y"),
    ({"objective": SOFTMAX, "wrt": "c"}, UnknownName, "variable of real numbers 'c'"),
    ({"objective": RIDGE, "wrt": "theta theta"}, InvalidInput, "each variable once"),
    ({"objective": RIDGE, "wrt": "theta", "vary": {"reduction": "sum"}}, InvalidInput, "no axis"),
    ({"objective": RIDGE, "wrt": "theta", "vary": {"kink": "two"}}, UnknownName, "half, one, zero"),
    ({"objective": RIDGE, "wrt": "theta", "kind": "jacobian"}, UnknownName, "kind of function"),
    ({"objective": RIDGE, "wrt": "theta", "framework": "tf"}, UnknownName, "jax, numpy, torch"),
    ({"objective": RIDGE, "wrt": "theta", "dtypes": []}, InvalidInput, "at least one dtype"),
    ({"objective": RIDGE, "wrt": "theta", "dtypes": ["float8"]}, UnknownName, "dtype 'float8'"),
    ({"objective": RIDGE, "wrt": "theta", "dtypes": ["bfloat16"]}, InvalidInput, "with numpy"),
    ({"objective": RIDGE, "wrt": "theta", "examples": 0}, InvalidInput, "examples=0"),
    ({"objective": RIDGE, "wrt": "theta", "seed": -1}, InvalidInput, "seed=-1"),
    ({"objective": RIDGE, "wrt": "theta", "seconds": 0}, InvalidInput, "seconds=0"),
    ({"objective": RIDGE, "wrt": "theta", "domains": {"q": "R"}}, UnknownName, "'q'"),
    ({"objective": RIDGE, "wrt": "theta", "sizes": {"q": 2}}, UnknownName, "size 'q'"),
    ({"objective": RIDGE, "wrt": "theta", "constants": {"q": 2}}, UnknownName, "'q'"),
    ({"objective": RIDGE, "wrt": "theta", "argnames": ["q"]}, UnknownName, "'q'"),
    ({"objective": np.ones(3), "wrt": "theta"}, InvalidInput, "without a declared objective"),
]


@pytest.mark.parametrize(("options", "error", "text"), REFUSED, ids=[t for _, _, t in REFUSED])
def test_refused(options: dict[str, Any], error: type[Exception], text: str) -> None:
    """Bad questions are refused, with what there is."""
    with pytest.raises(error, match=re.escape(text)):
        check_gradient(subjects.ridge, **options)


def test_arguments_that_do_not_fit() -> None:
    """A function whose arguments have other names is told how to say which is which."""
    with pytest.raises(InvalidInput, match="expected arguments called X, theta, y, lambda"):
        check_gradient(lambda a, b, q, r: a, RIDGE, "theta")
    with pytest.raises(InvalidInput, match="expected a function of arrays, found int"):
        check_gradient(3, RIDGE, "theta")
