"""Random well-typed tensor expressions, for laws that hold for every expression.

``terms()`` draws a ``Term``: an expression together with the Python that made it, which also runs
on arrays and with other inputs. ``scalar_terms()`` draws one of rank 0. The tensors are those of
``tensor_cases``; every kind of node occurs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from hypothesis import strategies as st
from tensor_cases import DIMS, SCALARS, TENSORS, shape_of

from refmath import tensor
from refmath.tensor import Tensor

LEAVES = ("X", "Y", "Z", "W", "A", "P", "T", "x", "y", "w", "b")
ALL_SIZES = ({"n": 3, "d": 2, "k": 4}, {"n": 2, "d": 3, "k": 2}, {"n": 4, "d": 1, "k": 3})
MOST_ENTRIES, MOST_AXES = 24, 4
Draw = Callable[[Any], Any]


@dataclass(frozen=True)
class Term:
    """An expression and how it was made.

    Attributes:
        run: From functions (``refmath.tensor`` or a backend of arrays) and inputs to the value.
        text: The Python of it.
        uses: The names of its tensors.
        generic: Whether entries at generic inputs are all different and none is 0, so that a
            maximum or a kink of it is not met.
    """

    run: Callable[[Any, Mapping[str, Any]], Any]
    text: str
    uses: frozenset[str]
    generic: bool
    node: Tensor

    def __repr__(self) -> str:
        return self.text

    @property
    def variables(self) -> list[Any]:
        """The tensors of real numbers in it."""
        return [TENSORS[u] for u in sorted(self.uses) if u not in ("c", "lam")]

    def on(self, **inputs: Any) -> Any:
        """The expression with some of its inputs replaced."""
        return self.run(tensor, TENSORS | SCALARS | DIMS | inputs)


def made(form: str, *parts: Term, generic: bool = False) -> Term:
    """A term from Python with {0}, {1} in it for the parts, m for the functions."""
    code = compile(form.format(*(f"_{i}" for i in range(len(parts)))), form, "eval")

    def run(m: Any, inputs: Mapping[str, Any]) -> Any:
        given = {f"_{i}": p.run(m, inputs) for i, p in enumerate(parts)}
        value = eval(code, {"m": m, "Fraction": Fraction, **inputs, **given})
        return value if m is tensor else m.xp.asarray(value)

    uses = frozenset(u for p in parts for u in p.uses)
    uses |= {name for name in ("lam", "c") if name in code.co_names}
    node = tensor.as_tensor(run(tensor, TENSORS | SCALARS | DIMS))
    return Term(run, form.format(*(f"({p.text})" for p in parts)), uses, generic, node)


def leaf(name: str) -> Term:
    """A declared tensor."""
    return Term(
        lambda _, inputs: inputs[name], name, frozenset([name]), name != "P", TENSORS[name]
    )


SMOOTH = (
    "m.sin({0})", "m.cos({0})", "m.tanh({0})", "m.sigmoid({0})", "m.softplus({0})", "m.erf({0})",
    "m.power({0}, 2)", "m.power({0}, 3)", "m.exp(m.tanh({0}))", "m.log(1 + m.power({0}, 2))",
    "m.sqrt(2 + m.power({0}, 2))", "1 / (1 + m.power({0}, 2))", "lam * {0}", "{0} / 3 - lam",
    "m.power(1 + m.power({0}, 2), Fraction(-3, 2))", "m.power(1 + m.power({0}, 2), lam)",
    "2 - {0}", "-{0}", "{0} / n + d",
)
KINKED = ("m.relu({0})", "m.absolute({0})", "m.step({0}) * {0}", "m.sign({0}) + {0}",
          "m.where({0}, m.sin({0}), 2 * {0})", "m.maximum({0}, 0)")
PAIRS = ("{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} / (1 + m.power({1}, 2))",
         "m.sigmoid({0}) * {1}", "m.power(1 + m.power({0}, 2), m.tanh({1}))")
KINKED_PAIRS = ("m.maximum({0}, {1})", "m.minimum({0}, {1})",
                "m.where({0} - {1}, {0}, m.power({1}, 2))")


def _unary(draw: Draw, pool: Sequence[Term]) -> Term | None:
    a = _pick(draw, pool)
    form = draw(st.sampled_from(SMOOTH + KINKED if a.generic else SMOOTH))
    return made(form, a, generic=a.generic and form in SMOOTH[:6])


def _fit(a: Tensor, b: Tensor) -> bool:
    ends = zip(reversed(a.shape), reversed(b.shape), strict=False)
    return all(s == t or 1 in (s, t) for s, t in ends)


def _binary(draw: Draw, pool: Sequence[Term]) -> Term | None:
    a = _pick(draw, pool)
    b = draw(st.sampled_from([x for x in pool if _fit(a.node, x.node)]))
    apart = a.generic and b.generic and not a.uses & b.uses and a.node.shape == b.node.shape
    form = draw(st.sampled_from(PAIRS + KINKED_PAIRS if apart else PAIRS))
    return made(form, a, b, generic=apart and form in PAIRS[:3])


def _matmul(draw: Draw, pool: Sequence[Term]) -> Term | None:
    pairs = [(a, b) for a in pool for b in pool if 1 <= a.node.rank <= 2 and 1 <= b.node.rank <= 2
             and a.node.shape[-1] == b.node.shape[0]]
    if not pairs:
        return None
    a, b = draw(st.sampled_from(pairs))
    return made("{0} @ {1}", a, b, generic=a.generic and b.generic and not a.uses & b.uses)


def _reduction(draw: Draw, pool: Sequence[Term]) -> Term | None:
    a = _pick(draw, pool)
    some = st.lists(st.sampled_from(range(a.node.rank)), min_size=1, unique=True)
    axes = tuple(draw(some)) if a.node.rank else ()
    name = draw(st.sampled_from(["sum", "mean", "logsumexp", "norm"]))
    keep = ", True" if name != "norm" and draw(st.booleans()) else ""
    plus = " + 1" if name == "norm" else ""  # a norm of what may be 0
    return made(f"m.{name}({{0}}{plus}, {axes}{keep})", a)


def _moved(draw: Draw, pool: Sequence[Term]) -> Term | None:
    a = _pick(draw, pool)
    rank, shape = a.node.rank, a.node.shape
    forms = ["{0}.T", "{0}[..., None]"]
    if rank:
        forms += [f"m.transpose({{0}}, {tuple(draw(st.permutations(range(rank))))})",
                  "{0}[0]", "{0}[..., -1]", "{0}[None]", "m.softmax({0})", "m.log_softmax({0}, 0)",
                  "m.concatenate([{0}, m.power({0}, 2)], -1)"]
    if rank and shape[-1] in (DIMS["n"], DIMS["k"]):
        forms += ["{0}[..., 1:]", "{0}[..., :-1]", "m.windows({0}, -1, 2)",
                  "m.windows({0}, -1, 3, padding=1)",
                  "m.windows({0}, -1, 2, padding=2, dilation=2)"]
    if rank == 1:
        forms.append("m.diag({0})")
    return made(draw(st.sampled_from(forms)), a)


def _chosen(draw: Draw, pool: Sequence[Term]) -> Term | None:
    if draw(st.booleans()):
        a = draw(st.sampled_from([x for x in pool if x.node.shape == TENSORS["Z"].shape]))
        return made(draw(st.sampled_from(["m.gather({0}, c)", "m.gather(m.softmax({0}), c)"])), a)
    a = draw(st.sampled_from([x for x in pool if x.generic and x.node.rank]))
    axis = draw(st.sampled_from(["", ", 0", ", -1", ", 0, True"]))
    return made(draw(st.sampled_from(["m.max({0}", "m.min({0}"])) + axis + ")", a)


def _square(draw: Draw, pool: Sequence[Term]) -> Term | None:
    a = draw(st.sampled_from(
        [x for x in pool if x.node.rank == 2 and x.node.shape[0] == x.node.shape[1]]
    ))
    forms = ("m.diag({0})", "m.trace({0})", "m.inverse({0} @ {0}.T + m.eye({0}.shape[0]))",
             "m.logdet({0} @ {0}.T + m.eye({0}.shape[0]))", "{0} * m.eye({0}.shape[0])")
    return made(draw(st.sampled_from(forms)), a)


def _joined(draw: Draw, pool: Sequence[Term]) -> Term | None:
    a, b = _pick(draw, pool), _pick(draw, pool)
    forms = ["m.outer({0}, {1})"]
    if a.node.rank and a.node.shape[1:] == b.node.shape[1:] and b.node.rank:
        forms += ["m.concatenate([{0}, {1}])"] * 3
    if a.node.shape == b.node.shape:
        forms += ["m.dot({0}, {1})"]
    letters = "ijkl"[:a.node.rank]
    other = "".join(
        letters[a.node.shape.index(s)] if s in a.node.shape else "pqrs"[i]
        for i, s in enumerate(b.node.shape)
    )
    out = "".join(dict.fromkeys(letters + other))[draw(st.integers(0, 2)):]
    forms += [f"m.einsum('{letters},{other}->{out}', {{0}}, {{1}})"] * 2
    return made(draw(st.sampled_from(forms)), a, b)


def _pick(draw: Draw, pool: Sequence[Term]) -> Term:
    """Often what was made last, so that terms grow."""
    grown = pool[len(LEAVES):]
    found: Term = draw(st.sampled_from(grown if grown and draw(st.integers(0, 3)) else pool))
    return found


RULES = (_unary, _unary, _binary, _binary, _matmul, _reduction, _moved, _moved, _square, _chosen,
         _joined)


@st.composite
def terms(draw: Draw, sizes: Mapping[str, int] = ALL_SIZES[0], most: int = 6) -> Term:
    """A term of at most four axes and 24 entries at the sizes."""
    pool = [leaf(name) for name in LEAVES]
    for _ in range(draw(st.integers(1, most))):
        found = draw(st.sampled_from(RULES))(draw, pool)
        if found is None or found.node.rank > MOST_AXES:
            continue
        lengths = shape_of(found.node, sizes)
        if 0 < prod(lengths) <= MOST_ENTRIES:
            pool.append(found)
    return pool[-1]


@st.composite
def scalar_terms(draw: Draw, sizes: Mapping[str, int] = ALL_SIZES[0], most: int = 6) -> Term:
    """A term of rank 0."""
    found = draw(terms(sizes, most))
    return found if found.node.rank == 0 else made("m.sum({0} * m.sin({0}))", found)
