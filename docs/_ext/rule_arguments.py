"""The arguments of the optimizers that people use most: which of them belong to the formula."""

from refmath.conventions import Convention

__all__ = ["ARGUMENTS", "EXECUTION", "OTHER", "arguments_of"]

_TORCH = ("params", "lr", "weight_decay", "foreach", "maximize", "differentiable")
_KERAS = (
    "learning_rate", "weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "use_ema",
    "ema_momentum", "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps",
    "name",
)
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "torch Adam": (*_TORCH, "betas", "eps", "amsgrad", "capturable", "fused",
                   "decoupled_weight_decay"),
    "torch RMSprop": (*_TORCH, "alpha", "eps", "momentum", "centered", "capturable"),
    "torch SGD": (*_TORCH, "momentum", "dampening", "nesterov", "fused"),
    "optax adam": ("learning_rate", "b1", "b2", "eps", "eps_root", "mu_dtype", "nesterov"),
    "optax rmsprop": ("learning_rate", "decay", "eps", "initial_scale", "eps_in_sqrt", "centered",
                      "momentum", "nesterov", "bias_correction"),
    "optax sgd": ("learning_rate", "momentum", "nesterov", "accumulator_dtype"),
    "keras Adam": (*_KERAS, "beta_1", "beta_2", "epsilon", "amsgrad"),
    "keras RMSprop": (*_KERAS, "rho", "momentum", "epsilon", "centered"),
    "keras SGD": (*_KERAS, "momentum", "nesterov"),
}
"""By the label of a convention every argument of its constructor; a test holds them complete."""

OTHER: dict[str, str] = {
    "eps_root": "a second epsilon, inside the root: it keeps the root's derivative finite where "
                "gradients are taken through the step",
    "clipnorm": "each tensor's gradient is scaled down to at most this norm, before the formula",
    "clipvalue": "each entry of the gradient is cut off at plus and minus this, before the formula",
    "global_clipnorm": "all gradients together are scaled down to at most this norm, before the "
                       "formula",
    "use_ema": "an average of the parameters is kept beside them; it takes their place when "
               "`fit` ends, or by `finalize_variable_values()`",
    "ema_momentum": "decay $\\mu$ of that average: $\\mu$ times the old one plus $1 - \\mu$ times "
                    "the parameters",
    "ema_overwrite_frequency": "every so many steps the parameters become that average",
    "loss_scale_factor": "the loss is multiplied by it, and the gradient divided again before the "
                         "formula: small gradients do not underflow in 16 bits",
    "gradient_accumulation_steps": "the formula runs once in so many calls, on the mean of their "
                                   "gradients: $t$ counts those runs, a learning rate "
                                   "schedule counts the calls",
    "mu_dtype": "dtype in which the first moment is stored: it is rounded once more a step",
    "accumulator_dtype": "dtype in which the velocity is stored: it is rounded once more a step",
}
"""Arguments that change the gradient, the parameters or the storage, beside the formula."""

EXECUTION: dict[str, str] = {
    "params": "the tensors, or groups of them with arguments of their own",
    "foreach": "one call for many tensors, not a loop: faster, with memory for one more copy of "
               "the parameters; what torch tries first where all tensors are on CUDA",
    "fused": "one kernel for the whole step, in float64, float32, float16 and bfloat16",
    "capturable": "may be captured in a CUDA graph or by torch.compile; slower outside of one",
    "differentiable": "autograd goes through the step; slower",
    "name": "a label",
}
"""Arguments about execution."""


def arguments_of(convention: Convention) -> tuple[str, ...]:
    """The arguments of a convention's constructor, where they are listed."""
    return ARGUMENTS.get(convention.label, ())
