"""Every rule is elementwise: a coordinate of the parameter runs by its own start and its own
gradients, whatever the others do, so that permuted coordinates take permuted paths. The rules that
are linear in the gradients take the rotated path on rotated gradients as well; AdaGrad does not.

Linear: the sum of two coordinates runs like a coordinate whose gradient is the sum, and a multiple
like one whose gradient is the multiple.

Source: Duchi, Hazan and Singer 2011, section 1.1 (diagonal matrices); Goodfellow, Bengio and
Courville 2016, section 8.5.
"""

from sympy import symbols

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains, same_path
from refmath.proof.names import c, g, lr, theta0
from refmath.rules import ALL, adagrad, momentum, nesterov, sgd

h, other = symbols("h theta_1", real=True)  # gradient and start of a second coordinate
slow = {"nadam"}


def linear(rule: object, odd: tuple[str, ...], name: str) -> Along:
    """A coordinate with c g + h in place of the gradient runs like c times one and the other."""
    a, b = Run("a", rule), Run("b", rule, {}, lambda _: h, other)
    both = Run("d", rule, {}, lambda _: c * g + h, c * theta0 + other)
    equations = {both[n]: c * a[n] + b[n] for n in a.states if n in ("theta", *odd)}
    return Along((a, b, both), equations, given=domains(a), varying=(lr, h), name=name,
                 script="algebra.", steps=2)


claim = Claim(
    id="elementwise",
    holds=(
        *(same_path(r, r, name=f"{n}: by its own start and gradients",
                    script=None if n in slow else "finish.") for n, r in ALL.items()),
        linear(sgd, (), "sgd: linear"), linear(momentum, ("v",), "momentum: linear"),
        linear(nesterov, ("v",), "nesterov: linear"),
    ),
    controls=(
        linear(adagrad, (), "AdaGrad: linear"),
        same_path(sgd, sgd, hyper={"lr": 1}, to={"lr": "1/2"}, name="a coordinate's own rate"),
    ),
    assumptions=("as declared: a step of a coordinate mentions no other coordinate",),
    relation=True,
)
