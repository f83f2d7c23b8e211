"""Learning-rate schedules are functions of the step: step, multi-step, exponential, inverse time,
polynomial, cosine, warm-up, one-cycle, reduce on plateau; the exponential one multiplies by
gamma**(1/n) a step. Where a schedule is also given by recursion, recursion and formula agree, by
induction on t: at 0 both are the base rate, and a step of the recursion takes the formula's value
to the formula's value.

Source: Optimization in Deep Learning (after Goodfellow et al.), outline.
"""

from collections.abc import Callable

from sympy import Eq, Symbol, powsimp, symbols

from refmath.emit.schedule.arguments import exact_values
from refmath.emit.schedule.equality import recursion_holds
from refmath.emit.schedule.exact import at, by_recursion
from refmath.proof import Claim, Computed, Forall
from refmath.schedule import Schedule
from refmath.schedule import t as update
from refmath.schedules import ALL

k, lr, end, a, b, q, n, rate, total, start = symbols("k lr end a b q n rate T start", real=True)
CASES = {  # settings whose rates repeat up to a factor: two periods decide
    "cosine": [{"lr": "3", "end": "1", "total": 2}, {"lr": "3", "end": "0", "total": 3}],
    "step": [{"lr": "3", "gamma": "2/5", "step_size": size} for size in range(1, 9)],
    "multi_step": [{"lr": "3", "gamma": "2/5", "milestones": m}
                   for m in ((1, 2), (2, 3), (1, 7), (4, 4), (3, 9))],
    "exponential": [{"lr": "3", "gamma": "2/5", "decay_steps": 1},
                    {"lr": "3", "gamma": "4/9", "decay_steps": 2}],
}
RISING = ALL["cosine"].vary(after="rise")


def branch(name: str, place: int) -> Callable[[object], object]:
    """The formula of a schedule in one of its phases, as a function of t."""
    formula = ALL[name].resolved.formula
    expr = formula.args[place][0] if formula.is_Piecewise else formula
    named = {h: Symbol({"total": "T", "decay_steps": "n", "warmup": "n", "power": "q"}.get(
        h.key, h.key), real=True) for h in ALL[name].resolved.hypers}
    return lambda at: expr.xreplace(named).subs(update, at)


def agrees(schedule: Schedule) -> Computed:
    """Recursion and formula: by regions of the parameters, and step by step in exact numbers."""
    def stepwise() -> bool:
        for values in CASES[schedule.name]:
            form = schedule.resolved
            exact = exact_values(schedule.name, form, values)
            rates = by_recursion(form, exact, 24)
            if any(not (r - at(form, exact, t)).equals(0) for t, r in enumerate(rates)):
                return False
        return True

    others = {"step": ("places", places), "multi_step": ("powers", powers)}
    first = others.get(schedule.name, ("regions", lambda: recursion_holds(schedule.resolved)))
    scope = ", n = 1 to 8 by enumeration, every n in Coq" if schedule.name == "step" else ""
    return Computed(
        f"{schedule.name}: recursion and formula{scope}",
        {first[0]: first[1], "step by step": stepwise},
        coq=(lambda name: COQ.replace("NAME", name)) if schedule.name == "step" else None,
    )


def places() -> bool:
    """floor(t/n) grows by 1 where n divides t and by 0 elsewhere; it repeats after n but for 1."""
    return all(t // n - (t - 1) // n == (t % n == 0) for n in range(1, 9) for t in range(1, n + 1))


def powers() -> bool:
    """gamma**p gamma**(q - p) = gamma**q, with p and q the milestones passed before and at t."""
    form = ALL["multi_step"].resolved
    ((target, expr),) = form.recursion.steps
    made = expr.xreplace({target.base[update - 1]: form.formula.subs(update, update - 1)})
    return powsimp(made / form.formula) == 1


COQ = """Theorem NAME : forall (lr gamma : R) (n t : nat), n <> 0%nat ->
  lr * gamma ^ (S t / n) =
  if Nat.eqb (S t mod n) 0 then gamma * (lr * gamma ^ (t / n)) else lr * gamma ^ (t / n).
Proof.
  intros lr gamma n t Hn. pose proof (Nat.div_mod (S t) n Hn) as D.
  pose proof (Nat.mod_upper_bound (S t) n Hn) as U.
  remember (S t / n)%nat as q. remember (S t mod n)%nat as r.
  destruct (Nat.eqb_spec r 0) as [Z | Z].
  - assert (q <> 0%nat) by (intro; subst q; rewrite H, Nat.mul_0_r in D; lia).
    destruct q as [|p]; [contradiction|].
    rewrite Nat.mul_succ_r in D.
    rewrite <- (Nat.div_unique t n p (n - 1)) by lia. simpl. ring.
  - rewrite <- (Nat.div_unique t n q (r - 1)) by lia. reflexivity.
Qed."""
warm, falls, slows = branch("linear_warmup", 0), branch("polynomial", 0), branch("inverse_time", 0)
one = {q: 1}
now = symbols("now", real=True)
wave = Eq(now, end + (lr - end) * (1 + a) / 2)  # a = cos(pi t/T), b = cos(pi (t + 1)/T)
claim = Claim(
    id="A10",
    holds=(
        *(agrees(RISING if name == "cosine" else ALL[name]) for name in CASES),
        Forall(Eq(end + (now - end) * (1 + b) / (1 + a), end + (lr - end) * (1 + b) / 2),
               (a > -1, wave), script="subst; field; lra.",
               name="cosine: the quotient (1 + cos next)/(1 + cos now) moves it on"),
        Forall(Eq((warm(k + 1) - warm(k)) * n, lr - start), (n >= 1,), script="field; lra.",
               name="warm-up: steps of (lr - start)/W"),
        Forall(Eq(((falls(k + 1) - falls(k)) * total).subs(one), end - lr), (total >= 1,),
               script="field; lra.", name="polynomial, power 1: steps of (end - lr)/T"),
        Forall(Eq(1 / slows(k + 1).subs(one), 1 / slows(k).subs(one) + rate / (n * lr)),
               (n >= 1, lr > 0, rate >= 0, k >= 0), script=None,
               name="inverse time, power 1: 1/rate grows by r/(n lr)"),
        Forall(falls(k).subs(one) >= end, (lr >= end, k >= 0, total >= k, total >= 1), script=None,
               using=((1 / total * (total - k), lr - end),),
               name="polynomial, power 1, stays above its end"),
    ),
    controls=(
        Forall(Eq((falls(k + 1) - falls(k)) * total, end - lr),
               (total >= 1, Eq(q, 2)), name="polynomial, power 2: steps of (end - lr)/T"),
        Forall(Eq(end + (now - end) * b / a, end + (lr - end) * (1 + b) / 2), (a > 0, b > 0, wave),
               name="cosine: the quotient of the cosines alone"),
        Forall(Eq(slows(k + 1).subs(one) / slows(k).subs(one), q), (n >= 1, rate > 0, lr > 0,
               k >= 0, Eq(q, slows(1).subs(one) / slows(0).subs(one))),
               name="inverse time is a geometric sequence"),
    ),
    definition=("refmath.schedules:ALL",),
    relation=True,
    assumptions=("as declared; step by step: 24 updates of named settings, which are periodic up "
                 "to a factor or constant after their milestones",),
)
