"""Assertions for test suites of any kind."""

from typing import Any

from refmath.oracle.api import check
from refmath.oracle.report import Report

__all__ = ["assert_conforms", "assert_gradient"]


def assert_conforms(subject: Any, rule: Any = None, convention: str | None = None,
                    **options: Any) -> Report:
    """Assert that an optimizer conforms to a rule; the message is the diagnosis.

    Args:
        subject: As for ``refmath.check``.
        rule: As for ``refmath.check``.
        convention: As for ``refmath.check``.
        options: Passed on to ``refmath.check``: ``seed``, ``examples``, ``dtypes``, ``fixed``, ...

    Returns:
        The report, if every result is CONFORMS.

    Raises:
        AssertionError: The verdict is another; the text says what the subject behaves like and
            shows the smallest failing case.
    """
    __tracebackhide__ = True
    report = check(subject, rule, convention, **options)
    if report.verdict != "CONFORMS":
        raise AssertionError(str(report))
    return report


def assert_gradient(subject: Any, objective: Any, wrt: Any = None, **options: Any) -> Report:
    """Assert that a gradient, loss, Hessian or backward pass is that of an objective.

    Args:
        subject: As for ``refmath.check_gradient``.
        objective: As for ``refmath.check_gradient``.
        wrt: As for ``refmath.check_gradient``.
        options: Passed on to ``refmath.check_gradient``: ``kind``, ``vary``, ``dtypes``, ...

    Returns:
        The report, if every result is CONFORMS.

    Raises:
        AssertionError: The verdict is another; the text says what the function behaves like and
            shows the smallest failing case.
    """
    __tracebackhide__ = True
    from refmath.oracle.gradient.api import check_gradient  # it loads all objectives

    report = check_gradient(subject, objective, wrt, **options)
    if report.verdict != "CONFORMS":
        raise AssertionError(str(report))
    return report
