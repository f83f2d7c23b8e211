"""The public check of schedules: from what a person asks to a report."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from refmath import schedules
from refmath.conventions import schedule as conventions
from refmath.conventions.schedule import ScheduleConvention
from refmath.domain import Number
from refmath.emit.schedule.arguments import exact_values
from refmath.errors import InvalidInput, UnknownName
from refmath.formats import format_of
from refmath.oracle.adapters.load import load
from refmath.oracle.report import Report
from refmath.oracle.schedule.check import ScheduleChecker, ScheduleTask
from refmath.oracle.schedule.plain import plain_subject
from refmath.oracle.schedule.report import ScheduleResult
from refmath.oracle.schedule.subject import ScheduleSubject
from refmath.schedule import Schedule

__all__ = ["check_schedule", "claims", "run", "schedule_task"]


def check_schedule(
    subject: Any,
    schedule: str | Schedule | None = None,
    convention: str | None = None,
    *,
    vary: Mapping[str, str] | None = None,
    form: str | None = None,
    fixed: Mapping[str, Any] | None = None,
    dtypes: Sequence[str] | None = None,
    seed: int = 0,
    examples: int | None = None,
    seconds: float = 10.0,
    tick: Callable[[], None] | None = None,
) -> Report:
    """Hold somebody's learning rates against a declared schedule.

    Args:
        subject: A scheduler of a known framework (``torch.optim.lr_scheduler.StepLR``), a target
            such as ``"mymodule:sched"``, or a callable: ``sched(t) -> rate``,
            ``sched(t, **hyper) -> rate``, or ``make(**hyper)`` that returns a function of t, a
            function of nothing, or an object with ``step()`` and ``lr``. One that reacts takes
            metrics: ``sched(metrics, **hyper) -> rates``, or ``make(**hyper)`` that returns a
            function of one metric.
        schedule: The schedule, by name or as a ``Schedule``; not needed for a known framework.
        convention: Ask for the form that a framework writes: ``"torch"``.
        vary: Ask for another option on some axes: ``{"after": "rise"}``.
        form: Hold a known framework's scheduler to one of its forms: ``"closed"``.
        fixed: Hyperparameters that the subject cannot change.
        dtypes: Formats to run; those that the subject has by default.
        seed: The same seed gives the same cases.
        examples: Cases a dtype and form.
        seconds: Time limit for one case.
        tick: Called after every case.

    Returns:
        The report; ``first_deviation.step`` is t, or the number of the metric from 0.

    Raises:
        InvalidInput: The schedule cannot be inferred, or an argument does not fit.
        UnknownName: A schedule, convention, axis, option or dtype that does not exist.
        SubjectError: The subject cannot be imported.
    """
    task = schedule_task(
        subject, schedule, convention, vary=vary, form=form, fixed=fixed, seed=seed,
        examples=examples, seconds=seconds,
    )
    chosen = _dtypes(task.subject, dtypes)
    nothing = (lambda: None) if tick is None else tick
    return Report(seed, [ScheduleChecker(task, d, nothing).result() for d in chosen])


def _dtypes(subject: ScheduleSubject, dtypes: Sequence[str] | None) -> list[str]:
    for name in dtypes or ():
        format_of(name)
        if name not in subject.dtypes:
            raise InvalidInput(
                f"{subject.name} cannot be run in {name}; its dtypes are "
                f"{', '.join(subject.dtypes)}"
            )
    return list(dtypes or subject.dtypes)


def schedule_task(
    subject: Any,
    schedule: str | Schedule | None = None,
    convention: str | None = None,
    *,
    vary: Mapping[str, str] | None = None,
    form: str | None = None,
    fixed: Mapping[str, Number] | None = None,
    seed: int = 0,
    examples: int | None = None,
    seconds: float = 10.0,
) -> ScheduleTask:
    """What ``check_schedule`` runs, without running it."""
    if examples is not None and examples < 1:
        raise InvalidInput(f"examples={examples!r} must be at least 1")
    if seconds <= 0:
        raise InvalidInput(f"seconds={seconds!r} must be more than 0")
    found = load(subject) if isinstance(subject, str) else subject
    own = _recognise(subject, found)
    name = subject if isinstance(subject, str) else own.target if own else _name(found)
    if own is None and schedule is None:
        raise InvalidInput(
            f"which schedule should {name} be held against? Give schedule= (on the command line "
            f"--rule), one of: {', '.join(schedules.ALL)}"
        )
    forms = _forms(own, schedule, convention, vary or {}, form)
    first = next(iter(forms.values()))
    label = convention or (own.framework if own and schedule is None else None)
    made = _adapted(found, own, name) if own else plain_subject(found, name, first)
    held = _fixed(first, fixed or {})
    if made.keys is not None:
        held = {**_defaults(first, made.keys), **held}
    return ScheduleTask(made, forms, first.name, label, held, seed, examples, seconds)


def _forms(
    own: ScheduleConvention | None, schedule: str | Schedule | None, convention: str | None,
    vary: Mapping[str, str], form: str | None,
) -> dict[str, Schedule]:
    if isinstance(schedule, Schedule):
        return dict.fromkeys([form or (own.default if own else "")], schedule.vary(**vary))
    if own is not None and schedule is None and convention in (None, own.framework):
        places = list(own.positions) if form is None else [form]
        return {p: own.form(p).vary(**_known(own.form(p), vary)) for p in places}
    name = schedule or (own.schedule if own else "")
    if form is not None and own is None:
        raise InvalidInput(f"only a known framework's scheduler has forms, found form={form!r}")
    place = form or (own.default if own else "")
    chosen = schedules.get(name)
    if convention is not None:
        theirs, position = conventions.pick(convention, chosen.name)
        chosen = theirs.form(position)
    return {place: chosen.vary(**vary)}


def _known(schedule: Schedule, vary: Mapping[str, str]) -> Mapping[str, str]:
    for axis in vary:
        schedule.axis(axis)
    return vary


def _fixed(schedule: Schedule, fixed: Mapping[str, Any]) -> dict[str, Any]:
    """The exact double of every fixed hyperparameter."""
    known = schedule.hyper
    for key in fixed:
        if key not in known:
            raise UnknownName(f"hyperparameter of {schedule.name}", key, list(known))
    values = exact_values(schedule.name, schedule.resolved, dict(fixed))
    return {k: _double(values[k]) for k in fixed}


def _defaults(schedule: Schedule, keys: Sequence[str]) -> dict[str, Any]:
    """The defaults of what the subject does not take.

    Raises:
        InvalidInput: One has no default.
    """
    return {
        k: _double(v) for k, v in exact_values(schedule.name, schedule.resolved, {}).items()
        if k not in keys
    }


def _double(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_double(v) for v in value)
    return Fraction(float(value))


def _recognise(subject: Any, found: Any) -> ScheduleConvention | None:
    if isinstance(subject, str) and (own := conventions.for_target(_full(subject))):
        return own
    where, name = getattr(found, "__module__", "") or "", getattr(found, "__name__", "")
    for own in conventions.ALL:
        if own.scheduler == name and where.split(".")[0] == own.framework:
            return own
    return None


def _full(target: str) -> str:
    """``optax.schedules:cosine_decay_schedule`` and ``torch...`` under their usual address."""
    where, _, name = target.rpartition(":")
    return f"optax:{name}" if where in ("optax", "optax.schedules") else target


def _name(found: Any) -> str:
    function = getattr(found, "func", found)
    where = getattr(function, "__module__", None) or type(found).__module__
    return f"{where}:{getattr(function, '__qualname__', type(found).__qualname__)}"


def _adapted(found: Any, own: ScheduleConvention, name: str) -> ScheduleSubject:
    if own.framework == "torch":
        from refmath.oracle.schedule.torch import torch_subject

        return torch_subject(found, own, name)
    if own.framework == "keras":
        from refmath.oracle.schedule.keras import keras_subject

        return keras_subject(found, own, name)
    from refmath.oracle.schedule.optax import optax_subject

    return optax_subject(found, own, name)


def claims(target: str, rule: str | None) -> bool:
    """Whether a target of the command line is a schedule: a known one, or held against one."""
    if rule is not None:
        return rule in schedules.ALL
    return conventions.for_target(_full(target)) is not None


def run(
    job: Mapping[str, Any], say_total: Callable[[int], None], tick: Callable[[], None]
) -> list[ScheduleResult]:
    """The results of one target of the command line."""
    switches = dict(job["switches"] or {})
    form = switches.pop("form", None)
    if switches:
        raise UnknownName("switch of a schedule", next(iter(switches)), ["form"])
    task = schedule_task(
        job["target"], job["rule"], job["convention"], vary=job["vary"], form=form,
        fixed=job["fixed"], seed=job["seed"], examples=job["examples"], seconds=job["seconds"],
    )
    chosen = _dtypes(task.subject, job["dtypes"])
    say_total(task.cases * len(chosen))
    return [ScheduleChecker(task, d, tick).result() for d in chosen]
