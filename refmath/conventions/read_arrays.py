"""MLX, tinygrad and ONNX, read in their source."""

from refmath.conventions.record import Choice, Convention, Switch

_OUTSIDE = {"rate": "outside"}
_SHIFTED = {"rate": "outside", "form": "shifted"}
_COUPLED = Switch(
    "weight_decay", {"no": Choice(), "yes": Choice(settings={"weight_decay": "coupled"})}
)

_MLX = "0.32.4"
_MLX_NAMES = {"lr": "learning_rate", "eps": "eps"}
_MLX_ADAM = {**_MLX_NAMES, "beta1": "betas.0", "beta2": "betas.1"}
_MLX_ADAM_DEFAULTS = {"beta1": "0.9", "beta2": "0.999", "eps": "1e-8"}
_UNCORRECTED = {"correct_first": "no", "correct_second": "no"}
_MLX_CORRECTION = Switch("bias_correction", {
    "no": Choice(settings=_UNCORRECTED), "yes": Choice({"bias_correction": True}),
})
_BIAS = "The moments are not corrected unless asked for."

MLX_SGD = Convention(
    "mlx", "SGD", "", _MLX, False, "sgd",
    names={"lr": "learning_rate", "momentum": "momentum", "dampening": "dampening",
           "weight_decay": "weight_decay"},
    defaults={"momentum": "0", "dampening": "0", "weight_decay": "0"},
    switches=(
        Switch("momentum", {
            "no": Choice(),
            "yes": Choice(settings=_OUTSIDE, rule="momentum"),
            "dampened": Choice(settings={**_OUTSIDE, "dampening": "yes"}, rule="momentum"),
            "nesterov": Choice({"nesterov": True}, _SHIFTED, "nesterov"),
        }),
        _COUPLED,
    ),
    notes=("The first gradient is damped like all others.",
           "Nesterov requires dampening = 0 and momentum > 0."),
)

MLX_RMSPROP = Convention(
    "mlx", "RMSprop", "", _MLX, False, "rmsprop",
    settings={"epsilon": "outside"}, names={**_MLX_NAMES, "rho": "alpha"},
    defaults={"rho": "0.99", "eps": "1e-8"},
)

MLX_ADAGRAD = Convention(
    "mlx", "Adagrad", "", _MLX, False, "adagrad", names=_MLX_NAMES, defaults={"eps": "1e-8"},
)

MLX_ADADELTA = Convention(
    "mlx", "AdaDelta", "", _MLX, False, "adadelta",
    names={**_MLX_NAMES, "rho": "rho"}, defaults={"rho": "0.9", "eps": "1e-6"},
)

MLX_ADAM = Convention(
    "mlx", "Adam", "", _MLX, False, "adam",
    names=_MLX_ADAM, defaults=_MLX_ADAM_DEFAULTS, switches=(_MLX_CORRECTION,), notes=(_BIAS,),
)

MLX_ADAMW = Convention(
    "mlx", "AdamW", "", _MLX, False, "adamw",
    names={**_MLX_ADAM, "weight_decay": "weight_decay"},
    defaults={**_MLX_ADAM_DEFAULTS, "weight_decay": "1e-2"},
    switches=(_MLX_CORRECTION,), notes=(_BIAS,),
)

MLX_ADAMAX = Convention(
    "mlx", "Adamax", "", _MLX, False, "adamax",
    settings={"correct_first": "no"}, names=_MLX_ADAM, defaults=_MLX_ADAM_DEFAULTS,
    notes=("The first moment is never corrected.",),
)

_TINY = "0.14.0"
_FLOAT32 = "The state is float32 whatever the parameters are."
_TINY_ADAM = {"lr": "lr", "beta1": "b1", "beta2": "b2", "eps": "eps"}
_TINY_DEFAULTS = {"lr": "1e-3", "beta1": "0.9", "beta2": "0.999", "eps": "1e-8"}

TINYGRAD_SGD = Convention(
    "tinygrad", "SGD", "", _TINY, False, "sgd",
    names={"lr": "lr", "momentum": "momentum", "weight_decay": "weight_decay"},
    defaults={"lr": "1e-3", "momentum": "0", "weight_decay": "0"},
    switches=(
        Switch("momentum", {
            "no": Choice(),
            "yes": Choice(settings=_OUTSIDE, rule="momentum"),
            "nesterov": Choice({"nesterov": True}, _SHIFTED, "nesterov"),
            "classic": Choice({"classic": True}, rule="momentum"),
            "classic_nesterov": Choice(
                {"classic": True, "nesterov": True}, {"form": "shifted"}, "nesterov"
            ),
        }),
        _COUPLED,
    ),
    notes=("The argument classic keeps the learning rate in the velocity.", _FLOAT32),
)

TINYGRAD_ADAM = Convention(
    "tinygrad", "Adam", "", _TINY, False, "adam",
    names=_TINY_ADAM, defaults=_TINY_DEFAULTS, notes=(_FLOAT32,),
)

TINYGRAD_ADAMW = Convention(
    "tinygrad", "AdamW", "", _TINY, False, "adamw",
    names={**_TINY_ADAM, "weight_decay": "weight_decay"},
    defaults={**_TINY_DEFAULTS, "weight_decay": "1e-2"}, notes=(_FLOAT32,),
)

_ONNX = "1.23.2"
_COUNT = "The step count T is an input; counting from 0 or from 1 is left to the caller."

ONNX_ADAM = Convention(
    "onnx", "Adam", "", _ONNX, False, "adam",
    settings={"epsilon": "hat"},
    names={"lr": "R", "beta1": "alpha", "beta2": "beta", "eps": "epsilon",
           "weight_decay": "norm_coefficient"},
    defaults={"beta1": "0.9", "beta2": "0.999", "eps": "1e-6", "weight_decay": "0"},
    switches=(
        Switch("counter", {
            "from_zero": Choice(settings={"counter": "lagging"}), "from_one": Choice(),
        }),
        Switch("weight_decay", {
            "no": Choice(),
            "yes": Choice(settings={"weight_decay": "coupled"}),
            "post": Choice(settings={"weight_decay": "after_unscaled"}),
        }),
    ),
    notes=(_COUNT, "Counted from 0, the first step is uncorrected and later powers lag by one.",
           "In the position 'post' the weight decay is the argument norm_coefficient_post."),
)

ONNX_ADAGRAD = Convention(
    "onnx", "Adagrad", "", _ONNX, False, "adagrad",
    settings={"start": "value"},
    names={"lr": "R", "eps": "epsilon", "lr_decay": "decay_factor", "initial_accumulator": "H",
           "weight_decay": "norm_coefficient"},
    defaults={"eps": "1e-6", "lr_decay": "0", "weight_decay": "0"},
    switches=(
        Switch("lr_decay", {
            "no": Choice(),
            "from_zero": Choice(settings={"lr_decay": "from_zero"}),
            "from_one": Choice(settings={"lr_decay": "from_one"}),
        }),
        _COUPLED,
    ),
    notes=(_COUNT, "The sum is an input, so it starts where the caller likes."),
)

ONNX_MOMENTUM = Convention(
    "onnx", "Momentum", "", _ONNX, False, "momentum",
    settings=_OUTSIDE,
    names={"lr": "R", "momentum": "alpha", "dampening": "beta", "weight_decay": "norm_coefficient"},
    switches=(
        Switch("mode", {
            "standard": Choice({"mode": "standard"}, {"dampening": "not_first"}),
            "standard_from_one": Choice({"mode": "standard"}, {"dampening": "yes"}),
            "nesterov": Choice({"mode": "nesterov"}, {**_SHIFTED, "dampening": "not_first"},
                               "nesterov"),
            "nesterov_from_one": Choice({"mode": "nesterov"}, {**_SHIFTED, "dampening": "yes"},
                                        "nesterov"),
        }),
        Switch("weight_decay", {"yes": Choice(settings={"weight_decay": "coupled"})}),
    ),
    notes=(_COUNT, "The argument beta is 1 - dampening; counted from 0, the first is undamped."),
)

ALL = (MLX_SGD, MLX_RMSPROP, MLX_ADAGRAD, MLX_ADADELTA, MLX_ADAM, MLX_ADAMW, MLX_ADAMAX,
       TINYGRAD_SGD, TINYGRAD_ADAM, TINYGRAD_ADAMW, ONNX_ADAM, ONNX_ADAGRAD, ONNX_MOMENTUM)
