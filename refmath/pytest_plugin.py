"""The pytest plugin: the fixtures ``assert_conforms`` and ``assert_gradient``, and their options.

::

    def test_my_adam(assert_conforms):
        assert_conforms(MyAdam, rule="adam")

    def test_my_gradient(assert_gradient):
        assert_gradient(my_gradient, "cross_entropy")
"""

from collections.abc import Callable
from typing import Any

import pytest

__all__ = ["assert_conforms", "assert_gradient", "pytest_addoption", "pytest_configure"]


_LEAST = {"examples": 1, "seed": 0}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options for the budget and the seed, on the command line or in the configuration file."""
    group = parser.getgroup("refmath", "holding optimizers against their update rules")
    group.addoption("--refmath-examples", type=int, default=None, metavar="N",
                    help="cases a dtype of each refmath check")
    group.addoption("--refmath-seed", type=int, default=None, metavar="N",
                    help="seed of each refmath check")
    parser.addini("refmath_examples", "cases a dtype of each refmath check", default=None)
    parser.addini("refmath_seed", "seed of each refmath check", default=None)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse bad settings before anything runs."""
    for name in _LEAST:
        _option(config, name)


def _option(config: pytest.Config, name: str) -> int | None:
    given = config.getoption(f"--refmath-{name}")
    shown = f"--refmath-{name}" if given is not None else f"refmath_{name}"
    text = given if given is not None else config.getini(f"refmath_{name}")
    if text in (None, ""):
        return None
    least = _LEAST[name]
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if value < least:
        raise pytest.UsageError(
            f"{shown} must be a whole number of at least {least}, found {text!r}"
        )
    return value


def _defaults(config: pytest.Config) -> dict[str, int]:
    return {k: v for k in ("examples", "seed") if (v := _option(config, k)) is not None}


@pytest.fixture(scope="session")
def assert_conforms(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Assert that an optimizer conforms to a rule: ``assert_conforms(make, rule="adam")``.

    Takes what ``refmath.check`` takes. The number of cases and the seed come from
    ``--refmath-examples`` and ``--refmath-seed`` unless they are given in the call.
    """
    defaults = _defaults(request.config)

    def assertion(subject: Any, rule: Any = None, convention: str | None = None,
                  **options: Any) -> Any:
        __tracebackhide__ = True
        from refmath.oracle.assertion import assert_conforms as check

        return check(subject, rule, convention, **{**defaults, **options})

    return assertion


@pytest.fixture(scope="session")
def assert_gradient(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Assert that a gradient is that of an objective: ``assert_gradient(grad, "least_squares")``.

    Takes what ``refmath.check_gradient`` takes. The number of cases and the seed come from
    ``--refmath-examples`` and ``--refmath-seed`` unless they are given in the call.
    """
    defaults = _defaults(request.config)

    def assertion(subject: Any, objective: Any, wrt: Any = None, **options: Any) -> Any:
        __tracebackhide__ = True
        from refmath.oracle.assertion import assert_gradient as check

        return check(subject, objective, wrt, **{**defaults, **options})

    return assertion
