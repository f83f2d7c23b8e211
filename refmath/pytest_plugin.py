"""The pytest plugin: the fixture ``assert_conforms`` and its options.

::

    def test_my_adam(assert_conforms):
        assert_conforms(MyAdam, rule="adam")
"""

from collections.abc import Callable
from typing import Any

import pytest

__all__ = ["assert_conforms", "pytest_addoption", "pytest_configure"]


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


@pytest.fixture(scope="session")
def assert_conforms(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Assert that an optimizer conforms to a rule: ``assert_conforms(make, rule="adam")``.

    Takes what ``refmath.check`` takes. The number of cases and the seed come from
    ``--refmath-examples`` and ``--refmath-seed`` unless they are given in the call.
    """
    config = request.config
    defaults = {k: v for k in ("examples", "seed") if (v := _option(config, k)) is not None}

    def assertion(subject: Any, rule: Any = None, convention: str | None = None,
                  **options: Any) -> Any:
        __tracebackhide__ = True
        from refmath.oracle.assertion import assert_conforms as check

        return check(subject, rule, convention, **{**defaults, **options})

    return assertion
