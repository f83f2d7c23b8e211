"""TensorFlow's own optimizers, and those of the Keras 2 that TensorFlow still ships as tf_keras.

Read in their source. Their hyperparameters and powers are float32 whatever the parameters are.
"""

from dataclasses import replace

from refmath.conventions import keras
from refmath.conventions.record import Choice, Convention, Switch

_VERSION = "2.21.0"
_V1 = "TensorFlow 1 (tf.compat.v1.train)."
_NAMES = {"lr": "learning_rate", "eps": "epsilon"}
_CENTERED = Switch("centered", {
    "no": Choice(), "yes": Choice({"centered": True}, {"centered": "unclamped"}),
})
_ADAM_DEFAULTS = {"beta1": "0.9", "beta2": "0.999", "eps": "1e-8"}
_SAME_POWER = {"momentum": "constant_same_power", "epsilon": "hat"}

GRADIENT_DESCENT = Convention(
    "tensorflow", "GradientDescentOptimizer", "", _VERSION, False, "sgd",
    names={"lr": "learning_rate"}, notes=(_V1,),
)

MOMENTUM = Convention(
    "tensorflow", "MomentumOptimizer", "", _VERSION, False, "momentum",
    settings={"rate": "outside"}, names={"lr": "learning_rate", "momentum": "momentum"},
    switches=(
        Switch("use_nesterov", {
            "no": Choice(),
            "yes": Choice(
                {"use_nesterov": True}, {"rate": "outside", "form": "shifted"}, "nesterov"
            ),
        }),
    ),
    notes=(_V1,),
)

ADAGRAD = Convention(
    "tensorflow", "AdagradOptimizer", "", _VERSION, False, "adagrad",
    settings={"epsilon": "none", "start": "value"},
    names={"lr": "learning_rate", "initial_accumulator": "initial_accumulator_value"},
    defaults={"initial_accumulator": "0.1"},
    notes=(_V1, "There is no epsilon: the sum must start above 0."),
)

RMSPROP = Convention(
    "tensorflow", "RMSPropOptimizer", "", _VERSION, False, "rmsprop",
    settings={"start": "one", "momentum": "yes"},
    names={**_NAMES, "rho": "decay", "momentum": "momentum"},
    defaults={"rho": "0.9", "momentum": "0", "eps": "1e-10"},
    switches=(_CENTERED,),
    notes=(_V1, "The average starts at 1, not at 0."),
)

ADADELTA = Convention(
    "tensorflow", "AdadeltaOptimizer", "", _VERSION, False, "adadelta",
    names={**_NAMES, "rho": "rho"}, defaults={"lr": "1e-3", "rho": "0.95", "eps": "1e-8"},
    notes=(_V1,),
)

ADAM = Convention(
    "tensorflow", "AdamOptimizer", "", _VERSION, False, "adam",
    settings={"epsilon": "hat"}, names={**_NAMES, "beta1": "beta1", "beta2": "beta2"},
    defaults={"lr": "1e-3", **_ADAM_DEFAULTS},
    notes=(_V1, "Epsilon is the epsilon-hat of the paper.",
           "The powers of the betas are float32 variables, multiplied at every step."),
)

APPLY_ADAM = Convention(
    "tensorflow", "ApplyAdam", "", _VERSION, False, "adam",
    settings={"epsilon": "hat"},
    names={"lr": "lr", "beta1": "beta1", "beta2": "beta2", "eps": "epsilon"},
    switches=(
        Switch("use_nesterov", {
            "no": Choice(), "yes": Choice({"use_nesterov": True}, _SAME_POWER, "nadam"),
        }),
        Switch("amsgrad", {
            "no": Choice(),
            "yes": Choice(settings={"amsgrad": "raw"}, needs={"use_nesterov": "no"}),
        }),
    ),
    notes=("A raw operation; AMSGrad is an operation of its own, ApplyAdamWithAmsgrad.",),
)

APPLY_ADAMAX = Convention(
    "tensorflow", "ApplyAdaMax", "", _VERSION, False, "adamax",
    names={"lr": "lr", "beta1": "beta1", "beta2": "beta2", "eps": "epsilon"},
    notes=("A raw operation.",),
)

_LEGACY = "tf_keras.legacy"
_LEGACY_ADAM = {**_NAMES, "beta1": "beta_1", "beta2": "beta_2"}
_LEGACY_DEFAULTS = {"lr": "1e-3", "beta1": "0.9", "beta2": "0.999", "eps": "1e-7"}

LEGACY_SGD = Convention(
    _LEGACY, "SGD", "", _VERSION, False, "sgd",
    names={"lr": "learning_rate", "momentum": "momentum"},
    defaults={"lr": "1e-2", "momentum": "0"},
    switches=(
        Switch("momentum", {
            "no": Choice(),
            "yes": Choice(rule="momentum"),
            "nesterov": Choice({"nesterov": True}, {"form": "shifted"}, "nesterov"),
        }),
    ),
    notes=("The argument decay divides the learning rate by 1 + decay * (t - 1).",),
)

LEGACY_ADAGRAD = Convention(
    _LEGACY, "Adagrad", "", _VERSION, False, "adagrad",
    settings={"start": "value"},
    names={**_NAMES, "initial_accumulator": "initial_accumulator_value"},
    defaults={"lr": "1e-3", "eps": "1e-7", "initial_accumulator": "0.1"},
    notes=("Epsilon is beside the root here, and inside it in the newer Keras.",),
)

LEGACY_RMSPROP = Convention(
    _LEGACY, "RMSprop", "", _VERSION, False, "rmsprop",
    names={**_NAMES, "rho": "rho", "momentum": "momentum"},
    defaults={"lr": "1e-3", "rho": "0.9", "momentum": "0", "eps": "1e-7"},
    switches=(
        Switch("momentum", {
            "no": Choice(settings={"epsilon": "outside"}),
            "yes": Choice(settings={"momentum": "yes"}),
        }),
        _CENTERED,
    ),
    notes=("Epsilon is beside the root without momentum, and inside it with momentum.",),
)

LEGACY_ADADELTA = Convention(
    _LEGACY, "Adadelta", "", _VERSION, False, "adadelta",
    names={**_NAMES, "rho": "rho"}, defaults={"lr": "1e-3", "rho": "0.95", "eps": "1e-7"},
)

LEGACY_ADAM = Convention(
    _LEGACY, "Adam", "", _VERSION, False, "adam",
    settings={"epsilon": "hat"}, names=_LEGACY_ADAM, defaults=_LEGACY_DEFAULTS,
    switches=(
        Switch("amsgrad", {"no": Choice(), "yes": Choice({"amsgrad": True}, {"amsgrad": "raw"})}),
    ),
)

LEGACY_ADAMAX = Convention(
    _LEGACY, "Adamax", "", _VERSION, False, "adamax",
    names=_LEGACY_ADAM, defaults=_LEGACY_DEFAULTS,
)

LEGACY_NADAM = Convention(
    _LEGACY, "Nadam", "", _VERSION, False, "nadam",
    names={**_LEGACY_ADAM, "momentum_decay": "schedule_decay"},
    defaults={**_LEGACY_DEFAULTS, "momentum_decay": "4e-3"},
    notes=("Learning-rate schedules are refused.",),
)

_NEW = tuple(
    replace(c, framework="tf_keras", target="", version=_VERSION, ran=False) for c in keras.ALL
)

ALL = (GRADIENT_DESCENT, MOMENTUM, ADAGRAD, RMSPROP, ADADELTA, ADAM, APPLY_ADAM, APPLY_ADAMAX,
       LEGACY_SGD, LEGACY_ADAGRAD, LEGACY_RMSPROP, LEGACY_ADADELTA, LEGACY_ADAM, LEGACY_ADAMAX,
       LEGACY_NADAM, *_NEW)
