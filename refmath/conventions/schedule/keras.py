"""Keras: ``keras.optimizers.schedules`` and the callback ReduceLROnPlateau."""

from refmath.conventions.schedule.record import Position, ScheduleConvention
from refmath.schedules._common import warmup

_WHERE, _VERSION = "keras.optimizers.schedules:", "3.15.1"
_STAIRS = {
    "smooth": Position(),
    "staircase": Position({"staircase": True}, {"staircase": "yes"}),
}

EXPONENTIAL = ScheduleConvention(
    "keras", "ExponentialDecay", f"{_WHERE}ExponentialDecay", _VERSION, "exponential",
    names={"lr": "initial_learning_rate", "decay_steps": "decay_steps", "gamma": "decay_rate"},
    positions=_STAIRS,
)

PIECEWISE = ScheduleConvention(
    "keras", "PiecewiseConstantDecay", f"{_WHERE}PiecewiseConstantDecay", _VERSION, "multi_step",
    names={"milestones": "boundaries", "values": "values"},
    settings={"boundary": "after", "values": "list"},
    notes=("The update t = boundary still has the old rate.",),
)

POLYNOMIAL = ScheduleConvention(
    "keras", "PolynomialDecay", f"{_WHERE}PolynomialDecay", _VERSION, "polynomial",
    names={"lr": "initial_learning_rate", "total": "decay_steps", "end": "end_learning_rate",
           "power": "power"},
    defaults={"end": "1e-4", "power": "1"},
    positions={"hold": Position(), "cycle": Position({"cycle": True}, {"after": "cycle"})},
)

INVERSE_TIME = ScheduleConvention(
    "keras", "InverseTimeDecay", f"{_WHERE}InverseTimeDecay", _VERSION, "inverse_time",
    names={"lr": "initial_learning_rate", "decay_steps": "decay_steps", "rate": "decay_rate"},
    defaults={"power": "1"}, positions=_STAIRS,
)

COSINE = ScheduleConvention(
    "keras", "CosineDecay", f"{_WHERE}CosineDecay", _VERSION, "cosine",
    names={"lr": "initial_learning_rate", "total": "decay_steps", "end_fraction": "alpha"},
    defaults={"end_fraction": "0"}, settings={"final": "fraction"},
    positions={
        "plain": Position(),
        "warmup": Position(
            settings={"warmup": "outside"}, requires=(warmup > 0,),
            names={"start": "initial_learning_rate", "lr": "warmup_target",
                   "warmup": "warmup_steps"},
        ),
    },
    notes=("alpha is a fraction of the base rate.",
           "decay_steps does not include the updates of warm-up."),
)

RESTARTS = ScheduleConvention(
    "keras", "CosineDecayRestarts", f"{_WHERE}CosineDecayRestarts", _VERSION, "cosine_restarts",
    names={"lr": "initial_learning_rate", "first": "first_decay_steps", "mult": "t_mul",
           "shrink": "m_mul", "end_fraction": "alpha"},
    defaults={"mult": "2", "shrink": "1", "end_fraction": "0"},
    settings={"final": "fraction", "height": "shrinks", "restart": "logarithm"},
    notes=("The restart is found by a logarithm, which may round the wrong way at the restart.",),
)

PLATEAU = ScheduleConvention(
    "keras", "ReduceLROnPlateau", "keras.callbacks:ReduceLROnPlateau", _VERSION,
    "reduce_on_plateau",
    names={"lr": "lr", "factor": "factor", "patience": "patience", "threshold": "min_delta",
           "cooldown": "cooldown", "min_lr": "min_lr"},
    defaults={"factor": "0.1", "patience": "10", "threshold": "1e-4", "cooldown": "0",
              "min_lr": "0"},
    settings={"threshold": "absolute", "patience": "reached", "cooldown": "last_counts",
              "least": "none"},
    positions={"min": Position({"mode": "min"}), "max": Position({"mode": "max"}, {"mode": "max"})},
)

ALL = (EXPONENTIAL, PIECEWISE, POLYNOMIAL, INVERSE_TIME, COSINE, RESTARTS, PLATEAU)
