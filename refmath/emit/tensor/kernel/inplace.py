"""Elementwise operations on matrices and beyond, in the memory of an argument that is done with."""

from typing import TYPE_CHECKING, Any

from refmath.emit.tensor.kernel.ops import Op
from refmath.emit.tensor.kernel.text import ATOM, PRODUCT, wrapped

if TYPE_CHECKING:
    from refmath.emit.tensor.kernel.source import Body

__all__ = ["ELEMENTWISE", "write_elementwise"]

ELEMENTWISE = {"linear", "times", "square", "call"}
"""The kinds of elementwise operations."""
_IN_PLACE = {
    "abs", "cos", "cosh", "exp", "expm1", "log", "log1p", "relu", "sign", "sin", "sinh", "sqrt",
    "tan", "tanh",
}
"""Functions of NumPy's that can write over their argument."""


def write_elementwise(body: "Body", op: Op, mark: str, name: str | None) -> None:
    """Write an elementwise operation, in place where it can be.

    Args:
        body: The statements.
        op: The operation.
        mark: What its result is called if it needs memory of its own.
        name: The same if that name was asked for.
    """
    straight = tuple(range(op.rank))
    places = op.fields[-1] if op.kind != "square" else (straight,)
    pairs = list(zip(op.args, places, strict=True))
    for arg, place in pairs:
        if name and place == straight and body.is_lone(arg) and arg.kind == "dot":
            body.write(arg, name)
            break
    for arg in sorted(op.args, key=lambda a: -a.rank):
        body.need(arg)
    for arg, place in pairs:
        if place == straight:
            body.readers_first(arg, op)
    able = [
        i for i, (arg, place) in enumerate(pairs)
        if place == straight and op.args.count(arg) == 1 and body.reusable(arg, op)
    ]
    {"linear": _linear, "times": _times, "square": _square, "call": _call}[op.kind](
        body, op, mark, able
    )


def _linear(body: "Body", op: Op, mark: str, able: list[int]) -> None:
    coefficients = op.fields[0]
    best = sorted(able, key=lambda i: (coefficients[i] != 1, coefficients[i] != -1))
    if not best:
        _fresh_sum(body, op, mark)
        return
    base = best[0]
    name = body.ref(op.args[base])[0]
    others = _ordered(body, op, base, scales=coefficients[base] != 1)
    first = body.text.term(op, others[0]) if others else (True, ("", ATOM))
    if coefficients[base] == -1 and not first[0]:
        body.line(f"np.subtract({first[1][0]}, {name}, out={name})")
        others = others[1:]
    else:
        _scale(body, name, coefficients[base])
    for i in others:
        minus, (text, _) = body.text.term(op, i)
        body.line(f"{name} {'-' if minus else '+'}= {text}")
    body.name(op, (name, ATOM))


def _times(body: "Body", op: Op, mark: str, able: list[int]) -> None:
    coefficient, exponents, _ = op.fields
    best = [i for i in able if exponents[i] == 1]
    if not best:
        _fresh(body, op, mark)
        return
    base = best[0]
    name = body.ref(op.args[base])[0]
    for i in _ordered(body, op, base, scales=False):
        body.line(f"{name} {'*' if exponents[i] == 1 else '/'}= {body.text.line(op, i)[0]}")
    _scale(body, name, coefficient)
    body.name(op, (name, ATOM))


def _square(body: "Body", op: Op, mark: str, able: list[int]) -> None:
    if not able:
        _fresh(body, op, mark)
        return
    name = body.ref(op.args[0])[0]
    body.line(f"{name} *= {name}")
    body.name(op, (name, ATOM))


def _call(body: "Body", op: Op, mark: str, able: list[int]) -> None:
    text = body.text.piece(op)[0]
    if able and op.fields[0] in _IN_PLACE:
        text = f"{text[:-1]}, out={body.ref(op.args[0])[0]})"
    body.line(f"{mark} = {text}")
    body.name(op, (mark, ATOM))


def _ordered(body: "Body", op: Op, base: int, scales: bool) -> list[int]:
    """The other arguments; one that is computed from the base comes first, several by themselves.

    Where the base is scaled first, one that is computed from it comes before that too.
    """
    others = [i for i in range(len(op.args)) if i != base]
    name = body.ref(op.args[base])[0]
    using = [i for i in others if name in body.text.line(op, i)[0]]
    for i in using if scales else using[1:]:
        body.write(op.args[i])
    return sorted(others, key=lambda i: i not in using)


def _scale(body: "Body", name: str, coefficient: Any) -> None:
    """Multiply an array by a scalar in place."""
    above, below = coefficient.as_numer_denom()
    if coefficient == -1:
        body.line(f"np.negative({name}, out={name})")
    elif above == 1 != below:
        body.line(f"{name} /= {body.text.scalars(below)}")
    elif coefficient != 1:
        body.line(f"{name} *= {body.text.scalars(coefficient)}")


def _fresh(body: "Body", op: Op, mark: str) -> None:
    body.line(f"{mark} = {body.text.piece(op)[0]}")
    body.name(op, (mark, ATOM))


def _fresh_sum(body: "Body", op: Op, mark: str) -> None:
    """Allocate the result with the two largest terms, and add the others in place."""
    if len(op.args) < 3:
        _fresh(body, op, mark)
        return
    first, second, *rest = sorted(range(len(op.args)), key=lambda i: -op.args[i].rank)
    (minus, one), (less, two) = body.text.term(op, first), body.text.term(op, second)
    lead = f"-{wrapped(one, PRODUCT)}" if minus else wrapped(one, PRODUCT)
    body.line(f"{mark} = {lead} {'-' if less else '+'} {wrapped(two, PRODUCT)}")
    full = op.rank in (op.args[first].rank, op.args[second].rank)
    for i in rest:
        minus, (text, _) = body.text.term(op, i)
        sign = "-" if minus else "+"
        body.line(f"{mark} {sign}= {text}" if full else f"{mark} = {mark} {sign} {text}")
    body.name(op, (mark, ATOM))
