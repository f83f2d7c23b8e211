"""Optimisers.jl (Flux), burn and Deeplearning4j, read in their source."""

from refmath.conventions.record import Choice, Convention, Switch

_COUPLED = {"no": Choice(), "yes": Choice(settings={"weight_decay": "coupled"})}

_FLUX = "Optimisers.jl 0.4.8 @b3595f5"
_FLUX_NAMES = {"lr": "eta", "eps": "epsilon"}
_FLUX_ADAM = {**_FLUX_NAMES, "beta1": "beta.0", "beta2": "beta.1"}
_FLUX_DEFAULTS = {"lr": "1e-3", "beta1": "0.9", "beta2": "0.999", "eps": "1e-8"}

FLUX_DESCENT = Convention(
    "flux", "Descent", "", _FLUX, False, "sgd", names={"lr": "eta"}, defaults={"lr": "0.1"},
)

FLUX_MOMENTUM = Convention(
    "flux", "Momentum", "", _FLUX, False, "momentum",
    names={"lr": "eta", "momentum": "rho"}, defaults={"lr": "1e-2", "momentum": "0.9"},
)

FLUX_NESTEROV = Convention(
    "flux", "Nesterov", "", _FLUX, False, "nesterov",
    settings={"form": "shifted"},
    names={"lr": "eta", "momentum": "rho"}, defaults={"lr": "1e-3", "momentum": "0.9"},
)

FLUX_RMSPROP = Convention(
    "flux", "RMSProp", "", _FLUX, False, "rmsprop",
    settings={"epsilon": "outside"}, names={**_FLUX_NAMES, "rho": "rho"},
    defaults={"lr": "1e-3", "rho": "0.9", "eps": "1e-8"},
    switches=(
        Switch("centred", {
            "no": Choice(), "yes": Choice({"centred": True}, {"centered": "unclamped"}),
        }),
    ),
    notes=("A centred variance that rounds below zero raises DomainError.",
           "The documentation calls the decay of the average 'Momentum'."),
)

FLUX_ADAGRAD = Convention(
    "flux", "AdaGrad", "", _FLUX, False, "adagrad",
    settings={"start": "eps"}, names=_FLUX_NAMES, defaults={"lr": "0.1", "eps": "1e-8"},
    notes=("The sum starts at epsilon.",),
)

FLUX_ADADELTA = Convention(
    "flux", "AdaDelta", "", _FLUX, False, "adadelta",
    names={"rho": "rho", "eps": "epsilon"}, defaults={"lr": "1", "rho": "0.9", "eps": "1e-8"},
    notes=("There is no learning rate.",),
)

FLUX_ADAM = Convention(
    "flux", "Adam", "", _FLUX, False, "adam", names=_FLUX_ADAM, defaults=_FLUX_DEFAULTS,
)

FLUX_ADAMW = Convention(
    "flux", "AdamW", "", _FLUX, False, "adamw",
    names={**_FLUX_ADAM, "weight_decay": "lambda"},
    defaults={**_FLUX_DEFAULTS, "weight_decay": "0"},
    switches=(
        Switch("couple", {
            "yes": Choice(),
            "no": Choice({"couple": False}, {"weight_decay": "decoupled_unscaled"}),
        }),
    ),
    notes=("Coupled means to the learning rate: in both positions the gradient is left alone.",),
)

FLUX_AMSGRAD = Convention(
    "flux", "AMSGrad", "", _FLUX, False, "amsgrad",
    settings={"start": "eps"}, names=_FLUX_ADAM, defaults=_FLUX_DEFAULTS,
    notes=("All three moments start at epsilon: a gradient of zero moves the parameter.",),
)

FLUX_ADAMAX = Convention(
    "flux", "AdaMax", "", _FLUX, False, "adamax", names=_FLUX_ADAM, defaults=_FLUX_DEFAULTS,
)

FLUX_NADAM = Convention(
    "flux", "NAdam", "", _FLUX, False, "nadam",
    settings={"momentum": "constant", "correct_second": "decayed"},
    names=_FLUX_ADAM, defaults=_FLUX_DEFAULTS,
)

_BURN = "burn-optim @2c06be3"
_BURN_DECAY = Switch("weight_decay", _COUPLED)
_BURN_NAMES = {"lr": "lr", "eps": "epsilon", "weight_decay": "weight_decay"}
_BURN_ADAM = {**_BURN_NAMES, "beta1": "beta_1", "beta2": "beta_2"}
_BURN_DEFAULTS = {"eps": "1e-5", "weight_decay": "0"}
_BURN_ADAM_DEFAULTS = {**_BURN_DEFAULTS, "beta1": "0.9", "beta2": "0.999"}
_SINGLE = "Betas, their powers and epsilon are float32."

BURN_SGD = Convention(
    "burn", "Sgd", "", _BURN, False, "sgd",
    names={"lr": "lr", "momentum": "momentum.momentum", "dampening": "momentum.dampening",
           "weight_decay": "weight_decay"},
    defaults={"momentum": "0.9", "dampening": "0.1", "weight_decay": "0"},
    switches=(
        Switch("momentum", {
            "no": Choice(),
            "yes": Choice(settings={"rate": "outside", "dampening": "not_first"}, rule="momentum"),
            "nesterov": Choice(
                {"nesterov": True},
                {"rate": "outside", "form": "shifted", "dampening": "not_first"}, "nesterov",
            ),
        }),
        _BURN_DECAY,
    ),
    notes=("Momentum comes with a dampening of 0.1; the first velocity is the undamped gradient.",),
)

BURN_ADAGRAD = Convention(
    "burn", "AdaGrad", "", _BURN, False, "adagrad",
    names={**_BURN_NAMES, "lr_decay": "lr_decay"}, defaults={**_BURN_DEFAULTS, "lr_decay": "0"},
    switches=(
        Switch("lr_decay", {"no": Choice(), "yes": Choice(settings={"lr_decay": "from_zero"})}),
        _BURN_DECAY,
    ),
    notes=(_SINGLE,),
)

BURN_RMSPROP = Convention(
    "burn", "RmsProp", "", _BURN, False, "rmsprop",
    settings={"epsilon": "outside", "rate": "outside", "momentum": "yes"},
    names={**_BURN_NAMES, "rho": "alpha", "momentum": "momentum"},
    defaults={**_BURN_DEFAULTS, "rho": "0.99", "momentum": "0.9"},
    switches=(
        Switch("centered", {
            "no": Choice(), "yes": Choice({"centered": True}, {"centered": "unclamped"}),
        }),
        _BURN_DECAY,
    ),
    notes=("Momentum 0.9 is the default.", _SINGLE),
)

BURN_ADAM = Convention(
    "burn", "Adam", "", _BURN, False, "adam",
    names=_BURN_ADAM, defaults=_BURN_ADAM_DEFAULTS,
    switches=(
        Switch("amsgrad", {"no": Choice(), "yes": Choice({"amsgrad": True}, {"amsgrad": "raw"})}),
        _BURN_DECAY,
    ),
    notes=(_SINGLE,),
)

BURN_ADAMW = Convention(
    "burn", "AdamW", "", _BURN, False, "adamw",
    names=_BURN_ADAM, defaults={**_BURN_ADAM_DEFAULTS, "weight_decay": "1e-4"},
    notes=("Cautious weight decay, an option, is not told here.", _SINGLE),
)

_DL4J = "nd4j @14488da"
_DL4J_NAMES = {"lr": "learningRate", "weight_decay": "l2"}
_DL4J_ADAM = {**_DL4J_NAMES, "beta1": "beta1", "beta2": "beta2", "eps": "epsilon"}
_DL4J_DEFAULTS = {"lr": "0.1", "weight_decay": "0"}
_DL4J_ADAM_DEFAULTS = {
    "lr": "1e-3", "beta1": "0.9", "beta2": "0.999", "eps": "1e-8", "weight_decay": "0"
}
_DL4J_DECAY = Switch("weight_decay", {
    "no": Choice(),
    "l2": Choice(settings={"weight_decay": "coupled"}),
    "decoupled": Choice(settings={"weight_decay": "decoupled"}),
    "decoupled_unscaled": Choice(settings={"weight_decay": "decoupled_unscaled"}),
})
_ZERO_RATE = "A rate that is 0 after the correction is replaced by epsilon: it does not freeze."
_REGULARIZED = (_DL4J_DECAY,)

DL4J_SGD = Convention(
    "dl4j", "Sgd", "", _DL4J, False, "sgd",
    names=_DL4J_NAMES, defaults=_DL4J_DEFAULTS, switches=_REGULARIZED,
)

DL4J_NESTEROVS = Convention(
    "dl4j", "Nesterovs", "", _DL4J, False, "nesterov",
    settings={"form": "shifted"}, names={**_DL4J_NAMES, "momentum": "momentum"},
    defaults={**_DL4J_DEFAULTS, "momentum": "0.9"}, switches=_REGULARIZED,
)

DL4J_ADAGRAD = Convention(
    "dl4j", "AdaGrad", "", _DL4J, False, "adagrad",
    settings={"start": "value"}, names={**_DL4J_NAMES, "eps": "epsilon"},
    defaults={**_DL4J_DEFAULTS, "eps": "1e-6", "initial_accumulator": "1e-6"},
    switches=_REGULARIZED,
    notes=("The sum starts at 1e-6, whatever the configured epsilon.",
           "An epsilon of 0 is replaced by 1e-7."),
)

DL4J_RMSPROP = Convention(
    "dl4j", "RmsProp", "", _DL4J, False, "rmsprop",
    settings={"epsilon": "outside", "start": "eps"},
    names={**_DL4J_NAMES, "rho": "rmsDecay", "eps": "epsilon"},
    defaults={**_DL4J_DEFAULTS, "rho": "0.95", "eps": "1e-8"}, switches=_REGULARIZED,
)

DL4J_ADADELTA = Convention(
    "dl4j", "AdaDelta", "", _DL4J, False, "adadelta",
    names={"rho": "rho", "eps": "epsilon", "weight_decay": "l2"},
    defaults={"lr": "1", "rho": "0.95", "eps": "1e-6", "weight_decay": "0"}, switches=_REGULARIZED,
    notes=("There is no learning rate.", "An epsilon of 0 is replaced by 1e-7."),
)

DL4J_ADAM = Convention(
    "dl4j", "Adam", "", _DL4J, False, "adam",
    settings={"epsilon": "hat"}, names=_DL4J_ADAM, defaults=_DL4J_ADAM_DEFAULTS,
    switches=_REGULARIZED, notes=(_ZERO_RATE,),
)

DL4J_AMSGRAD = Convention(
    "dl4j", "AMSGrad", "", _DL4J, False, "adam",
    settings={"epsilon": "hat", "amsgrad": "raw"}, names=_DL4J_ADAM, defaults=_DL4J_ADAM_DEFAULTS,
    switches=_REGULARIZED, notes=("The moments are corrected, unlike the paper's.", _ZERO_RATE),
)

DL4J_ADAMAX = Convention(
    "dl4j", "AdaMax", "", _DL4J, False, "adamax",
    settings={"epsilon": "tiny"}, names={**_DL4J_NAMES, "beta1": "beta1", "beta2": "beta2"},
    defaults={"lr": "1e-3", "beta1": "0.9", "beta2": "0.999", "weight_decay": "0"},
    switches=_REGULARIZED,
    notes=("1e-32 is added to the maximum; the configured epsilon is not.", _ZERO_RATE),
)

DL4J_NADAM = Convention(
    "dl4j", "Nadam", "", _DL4J, False, "nadam",
    settings={"momentum": "constant_same_power", "correct_second": "no"},
    names=_DL4J_ADAM, defaults=_DL4J_ADAM_DEFAULTS, switches=_REGULARIZED,
    notes=("The second moment is not corrected.",),
)

ALL = (FLUX_DESCENT, FLUX_MOMENTUM, FLUX_NESTEROV, FLUX_RMSPROP, FLUX_ADAGRAD, FLUX_ADADELTA,
       FLUX_ADAM, FLUX_ADAMW, FLUX_AMSGRAD, FLUX_ADAMAX, FLUX_NADAM,
       BURN_SGD, BURN_ADAGRAD, BURN_RMSPROP, BURN_ADAM, BURN_ADAMW,
       DL4J_SGD, DL4J_NESTEROVS, DL4J_ADAGRAD, DL4J_RMSPROP, DL4J_ADADELTA, DL4J_ADAM,
       DL4J_AMSGRAD, DL4J_ADAMAX, DL4J_NADAM)
