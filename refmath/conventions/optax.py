"""Optax: the gradient transformations that are complete optimizers."""

from refmath.conventions.record import Choice, Convention, Switch

_VERSION = "0.2.8"
_LR = {"lr": "learning_rate"}
_NAMES = {**_LR, "eps": "eps"}
_ADAM_NAMES = {**_NAMES, "beta1": "b1", "beta2": "b2"}
_ADAM_DEFAULTS = {"beta1": "0.9", "beta2": "0.999", "eps": "1e-8"}
_DECAY_NAMES = {**_ADAM_NAMES, "weight_decay": "weight_decay"}
_DECAY_DEFAULTS = {**_ADAM_DEFAULTS, "weight_decay": "1e-4"}
_ROOT = {"eps_root": "eps_root"}
_NO_ROOT = {"eps_root": "0"}
_CONSTANT = {"momentum": "constant"}
_DECOUPLED = {"weight_decay": "decoupled"}
_EPS_ROOT = {"no": Choice(), "yes": Choice(settings={"eps_root": "yes"})}

SGD = Convention(
    "optax", "sgd", "optax:sgd", _VERSION, True, "sgd",
    names={**_LR, "momentum": "momentum"},
    switches=(
        Switch("momentum", {
            "no": Choice(),
            "yes": Choice(settings={"rate": "outside"}, rule="momentum"),
            "nesterov": Choice(
                {"nesterov": True}, {"rate": "outside", "form": "shifted"}, "nesterov"
            ),
        }),
    ),
)

ADAGRAD = Convention(
    "optax", "adagrad", "optax:adagrad", _VERSION, True, "adagrad",
    settings={"epsilon": "inside", "guard": "yes", "start": "value"},
    names={**_NAMES, "initial_accumulator": "initial_accumulator_value"},
    defaults={"eps": "1e-7", "initial_accumulator": "0.1"},
    notes=("The sum starts at 0.1.",),
)

RMSPROP = Convention(
    "optax", "rmsprop", "optax:rmsprop", _VERSION, True, "rmsprop",
    names={**_NAMES, "rho": "decay", "momentum": "momentum",
           "initial_accumulator": "initial_scale"},
    defaults={"rho": "0.9", "eps": "1e-8", "initial_accumulator": "0"},
    switches=(
        Switch("epsilon", {
            "inside": Choice(), "outside": Choice({"eps_in_sqrt": False}, {"epsilon": "outside"}),
        }),
        Switch("centered", {
            "no": Choice(), "yes": Choice({"centered": True}, {"centered": "unclamped"}),
        }),
        Switch("momentum", {
            "no": Choice(),
            "yes": Choice(settings={"momentum": "yes"}),
            "nesterov": Choice({"nesterov": True}, {"momentum": "nesterov"}),
        }),
        Switch("bias_correction", {
            "no": Choice(), "yes": Choice({"bias_correction": True}, {"bias_correction": "yes"}),
        }),
        Switch("start", {"zero": Choice(), "value": Choice(settings={"start": "value"})}),
    ),
    notes=("A centred variance that rounds below -eps (outside the root: below 0) gives NaN.",),
)

ADADELTA = Convention(
    "optax", "adadelta", "optax:adadelta", _VERSION, True, "adadelta",
    names={**_NAMES, "rho": "rho", "weight_decay": "weight_decay"},
    defaults={"rho": "0.9", "eps": "1e-6", "weight_decay": "0"},
    switches=(
        Switch("weight_decay", {
            "no": Choice(), "yes": Choice(settings={"weight_decay": "coupled"}),
        }),
    ),
    notes=("Without a learning rate, which is the default, the sign is not flipped either: the "
           "parameter climbs.",),
)

ADAM = Convention(
    "optax", "adam", "optax:adam", _VERSION, True, "adam",
    names={**_ADAM_NAMES, **_ROOT}, defaults={**_ADAM_DEFAULTS, **_NO_ROOT},
    switches=(
        Switch("nesterov", {
            "no": Choice(), "yes": Choice({"nesterov": True}, _CONSTANT, "nadam"),
        }),
        Switch("eps_root", _EPS_ROOT),
    ),
)

ADAMW = Convention(
    "optax", "adamw", "optax:adamw", _VERSION, True, "adamw",
    names={**_DECAY_NAMES, **_ROOT}, defaults={**_DECAY_DEFAULTS, **_NO_ROOT},
    switches=(
        Switch("nesterov", {
            "no": Choice(),
            "yes": Choice({"nesterov": True}, {**_CONSTANT, **_DECOUPLED}, "nadam"),
        }),
        Switch("eps_root", _EPS_ROOT),
    ),
)

AMSGRAD = Convention(
    "optax", "amsgrad", "optax:amsgrad", _VERSION, True, "amsgrad",
    settings={"amsgrad": "corrected", "correct_first": "yes", "correct_second": "yes"},
    names={**_ADAM_NAMES, **_ROOT}, defaults={**_ADAM_DEFAULTS, **_NO_ROOT},
    switches=(
        Switch("bias_correction_mu", {
            "yes": Choice(),
            "no": Choice({"bias_correction_mu": False}, {"correct_first": "no"}),
        }),
        Switch("bias_correction_nu", {
            "yes": Choice(),
            "no": Choice({"bias_correction_nu": False}, {"correct_second": "no"}),
        }),
        Switch("eps_root", _EPS_ROOT),
    ),
    notes=("The maximum is of the corrected second moment.",),
)

ADAMAX = Convention(
    "optax", "adamax", "optax:adamax", _VERSION, True, "adamax",
    settings={"epsilon": "maximum"}, names=_ADAM_NAMES, defaults=_ADAM_DEFAULTS,
    notes=("Epsilon is stored within the maximum, and decays with it.",),
)

ADAMAXW = Convention(
    "optax", "adamaxw", "optax:adamaxw", _VERSION, True, "adamax",
    settings={"epsilon": "maximum", **_DECOUPLED}, names=_DECAY_NAMES, defaults=_DECAY_DEFAULTS,
)

NADAM = Convention(
    "optax", "nadam", "optax:nadam", _VERSION, True, "nadam",
    settings=_CONSTANT,
    names={**_ADAM_NAMES, **_ROOT}, defaults={**_ADAM_DEFAULTS, **_NO_ROOT},
    switches=(Switch("eps_root", _EPS_ROOT),),
    notes=("The momentum is constant: there is no schedule.",),
)

NADAMW = Convention(
    "optax", "nadamw", "optax:nadamw", _VERSION, True, "nadam",
    settings={**_CONSTANT, **_DECOUPLED},
    names={**_DECAY_NAMES, **_ROOT}, defaults={**_DECAY_DEFAULTS, **_NO_ROOT},
    switches=(Switch("eps_root", _EPS_ROOT),),
)

ALL = (SGD, ADAGRAD, RMSPROP, ADADELTA, ADAM, ADAMW, AMSGRAD, ADAMAX, ADAMAXW, NADAM, NADAMW)
