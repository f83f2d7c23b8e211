"""The pytest plugin: the fixture ``assert_conforms`` and its options.

::

    def test_my_adam(assert_conforms):
        assert_conforms(MyAdam, rule="adam")
"""

from collections.abc import Callable
from typing import Any

import pytest

__all__ = ["assert_conforms", "pytest_addoption"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options for the budget and the seed, on the command line or in the configuration file."""
    group = parser.getgroup("refmath", "holding optimizers against their update rules")
    group.addoption("--refmath-examples", type=int, default=None, metavar="N",
                    help="cases a dtype of each refmath check")
    group.addoption("--refmath-seed", type=int, default=None, metavar="N",
                    help="seed of each refmath check")
    parser.addini("refmath_examples", "cases a dtype of each refmath check", default=None)
    parser.addini("refmath_seed", "seed of each refmath check", default=None)


def _option(config: pytest.Config, name: str) -> int | None:
    given = config.getoption(f"--refmath-{name}")
    if given is not None:
        return int(given)
    text = config.getini(f"refmath_{name}")
    if text in (None, ""):
        return None
    try:
        return int(text)
    except ValueError:
        raise pytest.UsageError(
            f"refmath_{name} must be a whole number, found {text!r}"
        ) from None


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
