"""Optax: ``optax.schedules`` and the contributed ``reduce_on_plateau``."""

from sympy import Rational

from refmath.conventions.schedule.record import Position, ScheduleConvention
from refmath.schedules._common import lr, warmup
from refmath.schedules.one_cycle import pct, pct_final
from refmath.schedules.one_cycle import total as cycle_total

_VERSION = "0.2.8"
_APART = Rational(1, 100)
_ONE_CYCLE = {"lr": "peak_value", "total": "transition_steps", "pct_start": "pct_start",
              "div_factor": "div_factor", "final_div_factor": "final_div_factor"}
_ONE_DEFAULTS = {"pct_start": "0.3", "div_factor": "25", "final_div_factor": "1e4"}

CONSTANT = ScheduleConvention(
    "optax", "constant_schedule", "optax:constant_schedule", _VERSION, "constant",
    names={"lr": "value"},
)

EXPONENTIAL = ScheduleConvention(
    "optax", "exponential_decay", "optax:exponential_decay", _VERSION, "exponential",
    names={"lr": "init_value", "decay_steps": "transition_steps", "gamma": "decay_rate"},
    positions={
        "smooth": Position(),
        "staircase": Position({"staircase": True}, {"staircase": "yes"}),
        "bounded": Position(settings={"begin": "yes", "end": "bound"},
                            names={"begin": "transition_begin", "end": "end_value"}),
    },
    notes=("decay_rate=0 and transition_steps=0 give a constant.",),
)

POLYNOMIAL = ScheduleConvention(
    "optax", "polynomial_schedule", "optax:polynomial_schedule", _VERSION, "polynomial",
    names={"lr": "init_value", "end": "end_value", "power": "power", "total": "transition_steps"},
    positions={
        "plain": Position(),
        "begin": Position(settings={"begin": "yes"}, names={"begin": "transition_begin"}),
    },
    notes=("transition_steps=0 gives a constant: the end is never reached.",),
)

LINEAR = ScheduleConvention(
    "optax", "linear_schedule", "optax:linear_schedule", _VERSION, "polynomial",
    names={"lr": "init_value", "end": "end_value", "total": "transition_steps"},
    defaults={"power": "1"},
    positions={
        "plain": Position(),
        "begin": Position(settings={"begin": "yes"}, names={"begin": "transition_begin"}),
    },
)

COSINE = ScheduleConvention(
    "optax", "cosine_decay_schedule", "optax:cosine_decay_schedule", _VERSION, "cosine",
    names={"lr": "init_value", "total": "decay_steps", "end_fraction": "alpha",
           "power": "exponent"},
    defaults={"end_fraction": "0", "power": "1"}, settings={"final": "fraction", "power": "yes"},
)

WARMUP_COSINE = ScheduleConvention(
    "optax", "warmup_cosine_decay_schedule", "optax:warmup_cosine_decay_schedule", _VERSION,
    "cosine",
    names={"start": "init_value", "lr": "peak_value", "warmup": "warmup_steps",
           "total": "decay_steps", "end": "end_value", "power": "exponent"},
    defaults={"end": "0", "power": "1"}, settings={"power": "yes", "warmup": "inside"},
    requires=(warmup > 0, lr > 0),
    notes=("decay_steps includes the updates of warm-up.",),
)

WARMUP_CONSTANT = ScheduleConvention(
    "optax", "warmup_constant_schedule", "optax:warmup_constant_schedule", _VERSION,
    "linear_warmup",
    names={"start": "init_value", "lr": "peak_value", "warmup": "warmup_steps"},
    domains={"warmup": "[1, oo)"},
    notes=("warmup_steps=0 gives init_value for ever, not peak_value.",),
)

WARMUP_EXPONENTIAL = ScheduleConvention(
    "optax", "warmup_exponential_decay_schedule", "optax:warmup_exponential_decay_schedule",
    _VERSION, "exponential",
    names={"start": "init_value", "lr": "peak_value", "warmup": "warmup_steps",
           "decay_steps": "transition_steps", "gamma": "decay_rate"},
    settings={"warmup": "before"}, requires=(warmup > 0,),
    positions={
        "smooth": Position(),
        "staircase": Position({"staircase": True}, {"staircase": "yes"}),
    },
)

PIECEWISE = ScheduleConvention(
    "optax", "piecewise_constant_schedule", "optax:piecewise_constant_schedule", _VERSION,
    "multi_step",
    names={"lr": "init_value", "milestones": "boundaries", "scales": "scales"},
    settings={"values": "scales"}, domains={"milestones": "[1, oo)"},
    notes=("The update t = boundary has the new rate, as sign(0) = 0.",),
)

LINEAR_ONE_CYCLE = ScheduleConvention(
    "optax", "linear_onecycle_schedule", "optax:linear_onecycle_schedule", _VERSION, "one_cycle",
    names={**_ONE_CYCLE, "pct_final": "pct_final"},
    defaults={**_ONE_DEFAULTS, "pct_final": "0.85"},
    settings={"phases": "linear_three", "knots": "whole"},
    requires=(pct * cycle_total > 1 + _APART, (pct_final - pct) * cycle_total > 1 + _APART,
              (1 - pct_final) * cycle_total > _APART),
)

COSINE_ONE_CYCLE = ScheduleConvention(
    "optax", "cosine_onecycle_schedule", "optax:cosine_onecycle_schedule", _VERSION, "one_cycle",
    names=_ONE_CYCLE, defaults=_ONE_DEFAULTS,
    settings={"phases": "cos_two", "knots": "whole"},
    requires=(pct * cycle_total > 1 + _APART,),
)

SGDR = ScheduleConvention(
    "optax", "sgdr_schedule", "optax:sgdr_schedule", _VERSION, "cosine_restarts",
    names={"lr": "peak_value", "first": "first", "mult": "mult", "end": "end_value"},
    domains={"mult": "[1, 3]", "lr": "(0, oo)"}, whole=("mult",),
    notes=("A list of cycles: the adapter gives it cycles of T_0, T_0 q, T_0 q**2, ... updates.",),
)

PLATEAU = ScheduleConvention(
    "optax", "reduce_on_plateau", "optax.contrib:reduce_on_plateau", _VERSION,
    "reduce_on_plateau",
    names={"lr": "lr", "factor": "factor", "patience": "patience", "threshold": "rtol",
           "cooldown": "cooldown", "min_lr": "min_scale"},
    defaults={"factor": "0.1", "patience": "10", "threshold": "1e-4", "cooldown": "0",
              "min_lr": "0"},
    settings={"patience": "reached", "least": "none"},
    positions={
        "relative": Position(),
        "absolute": Position({"rtol": 0.0}, {"threshold": "absolute"},
                             names={"threshold": "atol"}),
    },
    domains={"patience": "[1, oo)", "threshold": "(0, 1)", "lr": "[1, 1]", "min_lr": "[0, 0]"},
    notes=("It scales updates: the rate here is that scale.",
           "patience=0 reduces after every improvement and never otherwise."),
)

ALL = (CONSTANT, EXPONENTIAL, POLYNOMIAL, LINEAR, COSINE, WARMUP_COSINE, WARMUP_CONSTANT,
       WARMUP_EXPONENTIAL, PIECEWISE, LINEAR_ONE_CYCLE, COSINE_ONE_CYCLE, SGDR, PLATEAU)
