"""JAX: ``jax.example_libraries.optimizers``."""

from refmath.conventions.record import Convention

_VERSION = "0.10.2"
_MODULE = "jax.example_libraries.optimizers"
_LR = {"lr": "step_size"}
_ADAM_NAMES = {**_LR, "beta1": "b1", "beta2": "b2", "eps": "eps"}
_ADAM_DEFAULTS = {"beta1": "0.9", "beta2": "0.999", "eps": "1e-8"}
_RMS_NAMES = {**_LR, "rho": "gamma", "eps": "eps"}
_RMS_DEFAULTS = {"rho": "0.9", "eps": "1e-8"}

SGD = Convention("jax", "sgd", f"{_MODULE}:sgd", _VERSION, True, "sgd", names=_LR)

MOMENTUM = Convention(
    "jax", "momentum", f"{_MODULE}:momentum", _VERSION, True, "momentum",
    settings={"rate": "outside"}, names={**_LR, "momentum": "mass"},
)

NESTEROV = Convention(
    "jax", "nesterov", f"{_MODULE}:nesterov", _VERSION, True, "nesterov",
    settings={"rate": "outside", "form": "shifted"}, names={**_LR, "momentum": "mass"},
)

ADAGRAD = Convention(
    "jax", "adagrad", f"{_MODULE}:adagrad", _VERSION, True, "adagrad",
    settings={"epsilon": "none", "guard": "yes", "average": "yes"},
    names={**_LR, "momentum": "momentum"}, defaults={"momentum": "0.9"},
    notes=("The directions are averaged, by default with 0.9; there is no epsilon.",),
)

RMSPROP = Convention(
    "jax", "rmsprop", f"{_MODULE}:rmsprop", _VERSION, True, "rmsprop",
    names=_RMS_NAMES, defaults=_RMS_DEFAULTS,
)

RMSPROP_MOMENTUM = Convention(
    "jax", "rmsprop_momentum", f"{_MODULE}:rmsprop_momentum", _VERSION, True, "rmsprop",
    settings={"momentum": "yes"}, names={**_RMS_NAMES, "momentum": "momentum"},
    defaults={**_RMS_DEFAULTS, "momentum": "0.9"},
)

ADAM = Convention(
    "jax", "adam", f"{_MODULE}:adam", _VERSION, True, "adam",
    names=_ADAM_NAMES, defaults=_ADAM_DEFAULTS,
    notes=("The caller counts the steps, from 0.",
           "The betas are rounded to the parameters' dtype before the power: in bfloat16 0.999 is "
           "1, and the correction divides by 0."),
)

ADAMAX = Convention(
    "jax", "adamax", f"{_MODULE}:adamax", _VERSION, True, "adamax",
    names=_ADAM_NAMES, defaults=_ADAM_DEFAULTS,
)

ALL = (SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, RMSPROP_MOMENTUM, ADAM, ADAMAX)
