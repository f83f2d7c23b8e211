"""``keras.optimizers.schedules`` and the callback ReduceLROnPlateau as subjects."""

import warnings
from contextlib import nullcontext
from typing import Any

from refmath.conventions.schedule import ScheduleConvention
from refmath.emit.schedule.cases import ScheduleCase
from refmath.oracle.adapters.keras import choose_backend
from refmath.oracle.schedule.subject import Answer, ScheduleSubject, number, raised
from refmath.schedule import Schedule

__all__ = ["keras_subject"]


def keras_subject(cls: Any, own: ScheduleConvention, name: str) -> ScheduleSubject:
    """A schedule class, or the callback, as a subject."""

    def run(case: ScheduleCase, form: Schedule) -> list[Answer]:
        choose_backend()
        import keras

        from refmath.oracle.adapters.jax_arrays import precision

        before = keras.config.floatx()
        keras.config.set_floatx(case.dtype)
        on_jax = keras.config.backend() == "jax"
        try:
            with warnings.catch_warnings(), precision(case.dtype) if on_jax else nullcontext():
                warnings.simplefilter("ignore", DeprecationWarning)
                return _answers(keras, cls, own, case, form)
        except (ArithmeticError, ValueError, RuntimeError, TypeError) as error:
            raise raised(error, "the schedule") from error
        finally:
            keras.config.set_floatx(before)

    return ScheduleSubject(name, run, ("float64", "float32"), own, "framework", narrow=True)


def _answers(
    keras: Any, cls: Any, own: ScheduleConvention, case: ScheduleCase, form: Schedule
) -> list[Answer]:
    position = own.position(case.place or None)
    given = case.arguments(form.resolved, own.whole)
    named = {v: given[k] for k, v in position.names.items() if k in given}
    if "warmup_target" in named:
        named["initial_learning_rate"] = given["start"]
    if form.reacts:
        return [_reacting(keras, cls, {**named, **position.arguments}, case)]
    made = cls(**named, **position.arguments)

    def ask(t: int) -> float:
        return number(keras.ops.convert_to_numpy(made(t)))

    again = tuple(case.steps[i] for i in case.again)
    return [Answer("", case.steps, tuple(ask(t) for t in case.steps)),
            Answer("again", again, tuple(ask(t) for t in again))]


def _reacting(keras: Any, cls: Any, named: dict[str, Any], case: ScheduleCase) -> Answer:
    model = keras.Sequential()
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=named.pop("lr")), loss="mse")
    callback = cls(**named)
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, m in enumerate(case.metrics):
        callback.on_epoch_end(epoch, {"val_loss": float(m)})
        rates.append(number(keras.ops.convert_to_numpy(model.optimizer.learning_rate)))
    return Answer("", tuple(range(len(rates))), tuple(rates))
