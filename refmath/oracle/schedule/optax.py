"""``optax`` schedules and ``optax.contrib.reduce_on_plateau`` as subjects."""

from typing import Any

from refmath.conventions.schedule import ScheduleConvention
from refmath.emit.schedule.cases import ScheduleCase
from refmath.oracle.adapters.jax_arrays import precision
from refmath.oracle.schedule.subject import Answer, ScheduleSubject, number, raised
from refmath.schedule import Schedule

__all__ = ["optax_subject"]


def optax_subject(function: Any, own: ScheduleConvention, name: str) -> ScheduleSubject:
    """A schedule function as a subject."""

    def run(case: ScheduleCase, form: Schedule) -> list[Answer]:
        try:
            with precision(case.dtype):
                return _answers(function, own, case, form)
        except (ArithmeticError, ValueError, RuntimeError, TypeError) as error:
            raise raised(error, "the schedule") from error

    return ScheduleSubject(name, run, ("float64", "float32"), own, "framework", narrow=True)


def _answers(
    function: Any, own: ScheduleConvention, case: ScheduleCase, form: Schedule
) -> list[Answer]:
    position = own.position(case.place or None)
    given = case.arguments(form.resolved, own.whole)
    named = {v: given[k] for k, v in position.names.items() if k in given}
    named |= position.arguments
    if form.reacts:
        return [_reacting(function, named, case)]
    if "boundaries" in named:
        pairs = dict(zip(named.pop("boundaries"), named.pop("scales"), strict=True))
        named["boundaries_and_scales"] = pairs
    schedule = _restarts(function, named, case) if "first" in named else function(**named)

    def ask(t: int) -> float:
        return number(schedule(t))

    again = tuple(case.steps[i] for i in case.again)
    return [Answer("", case.steps, tuple(ask(t) for t in case.steps)),
            Answer("again", again, tuple(ask(t) for t in again))]


def _restarts(function: Any, named: dict[str, Any], case: ScheduleCase) -> Any:
    """Cycles of growing length, enough of them for every t."""
    cycles, length, passed = [], named["first"], 0
    while passed <= max(case.steps):
        cycles.append({"init_value": 0.0, "peak_value": named["peak_value"], "warmup_steps": 0,
                       "decay_steps": length, "end_value": named["end_value"]})
        passed, length = passed + length, length * named["mult"]
    return function(cycles)


def _reacting(function: Any, named: dict[str, Any], case: ScheduleCase) -> Answer:
    import jax
    import jax.numpy as jnp

    named.pop("lr")
    transform = function(**named)
    update = jax.jit(transform.update)
    updates = {"x": jnp.zeros(1, case.dtype)}
    state, rates = transform.init(updates), []
    for m in case.metrics:
        _, state = update(updates, state, value=jnp.asarray(float(m), case.dtype))
        rates.append(number(state.scale))
    return Answer("", tuple(range(len(rates))), tuple(rates))
