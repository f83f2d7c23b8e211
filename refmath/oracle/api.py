"""The public check: from what a person asks to a report."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from refmath import conventions, rules
from refmath.domain import Number, exact
from refmath.errors import InvalidInput, UnknownName
from refmath.oracle.adapters import resolve
from refmath.oracle.adapters.load import rule_named
from refmath.oracle.check import Task, check_subject
from refmath.oracle.report import Report
from refmath.oracle.subject import Subject
from refmath.rule import Rule

__all__ = ["check", "task"]


def check(
    subject: Any,
    rule: str | Rule | None = None,
    convention: str | None = None,
    *,
    vary: Mapping[str, str] | None = None,
    switches: Mapping[str, str] | None = None,
    fixed: Mapping[str, Number] | None = None,
    dtypes: Sequence[str] | None = None,
    seed: int = 0,
    examples: int | None = None,
    seconds: float = 10.0,
    tick: Callable[[], None] | None = None,
) -> Report:
    """Hold an optimizer against a declared update rule.

    Args:
        subject: An optimizer of a known framework (``torch.optim.Adam``), a target such as
            ``"torch.optim:Adam"`` or ``"mymodule:make"``, or a callable: a factory
            ``make(params, hyper) -> step`` with ``step(grads, lr) -> params``, a class
            ``Cls(params, **hyper)`` with such a method ``step``, or an update of one tensor
            ``update(param, grad, state, hyper) -> param``.
        rule: The rule, by name, as a ``Rule``, or as the target of one (``"mine.py:lion"``); not
            needed where the framework is known.
        convention: Ask for the form that a framework writes: ``"torch"``.
        vary: Ask for another option on some axes: ``{"epsilon": "outside"}``.
        switches: Hold a known framework's optimizer to these positions: ``{"amsgrad": "yes"}``.
        fixed: Hyperparameters that the subject cannot change: ``{"eps": "1e-8"}``.
        dtypes: Formats to run; float64 and float32 by default.
        seed: The same seed gives the same cases.
        examples: Cases a dtype.
        seconds: Time limit for one case.
        tick: Called after every case, for a progress bar.

    Returns:
        The report, with ``verdict``, ``first_deviation``, ``diagnosis`` and ``to_json()``.

    Raises:
        InvalidInput: The rule cannot be inferred, or an argument does not fit.
        UnknownName: A rule, convention, axis, option or dtype that does not exist.
        SubjectError: The subject cannot be imported.
    """
    asked = task(
        subject, rule, convention, vary=vary, switches=switches, fixed=fixed, seed=seed,
        examples=examples, seconds=seconds,
    )
    return check_subject(asked, dtypes, tick)


def task(
    subject: Any,
    rule: str | Rule | None = None,
    convention: str | None = None,
    *,
    vary: Mapping[str, str] | None = None,
    switches: Mapping[str, str] | None = None,
    fixed: Mapping[str, Number] | None = None,
    seed: int = 0,
    examples: int | None = None,
    seconds: float = 10.0,
) -> Task:
    """What ``check`` runs, without running it."""
    if examples is not None and examples < 1:
        raise InvalidInput(f"examples={examples!r} must be at least 1")
    if seed < 0:
        raise InvalidInput(f"seed={seed!r} must be 0 or more")
    if seconds <= 0:
        raise InvalidInput(f"seconds={seconds!r} must be more than 0")
    target = subject if isinstance(subject, Subject) else resolve(subject)
    form, name, label, places = _form(target, rule, convention, vary or {}, switches)
    values = _constants(target, name, label) | {
        k: float(exact(v)) for k, v in (fixed or {}).items()
    }
    base = form(places[0])
    for key in fixed or {}:
        if key not in base.hyper:
            raise UnknownName(f"hyperparameter of {base.name}", key, list(base.hyper))
        base.hyper[key].domain.check(key, values[key])
    for place in places:
        if form(place).recurrence.takes_point and not target.takes_gradient_function:
            raise InvalidInput(
                f"{name} takes its gradient at {form(place).recurrence.at}, but {target.name} is "
                "given gradients, not a gradient function; set make.takes_gradient_function = "
                "True and take grad(params), or ask for the rewritten form: --vary form=shifted"
            )
    extra = _needed(target, places[0])
    return Task(target, form, name, label, places, values, extra, seed, examples, seconds)


_Form = Callable[[Mapping[str, str]], Rule]


def _remembered(form: _Form) -> _Form:
    """The same function, which resolves each position once."""
    known: dict[tuple[tuple[str, str], ...], Rule] = {}

    def look_up(place: Mapping[str, str]) -> Rule:
        key = tuple(sorted(place.items()))
        if key not in known:
            known[key] = form(place)
        return known[key]

    return look_up


def _needed(target: Subject, place: Mapping[str, str]) -> dict[str, float]:
    """A framework's defaults for all that its optimizer takes, whatever form is asked for."""
    own = target.convention
    if own is None:
        return {}
    keys = set(own.form(place).hyper) - {"lr"}
    return {k: float(exact(own.defaults[k])) for k in sorted(keys) if k in own.defaults}


def _constants(target: Subject, rule: str, convention: str | None) -> dict[str, float]:
    """Hyperparameters that a framework does not let its users change."""
    if convention is None:
        return {}
    own = target.convention
    theirs = own if own is not None and own.framework == convention else None
    if theirs is None:
        theirs, _ = conventions.pick(convention, rule)
    return {k: float(exact(v)) for k, v in theirs.defaults.items() if k not in theirs.names}


def _form(
    target: Subject,
    rule: str | Rule | None,
    convention: str | None,
    vary: Mapping[str, str],
    switches: Mapping[str, str] | None,
) -> tuple[_Form, str, str | None, tuple[Mapping[str, str], ...]]:
    own = target.convention
    place = dict(switches or {})
    if isinstance(rule, str) and ":" in rule:
        rule = rule_named(rule)
    if own is None and convention is None and place:
        raise InvalidInput(
            f"{target.name} has no switches that are known; ask for another form by vary (on the "
            f"command line --vary), found switches {place}"
        )
    if isinstance(rule, Rule):
        chosen = rule.vary(**vary)
        return (lambda _: chosen), chosen.name, None, (place,)
    if own is not None and rule is None and convention in (None, own.framework):
        places = tuple(own.positions()) if switches is None else (place,)
        own.form(place)
        form = _remembered(lambda p: own.form(p).vary(**vary))
        return form, own.rule, own.framework, places
    if rule is None and own is None:
        raise InvalidInput(
            f"which rule should {target.name} be held against? Give rule= (on the command line "
            f"--rule), one of: {', '.join(rules.ALL)}"
        )
    name = rule or (own.rule if own else "")
    if convention is None:
        chosen = rules.get(name).vary(**vary)
        return (lambda _: chosen), name, None, (place,)
    theirs, position = conventions.pick(convention, rules.get(name).name)
    chosen = theirs.form({**position, **(place if own is None else {})}).vary(**vary)
    return (lambda _: chosen), name, convention, ({} if own is None else place,)
