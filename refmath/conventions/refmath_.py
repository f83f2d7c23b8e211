"""The optimizers of this package: ``refmath.optimizers``."""

from refmath.conventions.record import Choice, Convention, Switch

_VERSION = "0.1.0"
_MODULE = "refmath.optimizers"
_MAXIMIZE = Switch(
    "maximize", {"no": Choice(), "yes": Choice({"maximize": True}, {"maximize": "yes"})}
)
_DECAY = Switch("weight_decay", {
    "no": Choice(),
    "coupled": Choice(settings={"weight_decay": "coupled"}),
    "decoupled": Choice({"decoupled": True}, {"weight_decay": "decoupled"}),
})
_AMSGRAD = Switch(
    "amsgrad", {"no": Choice(), "yes": Choice({"amsgrad": True}, {"amsgrad": "raw"})}
)
_RATE = {"inside": Choice(), "outside": Choice({"lr_inside": False}, {"rate": "outside"})}
_COMMON = (_DECAY, _MAXIMIZE)


def _own(*keys: str) -> dict[str, str]:
    """Our own names are the field's."""
    return {k: k for k in ("lr", *keys, "weight_decay")}


_DEFAULTS = {"lr": "1e-2", "weight_decay": "0"}
_ADAM = _own("beta1", "beta2", "eps")
_ADAM_DEFAULTS = {
    "lr": "1e-3", "beta1": "0.9", "beta2": "0.999", "eps": "1e-8", "weight_decay": "0"
}

GRADIENT_DESCENT = Convention(
    "refmath", "GradientDescent", f"{_MODULE}:GradientDescent", _VERSION, True, "sgd",
    names=_own(), defaults=_DEFAULTS, switches=_COMMON,
)

MOMENTUM = Convention(
    "refmath", "Momentum", f"{_MODULE}:Momentum", _VERSION, True, "momentum",
    names=_own("momentum", "dampening"),
    defaults={**_DEFAULTS, "momentum": "0.9", "dampening": "0"},
    switches=(
        Switch("rate", _RATE),
        Switch("dampening", {"no": Choice(), "yes": Choice(settings={"dampening": "yes"})}),
        *_COMMON,
    ),
    notes=("The first gradient is damped like all others.",),
)

NESTEROV = Convention(
    "refmath", "Nesterov", f"{_MODULE}:Nesterov", _VERSION, True, "nesterov",
    names=_own("momentum"), defaults={**_DEFAULTS, "momentum": "0.9"},
    switches=(
        Switch("form", {
            "lookahead": Choice(), "shifted": Choice({"form": "shifted"}, {"form": "shifted"}),
        }),
        Switch("rate", _RATE),
        *_COMMON,
    ),
    notes=("In the look-ahead form a step takes a function for the gradients.",),
)

ADAGRAD = Convention(
    "refmath", "AdaGrad", f"{_MODULE}:AdaGrad", _VERSION, True, "adagrad",
    names=_own("eps", "initial_accumulator", "lr_decay"),
    defaults={**_DEFAULTS, "eps": "1e-7", "initial_accumulator": "0", "lr_decay": "0"},
    switches=(
        Switch("epsilon", {
            "outside": Choice(), "inside": Choice({"eps_inside": True}, {"epsilon": "inside"}),
        }),
        Switch("start", {"zero": Choice(), "value": Choice(settings={"start": "value"})}),
        Switch("lr_decay", {"no": Choice(), "yes": Choice(settings={"lr_decay": "from_zero"})}),
        *_COMMON,
    ),
)

RMSPROP = Convention(
    "refmath", "RMSProp", f"{_MODULE}:RMSProp", _VERSION, True, "rmsprop",
    names=_own("rho", "eps", "momentum"),
    defaults={"lr": "1e-3", "rho": "0.9", "eps": "1e-6", "momentum": "0", "weight_decay": "0"},
    switches=(
        Switch("epsilon", {
            "inside": Choice(), "outside": Choice({"eps_inside": False}, {"epsilon": "outside"}),
        }),
        Switch("centered", {
            "no": Choice(), "yes": Choice({"centered": True}, {"centered": "yes"}),
        }),
        Switch("momentum", {"no": Choice(), "yes": Choice(settings={"momentum": "yes"})}),
        Switch("rate", {
            "inside": Choice(),
            "outside": Choice({"lr_inside": False}, {"rate": "outside"}, needs={"momentum": "yes"}),
        }),
        *_COMMON,
    ),
)

ADADELTA = Convention(
    "refmath", "Adadelta", f"{_MODULE}:Adadelta", _VERSION, True, "adadelta",
    names=_own("rho", "eps"),
    defaults={"lr": "1", "rho": "0.95", "eps": "1e-6", "weight_decay": "0"},
    switches=_COMMON,
)

ADAM = Convention(
    "refmath", "Adam", f"{_MODULE}:Adam", _VERSION, True, "adam",
    names=_ADAM, defaults=_ADAM_DEFAULTS, switches=(_AMSGRAD, *_COMMON),
)

ADAMW = Convention(
    "refmath", "AdamW", f"{_MODULE}:AdamW", _VERSION, True, "adamw",
    names=_ADAM, defaults={**_ADAM_DEFAULTS, "weight_decay": "1e-2"},
    switches=(_AMSGRAD, _MAXIMIZE),
)

AMSGRAD = Convention(
    "refmath", "AMSGrad", f"{_MODULE}:AMSGrad", _VERSION, True, "amsgrad",
    names=_ADAM, defaults=_ADAM_DEFAULTS, switches=_COMMON,
)

ADAMAX = Convention(
    "refmath", "AdaMax", f"{_MODULE}:AdaMax", _VERSION, True, "adamax",
    names=_ADAM, defaults={**_ADAM_DEFAULTS, "lr": "2e-3"}, switches=_COMMON,
)

NADAM = Convention(
    "refmath", "NAdam", f"{_MODULE}:NAdam", _VERSION, True, "nadam",
    names=_own("beta1", "beta2", "eps", "momentum_decay"),
    defaults={**_ADAM_DEFAULTS, "lr": "2e-3", "momentum_decay": "4e-3"}, switches=_COMMON,
)

ALL = (GRADIENT_DESCENT, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADADELTA, ADAM, ADAMW, AMSGRAD,
       ADAMAX, NADAM)
