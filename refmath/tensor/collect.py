"""Sums and elementwise functions in their normal form.

Like terms are collected, and what all of them have in common stands in front.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from sympy import Add, Integer, Mul, S, gcd_terms

from refmath.tensor import contract
from refmath.tensor.functions import check_scalar
from refmath.tensor.node import Map, Product, Sum, Tensor, placeholder
from refmath.tensor.sizes import Size

__all__ = ["add", "elementwise"]


def add(terms: Iterable[Tensor], shape: Sequence[Size]) -> Tensor:
    """The sum of tensors of one shape."""
    collected: dict[Tensor, Any] = {}
    pending = [(S.One, x) for x in terms]
    while pending:
        factor, node = pending.pop(0)
        scalar, core = contract.split(node)
        if isinstance(core, Sum):
            pending = [(factor * scalar, child) for child in core.children] + pending
        else:
            collected[core] = collected.get(core, S.Zero) + factor * scalar
    kept = {core: contract.tidy(c) for core, c in collected.items() if not _vanishes(c)}
    functions = {k: c for k, c in kept.items() if _is_function(k)}
    if len(functions) > 1:
        symbols = [placeholder(i) for i in range(len(functions))]
        whole = Add(*(c * x for c, x in zip(functions.values(), symbols, strict=True)))
        if len(functions) == len(kept):
            return elementwise(whole, list(functions))
        merged = elementwise(whole, list(functions))
        rest = [contract.scaled(c, k) for k, c in kept.items() if k not in functions]
        if not isinstance(contract.split(merged)[1], Sum):
            return _sum_of([*rest, merged], shape)
        return add([*rest, merged], shape)
    return _sum_of([contract.scaled(c, k) for k, c in kept.items()], shape)


def _vanishes(scalar: Any) -> bool:
    if not isinstance(scalar, Add):
        return bool(scalar == 0)
    return bool(gcd_terms(scalar) == 0 or scalar.expand() == 0)


def _sum_of(terms: list[Tensor], shape: Sequence[Size]) -> Tensor:
    """The sum of unlike terms, with what their coefficients have in common in front."""
    if not terms:
        return contract.constant(0, shape)
    if len(terms) == 1:
        return terms[0]
    pairs = [contract.split(x) for x in terms]
    common = _common([c for c, _ in pairs])
    children = [contract.scaled(c / common, core) for c, core in pairs]
    children.sort(key=lambda x: _order(x))
    whole = Sum(tuple(shape), tuple(children))
    return whole if common == 1 else contract.scaled(common, whole)


def _order(node: Tensor) -> tuple[Any, ...]:
    scalar, core = contract.split(node)
    count = len(core.children) if isinstance(core, Product) else 1
    return (contract.is_constant(core), -count, core.key, str(scalar))


def _common(scalars: list[Any]) -> Any:
    """What all coefficients contain: the rational content, and powers of symbols."""
    numbers, powers = [], []
    for scalar in scalars:
        number, rest = scalar.as_coeff_Mul()
        if not number.is_Rational:
            number, rest = S.One, scalar
        numbers.append(number)
        powers.append(dict(rest.as_powers_dict()))
    upper = reduce(lambda a, b: a.gcd(b), (Integer(n.p) for n in numbers))
    lower = reduce(lambda a, b: a.lcm(b), (Integer(n.q) for n in numbers))
    common = abs(upper) / lower
    if all(abs(n) != common for n in numbers):
        common = S.One
    for base in powers[0]:
        exponents: list[Any] = [p.get(base, S.Zero) for p in powers]
        if base == 1 or not all(e.is_Rational for e in exponents):
            continue
        least = min(exponents) if all(e > 0 for e in exponents) else (
            max(exponents) if all(e < 0 for e in exponents) else S.Zero
        )
        common *= base**least
    if all(c.could_extract_minus_sign() for c in scalars):
        common = -common
    return common


def elementwise(expr: Any, arguments: Sequence[Tensor]) -> Tensor:
    """A scalar function of tensors of one shape, elementwise.

    Args:
        expr: A SymPy expression in ``placeholder(0)``, ..., ``placeholder(k - 1)``.
        arguments: k tensors of one shape.
    """
    shape = arguments[0].shape
    atoms: dict[Tensor, Any] = {}
    change = {placeholder(i): _inlined(a, atoms) for i, a in enumerate(arguments)}
    back = {v: k for k, v in atoms.items()}
    full = check_scalar(expr).xreplace(change)
    return _mapped(full, back, shape)


def _inlined(node: Tensor, atoms: dict[Tensor, Any]) -> Any:
    """A node as a scalar expression in symbols that stand for tensors."""
    scalar, core = contract.split(node)
    if contract.is_constant(core):
        return scalar
    if isinstance(core, Map):
        own = {placeholder(i): _symbol(child, atoms) for i, child in enumerate(core.children)}
        return scalar * core.expr.xreplace(own)
    if isinstance(core, Sum) and any(_is_function(contract.split(x)[1]) for x in core.children):
        return scalar * Add(*(_inlined(x, atoms) for x in core.children))
    return scalar * _symbol(core, atoms)


def _is_function(core: Tensor) -> bool:
    return isinstance(core, Map) or contract.is_constant(core)


def _symbol(node: Tensor, atoms: dict[Tensor, Any]) -> Any:
    if node not in atoms:
        atoms[node] = placeholder(1000 + len(atoms))
    return atoms[node]


def _mapped(expr: Any, back: Mapping[Any, Tensor], shape: tuple[Size, ...]) -> Tensor:
    """The normal form of a scalar expression in symbols that stand for tensors."""
    symbols = set(back) & expr.free_symbols
    if not symbols:
        return contract.constant(contract.tidy(expr), shape)
    if isinstance(expr, Add):
        bare = [a for a in expr.args if _is_bare(a, symbols)]
        if bare:
            rest = [a for a in expr.args if a not in bare]
            terms = [_mapped(a, back, shape) for a in bare]
            if rest:
                terms.append(_mapped(Add(*rest), back, shape))
            return add(terms, shape)
    scalar, rest = expr.as_independent(*symbols, as_Add=False)
    groups = _groups(Mul.make_args(rest), symbols)
    if len(groups) > 1:
        labels = tuple(range(len(shape)))
        factors = [(_mapped(Mul(*g), back, shape), labels) for g in groups]
        return contract.product(scalar, factors, labels, dict(enumerate(shape)))
    if rest in back:
        return contract.scaled(scalar, back[rest])
    number, primitive = rest.as_content_primitive() if isinstance(rest, Add) else (S.One, rest)
    node = _as_map(primitive, back, shape)
    return node if scalar * number == 1 else contract.scaled(scalar * number, node)


def _is_bare(term: Any, symbols: set[Any]) -> bool:
    """Whether a term is a scalar times one of the symbols."""
    _, rest = term.as_independent(*symbols, as_Add=False)
    return rest in symbols


def _groups(factors: Sequence[Any], symbols: set[Any]) -> list[list[Any]]:
    """Factors grouped by the tensors they depend on."""
    groups: list[tuple[set[Any], list[Any]]] = []
    for factor in factors:
        used = factor.free_symbols & symbols
        mine: tuple[set[Any], list[Any]] = (used, [factor])
        rest = []
        for group in groups:
            if group[0] & used:
                mine = (mine[0] | group[0], [*group[1], *mine[1]])
            else:
                rest.append(group)
        groups = [*rest, mine]
    return [members for _, members in groups]


def _as_map(expr: Any, back: Mapping[Any, Tensor], shape: tuple[Size, ...]) -> Tensor:
    used = sorted((s for s in back if s in expr.free_symbols), key=lambda s: back[s].key)
    change = {s: placeholder(i) for i, s in enumerate(used)}
    return Map(shape, tuple(back[s] for s in used), expr.xreplace(change))
