"""Under a constant gradient G the centred second moment of RMSProp is rho**t (1 - rho**t) G**2,
clamped or not, and 0 if both averages are corrected: what is divided by vanishes, but for epsilon.

Source: Graves 2013, arXiv:1308.0850, equations 38 to 41; Optax's rmsprop.
"""

from dataclasses import replace

from sympy import Eq, Ge

from refmath.proof import Along, Claim, Run
from refmath.proof.laws import domains
from refmath.proof.names import rho, t
from refmath.proof.runs import symbol_of
from refmath.rules import rmsprop

G = symbol_of("G")


def variance(kind: str, value: object, name: str, **settings: str) -> Along:
    a = Run("a", rmsprop.vary(centered=kind, **settings), gradient=lambda _: G)
    return Along(
        (a,), {a["r"]: (1 - rho**t) * G**2, a["c"]: (1 - rho**t) * G},
        results=(Eq(a["q"], value),), given=domains(a), script=None, name=name,
    )


def clamped(value: object, name: str) -> Along:
    statement = variance("yes", 0, name)
    q = statement.runs[0]["q"]
    return replace(statement, results=(Ge(q, 0), Ge(q, value), Eq(q * (q - value), 0)))


moment = rho**t * (1 - rho**t) * G**2
claim = Claim(
    id="rmsprop-variance",
    holds=(
        variance("unclamped", moment, "as it is"), clamped(moment, "clamped at 0"),
        variance("unclamped", 0, "corrected", bias_correction="yes"),
    ),
    controls=(
        variance("unclamped", 0, "taken for the corrected one"), clamped(2 * moment, "twice that"),
    ),
    assumptions=("the same gradient at every step",),
)
