"""Keras 3: ``keras.optimizers``, the same on its torch and jax backends."""

from refmath.conventions.record import Choice, Convention, Switch

_VERSION = "3.15.1"
_DECAY = Switch(
    "weight_decay", {"no": Choice(), "yes": Choice(settings={"weight_decay": "decoupled"})}
)
_AMSGRAD = Switch(
    "amsgrad", {"no": Choice(), "yes": Choice({"amsgrad": True}, {"amsgrad": "raw"})}
)
_NAMES = {"lr": "learning_rate", "weight_decay": "weight_decay"}
_WITH_EPS = {**_NAMES, "eps": "epsilon"}
_ADAM_NAMES = {**_WITH_EPS, "beta1": "beta_1", "beta2": "beta_2"}
_DEFAULTS = {"lr": "1e-3", "weight_decay": "0", "eps": "1e-7"}
_ADAM_DEFAULTS = {**_DEFAULTS, "beta1": "0.9", "beta2": "0.999"}

SGD = Convention(
    "keras", "SGD", "keras.optimizers:SGD", _VERSION, True, "sgd",
    names={**_NAMES, "momentum": "momentum"},
    defaults={"lr": "1e-2", "momentum": "0", "weight_decay": "0"},
    switches=(
        Switch("momentum", {
            "no": Choice(),
            "yes": Choice(rule="momentum"),
            "nesterov": Choice({"nesterov": True}, {"form": "shifted"}, "nesterov"),
        }),
        _DECAY,
    ),
)

ADAGRAD = Convention(
    "keras", "Adagrad", "keras.optimizers:Adagrad", _VERSION, True, "adagrad",
    settings={"epsilon": "inside", "start": "value"},
    names={**_WITH_EPS, "initial_accumulator": "initial_accumulator_value"},
    defaults={**_DEFAULTS, "initial_accumulator": "0.1"},
    switches=(_DECAY,),
    notes=("The sum starts at 0.1.",),
)

RMSPROP = Convention(
    "keras", "RMSprop", "keras.optimizers:RMSprop", _VERSION, True, "rmsprop",
    names={**_WITH_EPS, "rho": "rho", "momentum": "momentum"},
    defaults={**_DEFAULTS, "rho": "0.9", "momentum": "0"},
    switches=(
        Switch("centered", {
            "no": Choice(), "yes": Choice({"centered": True}, {"centered": "unclamped"}),
        }),
        Switch("momentum", {"no": Choice(), "yes": Choice(settings={"momentum": "yes"})}),
        _DECAY,
    ),
    notes=("The documentation calls epsilon 'epsilon hat'; it is added inside the root.",
           "The documentation says that the velocity decays by 1 - momentum; it decays by "
           "momentum.",
           "A centred variance that rounds below -epsilon gives NaN."),
)

ADADELTA = Convention(
    "keras", "Adadelta", "keras.optimizers:Adadelta", _VERSION, True, "adadelta",
    names={**_WITH_EPS, "rho": "rho"}, defaults={**_DEFAULTS, "rho": "0.95"},
    switches=(_DECAY,),
)

ADAM = Convention(
    "keras", "Adam", "keras.optimizers:Adam", _VERSION, True, "adam",
    settings={"epsilon": "hat"}, names=_ADAM_NAMES, defaults=_ADAM_DEFAULTS,
    switches=(_AMSGRAD, _DECAY),
    notes=("Epsilon is the epsilon-hat of the paper: it is added to the uncorrected root.",),
)

ADAMW = Convention(
    "keras", "AdamW", "keras.optimizers:AdamW", _VERSION, True, "adamw",
    settings={"epsilon": "hat"}, names=_ADAM_NAMES,
    defaults={**_ADAM_DEFAULTS, "weight_decay": "4e-3"},
    switches=(_AMSGRAD,),
)

ADAMAX = Convention(
    "keras", "Adamax", "keras.optimizers:Adamax", _VERSION, True, "adamax",
    names=_ADAM_NAMES, defaults=_ADAM_DEFAULTS,
    switches=(_DECAY,),
)

NADAM = Convention(
    "keras", "Nadam", "keras.optimizers:Nadam", _VERSION, True, "nadam",
    settings={"momentum": "schedule_fast"}, names=_ADAM_NAMES, defaults=_ADAM_DEFAULTS,
    switches=(_DECAY,),
    notes=("The schedule runs as 0.96**t, 250 times as fast as Dozat's.",
           "The documentation calls epsilon 'epsilon hat'; it is added to the corrected root."),
)

ALL = (SGD, ADAGRAD, RMSPROP, ADADELTA, ADAM, ADAMW, ADAMAX, NADAM)
