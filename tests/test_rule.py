"""Declarations: every mistake is found when the rule is built, and the message says the cure."""

from collections.abc import Callable
from itertools import combinations, product
from typing import Any

import pytest
from sympy import Eq, IndexedBase, Piecewise, Symbol, log, pi, sin

from refmath import rules
from refmath.emit.enclosure import Enclosure
from refmath.errors import DeclarationError, InvalidInput, UnknownName
from refmath.notation import grad, hyper, number, slot, state, t, temp
from refmath.recurrence import Let
from refmath.rule import Axis, Rule, let

theta, m, q = state("theta"), state("m", start=0), temp("q")
g = grad("g", at=theta[t - 1])
lr = hyper("lr", "1e-2", "[0, oo)", symbol="alpha")
beta = hyper("beta1", "0.9", "[0, 1)")
a, b = slot("a"), slot("b")
AVERAGE = let(m[t], beta * m[t - 1] + (1 - beta) * g[t])
DOWN = let(theta[t], theta[t - 1] - lr * m[t])


def rule(*steps: Let, **options: Any) -> Rule:
    """A small rule of one's own."""
    options = {"gradient": g, "parameter": theta, **options}
    return Rule("mine", "Mine", "here", steps, **options)


def moves(with_what: Any) -> Let:
    """The step of gradient descent with something in it."""
    return let(theta[t], theta[t - 1] - with_what)


def starting(start: Any) -> Rule:
    """A rule whose moment starts somewhere."""
    own = state("m", start=start)
    return rule(let(own[t], beta * own[t - 1] + g[t]), moves(own[t]))


def at(point: Any) -> Rule:
    """A rule whose gradient is taken somewhere."""
    return rule(AVERAGE, DOWN, gradient=grad("g", at=point))


FAULTS: dict[str, tuple[Callable[[], Any], str]] = {
    "undeclared symbol": (
        lambda: rule(moves(Symbol("eta") * g[t])),
        "step theta[t]: eta is not declared; write eta = hyper('eta', default, \"(0, oo)\")"),
    "undeclared symbol in a condition": (
        lambda: rule(moves(Piecewise((g[t], Symbol("z") > 0), (lr, True)))), "z is not declared"),
    "plain IndexedBase": (
        lambda: rule(moves(IndexedBase("v")[t - 1])),
        "v is not declared; write v = state('v', start=0)"),
    "plain IndexedBase as a target": (
        lambda: let(IndexedBase("v")[t], g[t]), "write for example let(m[t], ...)"),
    "a target that is no quantity": (lambda: let(5, g[t]), "found 5; write for example let(m[t]"),
    "a target of the step before": (lambda: let(m[t - 1], g[t]), "found m[t - 1]; write for"),
    "the gradient as a target": (lambda: let(g[t], m[t - 1]), "found g[t]; write for example"),
    "a state before its step": (
        lambda: rule(DOWN, AVERAGE),
        "m[t] is used before the step that defines it; did you mean m[t - 1]?"),
    "a temporary before its step": (
        lambda: rule(moves(q[t]), let(q[t], g[t] ** 2)),
        "q[t] is used before the step that defines it; move its step up"),
    "a temporary of the step before": (
        lambda: rule(let(q[t], g[t] ** 2), moves(q[t - 1])),
        "q[t - 1] is gone after its step; declare q with state() to keep it"),
    "two steps back": (
        lambda: rule(let(m[t], m[t - 2] + g[t]), DOWN),
        "m[t - 2] is out of reach: only m[t] and m[t - 1] are kept; carry it in a second state"),
    "one step ahead": (
        lambda: rule(let(m[t], m[t + 1] + g[t]), DOWN),
        "m[t + 1] is out of reach: only m[t] and m[t - 1] are kept; carry it in a second state"),
    "an old gradient": (
        lambda: rule(moves(g[t - 1])), "g[t - 1] is an old gradient; keep it in a state"),
    "a float in a formula": (
        lambda: rule(moves(0.25 * g[t])), "is a binary float; write number('-0.25')"),
    "a float alone": (lambda: let(theta[t], 0.5), "is a binary float; write number('0.5')"),
    "a float in a condition": (
        lambda: rule(moves(Piecewise((g[t], Eq(g[t], 0.5)), (lr, True)))), "write number('0.5')"),
    "a float in an option": (
        lambda: rule(moves(a * g[t]), axes=(Axis("k", {"x": {a: 0.5}}),)), "write number('-0.5')"),
    "text for a formula": (lambda: let(theta[t], "m"), "expected a formula for theta[t]"),
    "a state never updated": (
        lambda: rule(moves(m[t - 1])),
        "m[t - 1] is never updated; add let(m[t], ...) or make it a hyper"),
    "a target twice": (
        lambda: rule(AVERAGE, AVERAGE, DOWN), "m[t] is assigned twice; give one a new name"),
    "the parameter never assigned": (
        lambda: rule(AVERAGE), "theta[t] is never assigned; add let(theta[t], ...)"),
    "an unknown function": (
        lambda: rule(moves(sin(g[t]))),
        "sin is not among the functions of an update rule: Abs, Add, Max, Min, Mul, Piecewise"),
    "a logarithm": (lambda: rule(moves(log(lr) * g[t])), "log is not among the functions"),
    "an irrational number": (lambda: rule(moves(pi * g[t])), "Pi is not among the functions"),
    "a slot not filled": (lambda: rule(moves(a * g[t])), "no axis fills the slot <a>"),
    "options that fill different slots": (
        lambda: rule(moves(a * g[t]), axes=(Axis("k", {"x": {a: 1}, "y": {b: 1}}),)),
        "the options of axis 'k' fill different slots; let every option fill each of them"),
    "an axis without options": (
        lambda: rule(moves(g[t]), axes=(Axis("k", {}),)), "axis 'k' has no options; give it"),
    "two axes for one slot": (
        lambda: rule(moves(a * g[t]), axes=(Axis("k", {"x": {a: 1}}), Axis("l", {"x": {a: 2}}))),
        "two axes fill the slot <a>; give one a slot of its own"),
    "two axes of one name": (
        lambda: rule(moves(a * b), axes=(Axis("k", {"x": {a: 1}}), Axis("k", {"x": {b: 2}}))),
        "two axes are called 'k'; rename one"),
    "slots in a circle": (
        lambda: rule(moves(a), axes=(Axis("k", {"x": {a: b + 1, b: a + 1}}),)), "in a circle"),
    "one name for two quantities": (
        lambda: rule(AVERAGE, moves(m[t] + state("m", start=1)[t - 1])),
        "'m' stands for two different things; rename one of them"),
    "one name for a state and a hyperparameter": (
        lambda: rule(AVERAGE, moves(m[t] * hyper("m", "1", "[0, oo)"))),
        "'m' stands for two different things; rename one of them"),
    "a gradient point of this step": (
        lambda: at(theta[t - 1] + m[t]), "before the step only m[t - 1] is known"),
    "a gradient point with a temporary": (
        lambda: at(theta[t - 1] + q[t - 1]), "declare q with state() to keep it"),
    "a gradient point with a float": (
        lambda: at(theta[t - 1] + 0.5 * m[t - 1]), "gradient point: 0.500000000000000 is a binary"),
    "a gradient point with a symbol": (
        lambda: at(theta[t - 1] + Symbol("x")), "gradient point: x is not declared; write x ="),
    "a gradient point with a slot": (lambda: at(theta[t - 1] + a), "no axis fills the slot <a>"),
    "a start with a float": (
        lambda: starting(0.5 * beta), "start of m: 0.500000000000000 is a binary float"),
    "a start with a symbol": (
        lambda: starting(Symbol("x")), "start of m: x is not declared; write x ="),
    "a start with a slot": (lambda: starting(a), "start of m: no axis fills the slot <a>"),
    "a start with a quantity": (
        lambda: starting(theta[t - 1]), "a start is made of hyperparameters alone"),
    "a start with the step": (lambda: starting(t), "a start is made of hyperparameters alone"),
    "no start": (
        lambda: starting(None), "the state m has no start; write m = state('m', start=0)"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_when_the_rule_is_built(name: str) -> None:
    """The error comes at declaration, and its message names the cure."""
    declare, cure = FAULTS[name]
    with pytest.raises(DeclarationError) as error:
        declare()
    assert cure in str(error.value)


def test_a_fault_in_another_option_is_found_when_it_is_chosen() -> None:
    """The options not chosen are checked when they are: vary raises, the canonical form builds."""
    axis = Axis("k", {"right": {a: g[t]}, "wrong": {a: m[t - 1]}})
    built = rule(moves(a), axes=(axis,))
    with pytest.raises(DeclarationError, match="never updated"):
        built.vary(k="wrong")


def test_a_rule_of_ones_own() -> None:
    """A correct declaration has its hyperparameters, states and text."""
    own = rule(AVERAGE, DOWN)
    assert list(own.hyper) == ["lr", "beta1"]
    assert [s.name for s in own.recurrence.states] == ["theta", "m"]
    assert own.text() == (
        "g[t]     = gradient at theta[t-1]\n"
        "m[t]     = beta1*m[t-1] + (1 - beta1)*g[t]\n"
        "theta[t] = theta[t-1] - alpha*m[t]"
    )


def test_unknown_axes_and_options() -> None:
    """A name that does not exist is answered with the closest, and with all there are."""
    adam = rules.get("adam")
    with pytest.raises(UnknownName, match=r"axis of adam 'epsilom'\. Did you mean 'epsilon'\?"):
        adam.vary(epsilom="inside")
    with pytest.raises(UnknownName, match=r"'insid'\. Did you mean 'inside'\?.*hat, inside, outsi"):
        adam.vary(epsilon="insid")
    with pytest.raises(UnknownName, match=r"unknown rule 'adm'\. Did you mean 'adam'\?"):
        rules.get("adm")
    with pytest.raises(UnknownName, match="Known: adadelta, adagrad, adam,"):
        rules.get("zzz")


def test_a_derived_rule_has_its_own_canonical_form() -> None:
    """Derived options come first, the others stay, and defaults are replaced and checked."""
    adam, adamw = rules.get("adam"), rules.get("adamw")
    decoupled = adam.vary(weight_decay="decoupled").recurrence
    assert [(x.target, x.rhs) for x in adamw.recurrence.steps] == [
        (x.target, x.rhs) for x in decoupled.steps
    ]
    assert adamw.setting("weight_decay") == "decoupled"
    assert adamw.default("weight_decay") * 100 == 1
    assert {x.name: set(x.options) for x in adamw.axes} == {
        x.name: set(x.options) for x in adam.axes
    }
    with pytest.raises(InvalidInput, match=r"beta1='1' is outside its domain \[0, 1\)"):
        adam.derive("x", "X", "here", defaults={"beta1": "1"})


def test_a_number_may_stand_alone() -> None:
    """An exact number is a formula."""
    assert let(m[t], 0).rhs == 0
    assert rule(let(m[t], number("0.5") * m[t - 1] + g[t]), DOWN).hyper.keys() == {"lr"}


# ---------------------------------------------------------------- laws over all rules

EACH = pytest.mark.parametrize("one", rules.ALL.values(), ids=lambda r: r.name)


def settings(one: Rule, counts: tuple[int, ...]) -> list[dict[str, str]]:
    """All settings with so many axes away from the canonical option."""
    far = [[(x.name, o) for o in x.options if o != x.default] for x in one.axes]
    chosen = [c for n in counts for axes in combinations(far, n) for c in product(*axes)]
    return [dict(c) for c in chosen]


SETTINGS = [
    pytest.param(r, s, id=f"{r.name} " + ",".join(f"{k}={v}" for k, v in s.items()))
    for r in rules.ALL.values()
    for s in settings(r, (0, 1, 2))
]


@pytest.mark.parametrize(("one", "chosen"), SETTINGS)
def test_every_form_can_be_emitted(one: Rule, chosen: dict[str, str]) -> None:
    """Every option of every axis, and every pair: text, LaTeX, kernel and enclosure are made."""
    form = one.vary(**chosen)
    lines = form.text().splitlines()
    assert len(lines) == len(form.recurrence.steps) + 1
    assert form.latex().count("&=") == len(lines)
    kernel, box = form.kernel(), Enclosure(form.recurrence)
    states = [s.name for s in form.recurrence.states]
    assert list(kernel.states) == states
    assert sorted((*box.arrays, *box.scalars)) == sorted(states)
    assert kernel.hyper == box.keys == tuple(form.hyper)


@EACH
def test_vary_is_idempotent_and_goes_back(one: Rule) -> None:
    """Asking twice is asking once, and back at its canonical option the rule is the rule again."""
    back = {x.name: x.default for x in one.axes}
    assert one.vary(**back) == one
    for chosen in settings(one, (1,)):
        form = one.vary(**chosen)
        assert form != one
        assert form.vary(**chosen) == form
        assert form.vary(**back) == one
    assert one.settings == {}


@EACH
def test_vary_does_not_depend_on_the_order(one: Rule) -> None:
    """Two axes may be set in either order, or together."""
    single = {next(iter(s.items())): one.vary(**s) for s in settings(one, (1,))}
    for chosen in settings(one, (2,)):
        (x, first), (y, second) = chosen.items()
        there = single[x, first].vary(**{y: second})
        assert there == single[y, second].vary(**{x: first})
        assert dict(there.settings) == chosen


@EACH
def test_an_option_says_something(one: Rule) -> None:
    """Every axis matters: in the canonical form, or with some other axis moved, it changes it."""
    for axis in one.axes:
        others = [s for s in settings(one, (0, 1)) if axis.name not in s]
        for option in axis.options:
            if option != axis.default:
                assert any(
                    one.vary(**s, **{axis.name: option}).recurrence != one.vary(**s).recurrence
                    for s in others
                ), f"{axis.name}={option} changes nothing"


@EACH
def test_every_wrong_form_can_be_named(one: Rule) -> None:
    """A named wrong form applies under the settings it needs, and differs from the right one."""
    for wrong in one.wrong:
        form = one.vary(**{k: v.split("|")[0] for k, v in wrong.needs.items()})
        assert form.applies(wrong)
        assert form.variant(wrong) != form.recurrence


@EACH
def test_defaults_lie_in_their_domains(one: Rule) -> None:
    """In every form with one axis moved, each default belongs to its domain."""
    for chosen in settings(one, (0, 1)):
        form = one.vary(**chosen)
        for key, symbol in form.hyper.items():
            default = form.default(key)
            assert default is None or default in symbol.domain


def test_a_wrong_form_by_its_name() -> None:
    """The form that the name stands for, under the settings in force; a wrong name is corrected."""
    adam = rules.get("adam")
    (lost,) = (w for w in adam.wrong if w.name == "no_root")
    for form in (adam, adam.vary(weight_decay="coupled")):
        assert form.variant("no_root") == form.variant(lost) != form.recurrence
    with pytest.raises(UnknownName, match=r"form of adam 'no_rot'\. Did you mean 'no_root'"):
        adam.variant("no_rot")
