"""``torch.optim.lr_scheduler`` as subjects."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from refmath.conventions.schedule import Position, ScheduleConvention
from refmath.emit.schedule.cases import ScheduleCase
from refmath.oracle.schedule.subject import Answer, ScheduleSubject, number, raised
from refmath.schedule import Schedule

__all__ = ["torch_subject"]


def torch_subject(cls: Any, own: ScheduleConvention, name: str) -> ScheduleSubject:
    """A scheduler class as a subject."""

    def run(case: ScheduleCase, form: Schedule) -> list[Answer]:
        with _quiet():
            try:
                return _answers(cls, own, case, form)
            except (ArithmeticError, ValueError, RuntimeError, TypeError) as error:
                raise raised(error, "the scheduler") from error

    return ScheduleSubject(name, run, ("float64",), own, "framework")


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


class _Driven:
    """A scheduler with its optimizer."""

    def __init__(
        self, cls: Any, own: ScheduleConvention, position: Position, given: dict[str, Any]
    ) -> None:
        import torch

        self.parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
        rate = given["lr"] if own.names.get("lr") == "lr" else 1.0
        self.optimizer = torch.optim.SGD([self.parameter], lr=rate, momentum=0.5)
        own_names = {
            k: v for k, v in position.names.items() if k in given and v != "lr"
            and (k in own.names or position.drive == "momentum")
        }
        arguments = {v: given[k] for k, v in own_names.items()} | dict(position.arguments)
        if position.drive == "momentum":
            arguments.setdefault("max_lr", 1.0)
        schedulers = torch.optim.lr_scheduler
        if position.drive in ("sequence", "chain"):
            first = given.get("start_factor")
            before = schedulers.LinearLR(
                self.optimizer, start_factor=given["start"] / given["lr"] if first is None
                else first, total_iters=given["warmup"],
            )
            after = cls(self.optimizer, **arguments)
            both = [before, after]
            self.scheduler = (
                schedulers.SequentialLR(self.optimizer, both, [given["warmup"]])
                if position.drive == "sequence" else schedulers.ChainedScheduler(both)
            )
        else:
            self.scheduler = cls(self.optimizer, **arguments)
        self.key = "momentum" if position.drive == "momentum" else "lr"
        self.optimizer.step()

    @property
    def rate(self) -> float:
        """The rate that the optimizer has."""
        return number(self.optimizer.param_groups[0][self.key])


def _answers(
    cls: Any, own: ScheduleConvention, case: ScheduleCase, form: Schedule
) -> list[Answer]:
    position = own.position(case.place or None)
    given = case.arguments(form.resolved, own.whole)

    def make() -> _Driven:
        return _Driven(cls, own, position, given)

    if form.reacts:
        return [_reacting(make(), case, None), _reacting(make(), case, make())]
    if position.drive == "epoch":
        return _jumping(make(), case)
    return [_stepping(make(), case, None), _stepping(make(), case, make())]


def _reacting(driven: _Driven, case: ScheduleCase, other: _Driven | None) -> Answer:
    rates = []
    for place, m in enumerate(case.metrics):
        if other is not None and place == case.restore:
            driven = _restored(driven, other)
        driven.scheduler.step(float(m))
        rates.append(driven.rate)
    return Answer("restored" if other else "", tuple(range(len(rates))), tuple(rates))


def _stepping(driven: _Driven, case: ScheduleCase, other: _Driven | None) -> Answer:
    wanted, rates = set(case.steps), []
    for t in range(max(case.steps) + 1):
        if t:
            driven.scheduler.step()
        if other is not None and t == case.restore:
            driven = _restored(driven, other)
        if t in wanted:
            rates.append(driven.rate)
    return Answer("restored" if other else "", case.steps, tuple(rates))


def _restored(driven: _Driven, other: _Driven) -> _Driven:
    other.optimizer.load_state_dict(driven.optimizer.state_dict())
    other.scheduler.load_state_dict(driven.scheduler.state_dict())
    return other


def _jumping(driven: _Driven, case: ScheduleCase) -> list[Answer]:
    def ask(t: int) -> float:
        driven.scheduler.step(t)
        return driven.rate

    again = tuple(case.steps[i] for i in case.again for _ in range(2))
    return [Answer("", case.steps, tuple(ask(t) for t in case.steps)),
            Answer("again", again, tuple(ask(t) for t in again))]


