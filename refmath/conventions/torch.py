"""PyTorch: ``torch.optim``, each with its loop, foreach and (where it exists) fused path."""

from refmath.conventions.record import Choice, Convention, Switch

_VERSION = "2.13.0"
_BETAS = {"beta1": "betas.0", "beta2": "betas.1"}
_LOOP = {
    "loop": Choice({"foreach": False}),
    "foreach": Choice({"foreach": True}),
}
_PATHS = Switch("path", _LOOP)
_FUSED = Switch("path", {**_LOOP, "fused": Choice({"fused": True})})
_FUSED_SGD = Switch("path", {**_LOOP, "fused": Choice({"fused": True}, lacks=("skips",))})
_MAXIMIZE = Switch(
    "maximize", {"no": Choice(), "yes": Choice({"maximize": True}, {"maximize": "yes"})}
)
_DECAY = Switch(
    "weight_decay", {"no": Choice(), "yes": Choice(settings={"weight_decay": "coupled"})}
)
_EITHER_DECAY = Switch("weight_decay", {
    "no": Choice(),
    "yes": Choice(settings={"weight_decay": "coupled"}),
    "decoupled": Choice({"decoupled_weight_decay": True}, {"weight_decay": "decoupled"}),
})
_AMSGRAD = Switch(
    "amsgrad", {"no": Choice(), "yes": Choice({"amsgrad": True}, {"amsgrad": "raw"})}
)
_OUTSIDE = {"rate": "outside"}

SGD = Convention(
    "torch", "SGD", "torch.optim:SGD", _VERSION, True, "sgd",
    names={"lr": "lr", "momentum": "momentum", "dampening": "dampening",
           "weight_decay": "weight_decay"},
    defaults={"lr": "1e-3", "momentum": "0", "dampening": "0", "weight_decay": "0"},
    switches=(
        Switch("momentum", {
            "no": Choice(),
            "yes": Choice(settings=_OUTSIDE, rule="momentum"),
            "dampened": Choice(settings={**_OUTSIDE, "dampening": "not_first"}, rule="momentum"),
            "nesterov": Choice({"nesterov": True}, {**_OUTSIDE, "form": "shifted"}, "nesterov"),
        }),
        _DECAY, _MAXIMIZE, _FUSED_SGD,
    ),
    notes=("The first velocity is the undamped gradient.",
           "Nesterov requires dampening = 0 and momentum > 0.",
           "The fused path with momentum raises TypeError where a tensor has its first gradient "
           "later than another."),
)

ADAGRAD = Convention(
    "torch", "Adagrad", "torch.optim:Adagrad", _VERSION, True, "adagrad",
    names={"lr": "lr", "eps": "eps", "lr_decay": "lr_decay", "weight_decay": "weight_decay",
           "initial_accumulator": "initial_accumulator_value"},
    defaults={"lr": "1e-2", "eps": "1e-10", "lr_decay": "0", "weight_decay": "0",
              "initial_accumulator": "0"},
    switches=(
        Switch("lr_decay", {"no": Choice(), "yes": Choice(settings={"lr_decay": "from_zero"})}),
        Switch("start", {"zero": Choice(), "value": Choice(settings={"start": "value"})}),
        _DECAY, _MAXIMIZE, _FUSED,
    ),
)

RMSPROP = Convention(
    "torch", "RMSprop", "torch.optim:RMSprop", _VERSION, True, "rmsprop",
    settings={"epsilon": "outside"},
    names={"lr": "lr", "rho": "alpha", "eps": "eps", "momentum": "momentum",
           "weight_decay": "weight_decay"},
    defaults={"lr": "1e-2", "rho": "0.99", "eps": "1e-8", "momentum": "0", "weight_decay": "0"},
    switches=(
        Switch("centered", {
            "no": Choice(), "yes": Choice({"centered": True}, {"centered": "unclamped"}),
        }),
        Switch("momentum", {
            "no": Choice(), "yes": Choice(settings={"momentum": "yes", "rate": "outside"}),
        }),
        _DECAY, _MAXIMIZE, _PATHS,
    ),
    notes=("A centred variance that rounds below zero gives NaN.",),
)

ADADELTA = Convention(
    "torch", "Adadelta", "torch.optim:Adadelta", _VERSION, True, "adadelta",
    names={"lr": "lr", "rho": "rho", "eps": "eps", "weight_decay": "weight_decay"},
    defaults={"lr": "1", "rho": "0.9", "eps": "1e-6", "weight_decay": "0"},
    switches=(_DECAY, _MAXIMIZE, _PATHS),
)

_ADAM_NAMES = {"lr": "lr", **_BETAS, "eps": "eps", "weight_decay": "weight_decay"}
_ADAM_DEFAULTS = {"lr": "1e-3", "beta1": "0.9", "beta2": "0.999", "eps": "1e-8"}

ADAM = Convention(
    "torch", "Adam", "torch.optim:Adam", _VERSION, True, "adam",
    names=_ADAM_NAMES, defaults={**_ADAM_DEFAULTS, "weight_decay": "0"},
    switches=(_AMSGRAD, _EITHER_DECAY, _MAXIMIZE, _FUSED),
    notes=("The maximum of AMSGrad is of the raw second moment, corrected afterwards.",),
)

ADAMW = Convention(
    "torch", "AdamW", "torch.optim:AdamW", _VERSION, True, "adamw",
    names=_ADAM_NAMES, defaults={**_ADAM_DEFAULTS, "weight_decay": "1e-2"},
    switches=(_AMSGRAD, _MAXIMIZE, _FUSED),
)

ADAMAX = Convention(
    "torch", "Adamax", "torch.optim:Adamax", _VERSION, True, "adamax",
    settings={"epsilon": "maximum"},
    names=_ADAM_NAMES, defaults={**_ADAM_DEFAULTS, "lr": "2e-3", "weight_decay": "0"},
    switches=(_DECAY, _MAXIMIZE, _PATHS),
    notes=("Epsilon is stored within the maximum, and decays with it.",),
)

NADAM = Convention(
    "torch", "NAdam", "torch.optim:NAdam", _VERSION, True, "nadam",
    names={**_ADAM_NAMES, "momentum_decay": "momentum_decay"},
    defaults={**_ADAM_DEFAULTS, "lr": "2e-3", "momentum_decay": "4e-3", "weight_decay": "0"},
    switches=(_EITHER_DECAY, _MAXIMIZE, _PATHS),
    notes=("The product of momenta is held in the default dtype, float32 unless it was changed.",
           "Loading a saved state casts that product to the parameters' dtype: the steps after it "
           "differ from those of a run without interruption."),
)

ALL = (SGD, ADAGRAD, RMSPROP, ADADELTA, ADAM, ADAMW, ADAMAX, NADAM)
