"""AdaGrad with averaged directions, and RMSProp with momentum, average what the plain rule steps
along: heavy ball and Nesterov's form are taken of its steps.

Source: JAX's adagrad; PyTorch's, TensorFlow's and Keras's RMSprop.
"""

from sympy import Eq

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import lr, mu
from refmath.rules import adagrad, rmsprop


def averages(form: object, part: object, plain: object = adagrad, name: str = "") -> Along:
    a, b = Run("a", plain), Run("b", form)
    step, old = a.before("theta") - a["theta"], b.before("b")
    return Along(
        (a, b), {b["r"]: a["r"]},
        results=(Eq(lr * b["b"], lr * mu * old + part * step),
                 Eq(b["theta"], b.before("theta") - lr * b["b"])),
        given=(*domains(a, b), lr > 0), script=None, name=name,
    )


def ball(kind: str, ahead: bool, name: str) -> Along:
    a, b = Run("a", rmsprop), Run("b", rmsprop.vary(momentum=kind))
    step, old = a.before("theta") - a["theta"], b.before("b")
    moved = mu * b["b"] + step if ahead else b["b"]
    return Along(
        (a, b), {b["r"]: a["r"]},
        results=(Eq(b["b"], mu * old + step), Eq(b["theta"], b.before("theta") - moved)),
        given=domains(a, b), script=None, name=name,
    )


average = adagrad.vary(average="yes")
claim = Claim(
    id="averaged-steps",
    holds=(
        averages(average, 1 - mu, name="AdaGrad"), ball("yes", False, "heavy ball"),
        ball("nesterov", True, "Nesterov"),
    ),
    controls=(averages(average, 1, name="a sum"), ball("nesterov", False, "heavy ball's step")),
    assumptions=("any gradients", "alpha > 0"),
)
