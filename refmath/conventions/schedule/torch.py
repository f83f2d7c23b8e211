"""PyTorch: ``torch.optim.lr_scheduler``, by ``step()`` and by a jump to an epoch."""

from sympy import Abs, Rational

from refmath.conventions.schedule.record import Position, ScheduleConvention
from refmath.schedules._common import lr, start, warmup
from refmath.schedules.one_cycle import pct
from refmath.schedules.one_cycle import total as cycle_total

_WHERE, _VERSION = "torch.optim.lr_scheduler:", "2.13.0"
_BOTH = {"recursive": Position(), "closed": Position(drive="epoch")}
_APART = Rational(1, 1000)

STEP = ScheduleConvention(
    "torch", "StepLR", f"{_WHERE}StepLR", _VERSION, "step",
    names={"lr": "lr", "gamma": "gamma", "step_size": "step_size"},
    defaults={"gamma": "0.1"}, positions=_BOTH,
)

MULTI_STEP = ScheduleConvention(
    "torch", "MultiStepLR", f"{_WHERE}MultiStepLR", _VERSION, "multi_step",
    names={"lr": "lr", "gamma": "gamma", "milestones": "milestones"},
    defaults={"gamma": "0.1"}, positions=_BOTH,
    notes=("A repeated milestone counts as often as it is named.",),
)

CONSTANT = ScheduleConvention(
    "torch", "ConstantLR", f"{_WHERE}ConstantLR", _VERSION, "constant",
    names={"lr": "lr", "factor": "factor", "total": "total_iters"},
    defaults={"factor": "1/3", "total": "5"}, settings={"factor": "first"}, positions=_BOTH,
    domains={"total": "[1, oo)"},
    notes=("factor=0 is accepted, and divides by zero when the factor is to be lifted.",
           "total_iters=0 never lifts the factor by step(), but does by a jump to an epoch."),
)

LINEAR = ScheduleConvention(
    "torch", "LinearLR", f"{_WHERE}LinearLR", _VERSION, "linear_warmup",
    names={"lr": "lr", "start_factor": "start_factor", "end_factor": "end_factor",
           "warmup": "total_iters"},
    defaults={"start_factor": "1/3", "end_factor": "1", "warmup": "5"},
    settings={"start": "factor", "end": "factor"}, positions=_BOTH,
    domains={"warmup": "[1, oo)", "start_factor": "(0, 1]"},
    notes=("total_iters=0 leaves the rate at start_factor for ever.",),
)

EXPONENTIAL = ScheduleConvention(
    "torch", "ExponentialLR", f"{_WHERE}ExponentialLR", _VERSION, "exponential",
    names={"lr": "lr", "gamma": "gamma"}, defaults={"decay_steps": "1"},
    positions={
        **_BOTH,
        "after_linear": Position(settings={"warmup": "before"}, drive="sequence",
                                 names={"start": "start", "warmup": "warmup"},
                                 requires=(warmup > 0, start > 0, start <= lr)),
        "times_linear": Position(settings={"warmup": "times"}, drive="chain",
                                 names={"start_factor": "start_factor", "warmup": "warmup"},
                                 requires=(warmup > 0,)),
    },
    notes=("after_linear is SequentialLR of LinearLR and this, times_linear is ChainedScheduler.",),
)

POLYNOMIAL = ScheduleConvention(
    "torch", "PolynomialLR", f"{_WHERE}PolynomialLR", _VERSION, "polynomial",
    names={"lr": "lr", "total": "total_iters", "power": "power"},
    defaults={"total": "5", "power": "1", "end": "0"}, positions=_BOTH,
    notes=("The rate ends at 0.",),
)

COSINE = ScheduleConvention(
    "torch", "CosineAnnealingLR", f"{_WHERE}CosineAnnealingLR", _VERSION, "cosine",
    names={"lr": "lr", "total": "T_max", "end": "eta_min"}, defaults={"end": "0"},
    settings={"after": "rise"},
    positions={
        **_BOTH,
        "after_linear": Position(settings={"warmup": "outside"}, drive="sequence",
                                 names={"start": "start", "warmup": "warmup"},
                                 requires=(warmup > 0, start > 0, start <= lr)),
    },
    notes=("After T_max the rate rises again.",),
)

RESTARTS = ScheduleConvention(
    "torch", "CosineAnnealingWarmRestarts", f"{_WHERE}CosineAnnealingWarmRestarts", _VERSION,
    "cosine_restarts",
    names={"lr": "lr", "first": "T_0", "mult": "T_mult", "end": "eta_min"},
    defaults={"mult": "1", "end": "0"},
    positions={
        "recursive": Position(),
        "epoch": Position(drive="epoch", settings={"restart": "logarithm"}),
    },
    domains={"mult": "[1, 3]"}, whole=("mult",),
    notes=("T_mult is a whole number.", "The rate eta_min itself is never reached.",
           "A jump to an epoch counts restarts by a logarithm, which may round the wrong way."),
)

ONE_CYCLE = ScheduleConvention(
    "torch", "OneCycleLR", f"{_WHERE}OneCycleLR", _VERSION, "one_cycle",
    names={"lr": "max_lr", "total": "total_steps", "pct_start": "pct_start",
           "div_factor": "div_factor", "final_div_factor": "final_div_factor"},
    defaults={"pct_start": "0.3", "div_factor": "25", "final_div_factor": "1e4"},
    positions={
        "cos": Position(settings={"phases": "cos_two_extrapolated"}),
        "linear": Position({"anneal_strategy": "linear"},
                           {"phases": "linear_two_extrapolated"}),
        "cos_three": Position({"three_phase": True}, {"phases": "cos_three_extrapolated"},
                              requires=(2 * pct < 1,)),
        "linear_three": Position(
            {"three_phase": True, "anneal_strategy": "linear"},
            {"phases": "linear_three_extrapolated"},
            requires=(2 * pct < 1,),
        ),
        "momentum": Position(
            settings={"phases": "cos_two_extrapolated"}, schedule="one_cycle_momentum",
            names={"base_momentum": "base_momentum", "max_momentum": "max_momentum"},
            drive="momentum",
        ),
        "linear_momentum": Position(
            {"anneal_strategy": "linear"}, {"phases": "linear_two_extrapolated"},
            schedule="one_cycle_momentum", drive="momentum",
            names={"base_momentum": "base_momentum", "max_momentum": "max_momentum"},
        ),
    },
    requires=(Abs(pct * cycle_total - 1) > _APART,),
    until=cycle_total,
    notes=("total_steps * pct_start = 1 divides by zero.",
           "The update t = total_steps is allowed, one past the end: the last phase goes on."),
)

CYCLIC = ScheduleConvention(
    "torch", "CyclicLR", f"{_WHERE}CyclicLR", _VERSION, "cyclic",
    names={"lr": "base_lr", "max_lr": "max_lr", "up": "step_size_up", "down": "step_size_down",
           "gamma": "gamma"},
    defaults={"up": "2000", "gamma": "1"}, settings={"phase": "fraction"},
    positions={
        "triangular": Position(),
        "triangular2": Position({"mode": "triangular2"}, {"scale": "triangular2"}),
        "exp_range": Position({"mode": "exp_range"}, {"scale": "exp_range"}),
    },
)

PLATEAU = ScheduleConvention(
    "torch", "ReduceLROnPlateau", f"{_WHERE}ReduceLROnPlateau", _VERSION, "reduce_on_plateau",
    names={"lr": "lr", "factor": "factor", "patience": "patience", "threshold": "threshold",
           "cooldown": "cooldown", "min_lr": "min_lr", "eps": "eps"},
    defaults={"factor": "0.1", "patience": "10", "threshold": "1e-4", "cooldown": "0",
              "min_lr": "0", "eps": "1e-8"},
    positions={
        "min": Position(),
        "max": Position({"mode": "max"}, {"mode": "max"}),
        "absolute": Position({"threshold_mode": "abs"}, {"threshold": "absolute"}),
    },
    notes=("A negative best metric makes the relative threshold accept what is a little worse.",),
)

ALL = (STEP, MULTI_STEP, CONSTANT, LINEAR, EXPONENTIAL, POLYNOMIAL, COSINE, RESTARTS, ONE_CYCLE,
       CYCLIC, PLATEAU)
