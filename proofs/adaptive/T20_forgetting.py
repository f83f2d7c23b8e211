"""The average of squares in RMSProp and Adadelta forgets by the factor rho a step: once gradients
vanish it is rho**t of what it was, halved after h = ln 2 / -ln rho steps. For whole numbers of
steps: while t <= 1/(2 (1 - rho)) at least a half is left, from t >= rho/(1 - rho) on at most a
half; h lies between.

Source: Lecture 4: neural networks, backprop, optimization (no formula printed); Goodfellow,
Bengio and Courville 2016, Algorithm 8.5; Zeiler 2012.
"""

from sympy import Eq, Integer, Rational, symbols

from refmath.proof import Along, Claim, Computed, Forall, Run
from refmath.proof.computed import of_parts
from refmath.proof.names import rho, t
from refmath.proof.runs import symbol_of
from refmath.rules import adadelta, rmsprop

start = symbol_of("initial_accumulator")
# p = rho**k; L = -ln rho; half = ln 2
k, p, L, half, t_half = symbols("k p L half t_half", real=True)
inside = (rho > 0, rho < 1)
COQ = """Theorem NAME : forall rho, 0 < rho < 1 ->
  Rpower rho (ln 2 / - ln rho) = / 2 /\\ (forall n : nat, 1 - INR n * (1 - rho) <= rho ^ n)
  /\\ (forall n : nat, rho ^ n * (rho + INR n * (1 - rho)) <= rho).
Proof.
  intros rho Hr. assert (ln rho < 0) by (rewrite <- ln_1; apply ln_increasing; lra).
  split; [|split].
  - unfold Rpower. replace (ln 2 / - ln rho * ln rho) with (- ln 2) by (field; lra).
    rewrite exp_Ropp, exp_ln by lra. reflexivity.
  - induction n as [|n IH]; [simpl; lra|]. rewrite S_INR. cbn [pow].
    assert (0 <= INR n) by apply pos_INR.
    assert (rho * (1 - INR n * (1 - rho)) <= rho * rho ^ n) by (apply Rmult_le_compat_l; lra).
    assert (0 <= INR n * ((1 - rho) * (1 - rho))) by (apply Rmult_le_pos; nra). nra.
  - induction n as [|n IH]; [simpl; lra|]. rewrite S_INR. cbn [pow].
    assert (0 < rho ^ n) by (apply pow_lt; lra). assert (0 <= INR n) by apply pos_INR.
    assert (0 <= INR n * ((1 - rho) * (1 - rho))) by (apply Rmult_le_pos; nra).
    assert (rho * (rho + (INR n + 1) * (1 - rho)) <= rho + INR n * (1 - rho)) by nra.
    assert (rho ^ n * (rho * (rho + (INR n + 1) * (1 - rho))) <=
      rho ^ n * (rho + INR n * (1 - rho))) by (apply Rmult_le_compat_l; lra). lra.
Qed."""


def fades(rule: object, name: str, **hyper: object) -> Along:
    a = Run("a", rule, gradient=lambda _: Integer(0), hyper=hyper)
    return Along((a,), {a["r"]: rho**t * start}, given=(rho >= 0, rho < 1), name=name)


def keeps(rule: object, name: str) -> Along:
    """Without gradients, whatever was before: one step multiplies by rho."""
    a = Run("a", rule, gradient=lambda _: Integer(0))
    return Along((a,), results=(Eq(a["r"], rho * a.before("r")),), given=(rho >= 0, rho < 1),
                 name=name, script=None)


parts = (  # each sum of the induction on k: base, and step
    Forall(1 - k * (1 - rho) <= p, (Eq(k, 0), Eq(p, 1)), script=None),
    Forall(1 - (k + 1) * (1 - rho) <= rho * p, (*inside, k >= 0, p >= 1 - k * (1 - rho)),
           using=((rho, p - 1 + k * (1 - rho)),), script=None),
    Forall(p * (rho + k * (1 - rho)) <= rho, (Eq(k, 0), Eq(p, 1)), script=None),
    Forall(rho * p * (rho + (k + 1) * (1 - rho)) <= p * (rho + k * (1 - rho)),
           (*inside, k >= 0, p > 0), script=None),
    Forall(Eq(t_half * -L, -half), (L > 0, Eq(t_half, half / L)), script=None),
)

kept = rmsprop.vary(start="value")
claim = Claim(
    id="T20",
    holds=(
        fades(kept, "RMSProp from any start, without gradients"),
        keeps(rmsprop, "RMSProp after anything"), keeps(adadelta, "Adadelta after anything"),
        Computed("rho**h = 1/2; 1 - t (1 - rho) <= rho**t <= rho/(rho + t (1 - rho)), by induction",
                 of_parts(*parts), coq=lambda name: COQ.replace("NAME", name)),
        Forall(1 - k * (1 - rho) >= Rational(1, 2), (*inside, k >= 0, k <= 1 / (2 * (1 - rho))),
               script=None, name="at least a half until t = 1/(2 (1 - rho))"),
        Forall(rho / (rho + k * (1 - rho)) <= Rational(1, 2), (*inside, k >= rho / (1 - rho)),
               script=None, name="at most a half from t = rho/(1 - rho) on"),
    ),
    controls=(
        fades(kept.variant("decay_exchanged"), "rho and 1 - rho exchanged"),
        Forall(rho / (rho + k * (1 - rho)) <= Rational(1, 2),
               (*inside, k >= rho / (2 * (1 - rho))), name="half as many steps are enough"),
    ),
    definition=("refmath.rules:rmsprop", "refmath.rules:adadelta"),
    assumptions=("0 < rho < 1",),
)
