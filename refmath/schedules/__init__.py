"""The learning-rate schedules, each declared once."""

from refmath.errors import UnknownName
from refmath.schedule import Schedule
from refmath.schedules.constant import constant as constant
from refmath.schedules.cosine import cosine as cosine
from refmath.schedules.cosine_restarts import cosine_restarts as cosine_restarts
from refmath.schedules.cyclic import cyclic as cyclic
from refmath.schedules.exponential import exponential as exponential
from refmath.schedules.exponential_warmup import exponential_warmup as exponential_warmup
from refmath.schedules.inverse_time import inverse_time as inverse_time
from refmath.schedules.linear_warmup import linear_warmup as linear_warmup
from refmath.schedules.multi_step import multi_step as multi_step
from refmath.schedules.one_cycle import one_cycle as one_cycle
from refmath.schedules.one_cycle import one_cycle_momentum as one_cycle_momentum
from refmath.schedules.polynomial import polynomial as polynomial
from refmath.schedules.reduce_on_plateau import reduce_on_plateau as reduce_on_plateau
from refmath.schedules.step import step as step
from refmath.schedules.warmup_stable_decay import warmup_stable_decay as warmup_stable_decay

ALL: dict[str, Schedule] = {
    s.name: s
    for s in (
        constant, step, multi_step, exponential, inverse_time, polynomial, cosine,
        cosine_restarts, cyclic, linear_warmup, exponential_warmup, warmup_stable_decay, one_cycle,
        one_cycle_momentum, reduce_on_plateau,
    )
}
"""Every schedule by name."""


def get(name: str) -> Schedule:
    """The schedule of that name.

    Raises:
        UnknownName: There is none; the message lists those that exist.
    """
    if name not in ALL:
        raise UnknownName("schedule", name, list(ALL))
    return ALL[name]
