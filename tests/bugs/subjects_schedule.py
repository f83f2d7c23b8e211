"""Bugs of learning-rate schedules; each wrong and right."""

from collections.abc import Callable
from typing import Any

import numpy as np

Function = Callable[..., Any]


def multi_step_reader(*, fixed: bool = False) -> Function:
    """Reading the rate decays it once more while a milestone is passed."""

    class MultiStep:
        def __init__(self, lr: float, milestones: list[int], gamma: float) -> None:
            self.rate, self.milestones, self.gamma, self.t = lr, milestones, gamma, 0

        def _next(self) -> float:
            return self.rate * self.gamma ** self.milestones.count(self.t)

        def get_lr(self) -> float:
            return self.rate if fixed else self._next()

        def step(self) -> None:
            self.t += 1
            self.rate = self._next()

    def make(lr: float, milestones: list[int], gamma: float) -> Any:
        return MultiStep(lr, milestones, gamma)

    return make


def step_to_epoch(*, fixed: bool = False) -> Function:
    """A jump to an epoch runs the recursion, which multiplies at every call."""

    def make(lr: float, step_size: int, gamma: float) -> Function:
        state = {"lr": lr}

        def at(epoch: int) -> float:
            if fixed:
                return lr * gamma ** (epoch // step_size)
            if epoch and epoch % step_size == 0:
                state["lr"] *= gamma
            return state["lr"]

        return at

    return make


def cosine_of_whole_numbers(*, fixed: bool = False) -> Function:
    """The fraction is a division of whole numbers."""

    def sched(t: int, lr: float, end: float, total: int) -> float:
        part = t / total if fixed else t // total
        return float(end + (lr - end) * (1 + np.cos(np.pi * part)) / 2)

    return sched


def restarts_short_of_the_end(*, fixed: bool = False) -> Function:
    """The last update of a cycle is one short of the end."""

    def sched(t: int, lr: float, end: float, first: int) -> float:
        part = t % first / (max(first - 1, 1) if fixed else first)
        return float(end + (lr - end) * (1 + np.cos(np.pi * part)) / 2)

    return sched


def one_cycle_last_rate(*, fixed: bool = False) -> Function:
    """The last rate divides the peak, not the rate at the start."""

    def sched(
        t: int, lr: float, total: int, pct_start: float, div_factor: float, final_div_factor: float
    ) -> float:
        first = lr / div_factor
        last = (first if fixed else lr) / final_div_factor
        up, stop = pct_start * total - 1, total - 1
        if t >= stop:
            return last
        a, b, part = (first, lr, t / up) if t < up else (lr, last, (t - up) / (stop - up))
        return float(a + (b - a) * (1 - np.cos(np.pi * part)) / 2)

    return sched


def chain_at_zero(*, fixed: bool = False) -> Function:
    """The second of two schedulers answers at t = 0 with the base rate, and wipes the first's."""

    def sched(t: int, lr: float, gamma: float, start_factor: float, warmup: int) -> float:
        part = start_factor + (1 - start_factor) * t / warmup if t < warmup else 1.0
        return float(lr if t == 0 and not fixed else lr * part * gamma**t)

    return sched


def warmup_from_nothing(*, fixed: bool = False) -> Function:
    """The first update of warm-up has the rate 0."""

    def sched(t: int, lr: float, warmup: int) -> float:
        done = t + 1 if fixed else t
        return lr * done / warmup if done < warmup else lr

    return sched


def constructor_steps(*, fixed: bool = False) -> Function:
    """The constructor steps once, so that the first batch has the second rate."""

    class Sched:
        def __init__(self, lr: float, gamma: float) -> None:
            self.base, self.gamma, self.t = lr, gamma, 0
            self.lr = lr
            if not fixed:
                self.step()

        def step(self) -> None:
            self.t += 1
            self.lr = self.base * self.gamma**self.t

    def make(lr: float, gamma: float) -> Any:
        return Sched(lr, gamma)

    return make


def linear_after_warmup(*, fixed: bool = False) -> Function:
    """The decay after warm-up is divided by all updates, and never reaches 0."""

    def sched(t: int, lr: float, warmup: int, total: int) -> float:
        if t < warmup:
            return lr * t / warmup
        if t >= total:
            return 0.0
        passed = t - warmup
        return lr * (1 - passed / (total - warmup if fixed else total))

    return sched


def polynomial_compounds(*, fixed: bool = False) -> Function:
    """Every rate is computed from the one before instead of from the first."""

    def make(lr: float, end: float, total: int, power: float) -> Function:
        state = {"t": -1, "lr": lr}

        def rate() -> float:
            state["t"] += 1
            t = state["t"]
            base = lr if fixed else state["lr"]
            left = (1 - t / total) ** power if t < total else 0.0
            state["lr"] = (base - end) * left + end
            return state["lr"]

        return rate

    return make


def decay_for_rate(*, fixed: bool = False) -> Function:
    """The gradient is multiplied by the factor; the decayed rate is never used."""

    def sched(t: int, lr: float, gamma: float, step_size: int) -> float:
        rate = lr * gamma ** (t // step_size)
        return rate if fixed else gamma

    return sched


def decays_for_every_part(*, fixed: bool = False) -> Function:
    """A batch is taken in two parts, and the decay is applied for each of them."""

    def make(lr: float, gamma: float, step_size: int) -> Any:
        class Sched:
            def __init__(self) -> None:
                self.lr, self.t = lr, 0

            def step(self) -> None:
                self.t += 1
                for _ in range(1 if fixed else 2):
                    if self.t % step_size == 0:
                        self.lr *= gamma

        return Sched()

    return make


def _plateau(late: Callable[[int, int], bool]) -> Function:
    def make(lr: float, factor: float, patience: int) -> Function:
        state = {"lr": lr, "best": np.inf, "bad": 0}

        def after(metric: float) -> float:
            if metric < state["best"]:
                state["best"], state["bad"] = metric, 0
            else:
                state["bad"] += 1
            if state["bad"] and late(int(state["bad"]), patience):
                state["lr"] *= factor
                state["bad"] = 0
            return float(state["lr"])

        return after

    return make


def plateau_off_by_one(*, fixed: bool = False) -> Function:
    """Reduced after P bad epochs; P are tolerated elsewhere."""
    return _plateau((lambda bad, p: bad > p) if fixed else (lambda bad, p: bad >= p))


def plateau_without_patience(*, fixed: bool = False) -> Function:
    """The patience is stored and never used."""
    return _plateau((lambda bad, p: bad > p) if fixed else (lambda _bad, _p: True))


def decay_of_no_length(*, fixed: bool = False) -> Function:
    """A decay of no updates divides by zero."""

    def sched(t: int, lr: float, warmup: int, stable: int, decay: int) -> float:
        if t < warmup:
            return lr * (t + 1) / (warmup + 1)
        if t < warmup + stable:
            return lr
        if fixed and t >= warmup + stable + decay:
            return 0.0
        return max(lr * (1 - (t - warmup - stable) / decay), 0.0)

    return sched
