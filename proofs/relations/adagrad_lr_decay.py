"""AdaGrad's own decay of the learning rate is a learning rate of alpha/(1 + gamma (t - 1)), or of
alpha/(1 + gamma t), at step t.

Source: PyTorch's Adagrad, lr_decay; ONNX's Adagrad, decay_factor.
"""

from refmath.proof import Claim
from refmath.proof.laws import same_path
from refmath.proof.names import lr, t
from refmath.proof.runs import symbol_of
from refmath.rules import adagrad

gamma = symbol_of("lr_decay")


def decays(form: str, rate: object, **options: object) -> object:
    own = adagrad.vary(lr_decay=form)
    return same_path(adagrad, own, hyper={"lr": rate}, given=(gamma >= 0,), script=None, **options)


claim = Claim(
    id="adagrad-lr-decay",
    holds=(
        decays("from_zero", lr / (1 + gamma * (t - 1))), decays("from_one", lr / (1 + gamma * t)),
    ),
    controls=(decays("from_zero", lr / (1 + gamma * t), name="the counter from one"),),
    assumptions=("any gradients",),
    relation=True,
)
