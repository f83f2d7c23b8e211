"""scikit-learn: the optimizers inside its multi-layer perceptrons."""

from refmath.conventions.record import Choice, Convention, Switch

_VERSION = "1.9.1"
_MODULE = "sklearn.neural_network._stochastic_optimizers"
_DECAY = "The perceptron adds its weight decay to the gradient, divided by the number of samples."

SGD = Convention(
    "sklearn", "SGDOptimizer", f"{_MODULE}:SGDOptimizer", _VERSION, True, "nesterov",
    settings={"form": "shifted"},
    names={"lr": "learning_rate_init", "momentum": "momentum"},
    defaults={"lr": "0.1", "momentum": "0.9"},
    switches=(
        Switch("nesterov", {"yes": Choice(), "no": Choice({"nesterov": False}, rule="momentum")}),
    ),
    notes=("The perceptron's own default learning rate is 0.001.", _DECAY),
)

ADAM = Convention(
    "sklearn", "AdamOptimizer", f"{_MODULE}:AdamOptimizer", _VERSION, True, "adam",
    settings={"epsilon": "hat"},
    names={"lr": "learning_rate_init", "beta1": "beta_1", "beta2": "beta_2", "eps": "epsilon"},
    defaults={"lr": "1e-3", "beta1": "0.9", "beta2": "0.999", "eps": "1e-8"},
    notes=("Epsilon is the epsilon-hat of the paper.", _DECAY),
)

ALL = (SGD, ADAM)
