"""NAdam's momenta: Dozat's schedule without its factor psi is that of psi = 1; at psi = 0 their
product is a power; a constant beta1 weighs both parts of the look-ahead as if it were corrected.

Source: Dozat 2016, section 3 and Algorithm 2; Keras's, Optax's, Flux's and DL4J's NAdam.
"""

from sympy import Eq

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains, same_path
from refmath.proof.names import beta1, g, t
from refmath.proof.runs import symbol_of
from refmath.rules import nadam

G = symbol_of("G")


def constant(last: object, name: str) -> Along:
    a = Run("a", nadam.vary(momentum="constant"), gradient=lambda _: G)
    own, ahead = 1 - beta1**t, 1 - beta1 ** (t + last)
    return Along(
        (a,), {a["m"]: own * G},
        results=(Eq(a["n"], G * (beta1 * own / ahead + (1 - beta1) / own)),),
        given=domains(a), script=None, name=name,
    )


def repeated() -> Along:
    a = Run("a", nadam.vary(momentum="constant_same_power"))
    return Along((a,), results=(Eq(a["n"] * (1 - beta1**t), beta1 * a["m"] + (1 - beta1) * g),),
                 given=domains(a), script=None, name="as if the gradient came twice")


def power(of: object, name: str) -> Along:
    a = Run("a", nadam, {"momentum_decay": 0})
    return Along((a,), {a["p"]: of**t}, given=domains(a), script=None, name=name)


fast = nadam.vary(momentum="schedule_fast")
claim = Claim(
    id="nadam-momentum",
    holds=(
        same_path(nadam, fast, hyper={"momentum_decay": 1}, script=None),
        power(beta1 / 2, "psi = 0"), constant(1, "constant"), repeated(),
    ),
    controls=(power(beta1, "the whole of beta1"), constant(0, "the same power")),
    assumptions=("any gradients; a constant one for a constant momentum",),
)
