"""What objectives and layers have in common: a formula of tensors with options, and its inputs."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import Any, Self

import numpy as np

from refmath.errors import DeclarationError, InvalidInput, UnknownName
from refmath.objective.inputs import Input, exact_array
from refmath.tensor import Tensor, kinks, nodes
from refmath.tensor.node import Affine, Map, Product, Variable
from refmath.tensor.sizes import dimension
from refmath.tensor.sizes import parameter as scalar_symbol

__all__ = ["Axis", "Declaration"]

_FREE_SIZES = (3, 2, 4, 5, 6, 7, 8, 9)
"""Sizes of examples: small and unequal."""


@dataclass(frozen=True)
class Axis:
    """A place where real implementations differ; the first option is the canonical one.

    Attributes:
        name: What is chosen, as users write it: ``reduction``.
        options: Option name to what the formula is given for it.
        doc: One sentence.
    """

    name: str
    options: Mapping[str, Any]
    doc: str = ""

    @property
    def default(self) -> str:
        """The canonical option."""
        return next(iter(self.options))


@dataclass(frozen=True, kw_only=True, repr=False)
class Declaration:
    """A formula of declared tensors, with the options that real implementations choose between.

    Attributes:
        name: The field's name in lower case: ``cross_entropy``.
        title: For people: ``Softmax cross entropy``.
        source: Paper or book, with the number of the equation or problem.
        inputs: All its variables; those that the options in force leave out do not count.
        formula: A function of one argument an axis that makes the expression.
        axes: The alternatives.
        settings: The option chosen on each axis where it is not the canonical one.
        sizes: Sizes of examples where not any small number will do.
        notes: Facts for people, such as what holds at kinks.
    """

    name: str
    title: str
    source: str
    inputs: tuple[Input, ...]
    formula: Callable[..., Tensor]
    axes: tuple[Axis, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for what in ("name", "title", "source"):
            if not getattr(self, what).strip():
                raise DeclarationError(f"a declaration has no {what}; give it one: {self.name!r}")
        names = [a.name for a in self.axes]
        for axis in self.axes:
            if names.count(axis.name) > 1:
                raise DeclarationError(
                    f"{self.name}: two axes are called {axis.name!r}; rename one"
                )
            if not axis.options:
                raise DeclarationError(
                    f"{self.name}: axis {axis.name!r} has no options; give it the canonical one"
                )
        wanted = list(inspect.signature(self.formula).parameters)
        if wanted != names:
            raise DeclarationError(
                f"{self.name}: the formula takes {wanted}, the axes are {names}; name them alike, "
                "in one order"
            )
        for name, option in self.settings.items():
            self._option(name, option)
        if not isinstance(self.expr, Tensor):
            raise DeclarationError(
                f"{self.name}: the formula made {self.expr!r}, which is no tensor expression"
            )
        self._check_inputs()
        known = {*self._size_names, *(s for x in self.inputs for s in x.size_names)}
        for name in self.sizes:
            if name not in known:
                raise DeclarationError(
                    f"{self.name}: {name} is no size; the sizes are {', '.join(sorted(known))}"
                )

    def _check_inputs(self) -> None:
        declared: dict[str, Any] = {}
        for x in self.inputs:
            if x.name in declared:
                raise DeclarationError(f"{self.name}: {x.name} is declared twice; rename one")
            declared[x.name] = x.tensor
        for found in _used(self.expr):
            if found.name not in declared or declared[found.name] != found:
                raise DeclarationError(
                    f"{self.name}: {found.name} is used but not among the inputs; add for example "
                    f"given({found.name}, 'what it is')"
                )

    def __repr__(self) -> str:
        chosen = "".join(f", {k}={v!r}" for k, v in self.settings.items())
        return f"<{type(self).__name__.lower()} {self.name}{chosen}>"

    def _repr_latex_(self) -> str:
        """What notebooks show as a formula."""
        return f"$\\displaystyle {self.latex()}$"

    def _repr_html_(self) -> str:
        """What notebooks show: the formula and its variables."""
        given = ", ".join(
            f"<code>{escape(name)}</code>" + (" (parameter)" if name in self.parameters else "")
            for name in self.tensors
        )
        return (
            f"<p><b>{escape(self.title)}</b> ({escape(self.source)})</p>\n"
            f"<p>{escape(self._repr_latex_())}</p>\n<p>{given}</p>"
        )

    # --- options --------------------------------------------------------------------------------

    def axis(self, name: str) -> Axis:
        """The axis of that name.

        Raises:
            UnknownName: There is none; the message lists those of the declaration.
        """
        for axis in self.axes:
            if axis.name == name:
                return axis
        raise UnknownName(f"axis of {self.name}", name, [a.name for a in self.axes])

    def _option(self, name: str, option: str) -> Any:
        axis = self.axis(name)
        if option not in axis.options:
            raise UnknownName(f"option of axis {name} of {self.name}", option, list(axis.options))
        return axis.options[option]

    def setting(self, name: str) -> str:
        """The option in force on an axis."""
        return self.settings.get(name, self.axis(name).default)

    def vary(self, **settings: str) -> Self:
        """The same with other options: ``squared_error.vary(reduction="sum")``.

        Raises:
            UnknownName: No such axis, or no such option on it.
        """
        for name, option in settings.items():
            self._option(name, option)
        merged = {**self.settings, **settings}
        kept = {k: v for k, v in merged.items() if v != self.axis(k).default}
        return replace(self, settings=dict(sorted(kept.items())))

    def derive(self, name: str, title: str, source: str, **settings: str) -> Self:
        """A declaration of its own whose canonical form is this one with other options."""
        chosen = self.vary(**settings)
        axes = []
        for a in self.axes:
            first = chosen.setting(a.name)
            order = [first, *(o for o in a.options if o != first)]
            axes.append(replace(a, options={o: a.options[o] for o in order}))
        return replace(
            self, name=name, title=title, source=source, axes=tuple(axes), settings={}
        )

    # --- the expression and its variables -------------------------------------------------------

    @cached_property
    def expr(self) -> Tensor:
        """The expression, with every option decided."""
        return self.formula(*(self._option(a.name, self.setting(a.name)) for a in self.axes))

    @cached_property
    def in_force(self) -> dict[str, Input]:
        """The inputs that the expression contains, by name, as declared."""
        used = {x.name for x in _used(self.expr)}
        return {x.name: x for x in self.inputs if x.name in used}

    @property
    def tensors(self) -> dict[str, Any]:
        """The variables in force by name: tensors, class labels, scalar symbols."""
        return {name: x.tensor for name, x in self.in_force.items()}

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the variables that are optimized."""
        return tuple(name for name, x in self.in_force.items() if x.role == "parameter")

    @property
    def docs(self) -> dict[str, str]:
        """What each variable is."""
        return {name: x.doc for name, x in self.in_force.items()}

    @property
    def domains(self) -> dict[str, str]:
        """Where the entries of each variable lie; class labels have their number of classes."""
        return {
            name: f"labels in {x.tensor.classes}" if x.is_labels else x.domain
            for name, x in self.in_force.items()
        }

    @property
    def kinks(self) -> tuple[str, ...]:
        """What is declared where it has no derivative, and other notes."""
        return (*kinks(self.expr), *self.notes)

    def _variable(self, name: str) -> Any:
        if name not in self.in_force:
            raise UnknownName(f"variable of {self.name}", name, list(self.in_force))
        return self.in_force[name].tensor

    # --- values ---------------------------------------------------------------------------------

    @cached_property
    def _size_names(self) -> tuple[str, ...]:
        shapes = [s for x in self.in_force.values() for s in x.size_names]
        return tuple(dict.fromkeys([*shapes, *_sizes_in(self.expr)]))

    def default_sizes(self, sizes: Mapping[str, int] | None = None) -> dict[str, int]:
        """Numbers for the sizes: those given, else the declared ones, else small unequal ones.

        Raises:
            UnknownName: A size is given that does not occur.
            InvalidInput: A size is not a positive whole number.
        """
        chosen = {k: v for k, v in self.sizes.items() if k in self._size_names}
        for name, value in (sizes or {}).items():
            if name not in self._size_names:
                raise UnknownName(f"size of {self.name}", name, list(self._size_names))
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise InvalidInput(f"{name} must be a positive whole number, found {value!r}")
            chosen[name] = value
        free = [x for x in _FREE_SIZES if x not in chosen.values()]
        for name in self._size_names:
            if name not in chosen:
                chosen[name] = free.pop(0)
        return {name: chosen[name] for name in self._size_names}

    def example(self, sizes: Mapping[str, int] | None = None, seed: int = 0) -> dict[str, Any]:
        """Random values of every variable within its domain, standard data where there is such.

        Args:
            sizes: Sizes by name; small and unequal where left out.
            seed: Of the random numbers.

        Returns:
            By name: an array of doubles, of whole numbers for class labels, or a float.
        """
        numbers = self.default_sizes(sizes)
        rng = np.random.default_rng(seed)
        out = {}
        for name, x in self.in_force.items():
            if x.data is not None:
                out[name] = as_floats(self._exactly(name, x.data, numbers))
            else:
                out[name] = x.sample(rng, numbers, self._near(name, numbers))
        return out

    def _near(self, name: str, sizes: Mapping[str, int]) -> Any:
        """A point near which a variable is sampled, or None."""
        return None

    def _exactly(self, name: str, values: Any, sizes: Mapping[str, int]) -> Any:
        lengths = self.in_force[name].lengths(sizes)
        return exact_array(f"{self.name}: {name}", values, lengths, sizes)

    def check(
        self, values: Mapping[str, Any], sizes: Mapping[str, int] | None = None
    ) -> dict[str, int]:
        """Hold values against shapes and domains; the sizes follow from the shapes.

        Args:
            values: By name, for every variable in force.
            sizes: Sizes that do not follow from the shapes, such as the number of classes.

        Returns:
            The sizes.

        Raises:
            InvalidInput: A value is missing or does not fit; the message says which and why.
        """
        missing = [name for name in self.in_force if name not in values]
        if missing:
            raise InvalidInput(f"{self.name}: no value is given for {', '.join(missing)}")
        known = dict(sizes or {})
        for name, x in self.in_force.items():
            for size, length in zip(x.shape, np.shape(values[name]), strict=False):
                if size.is_Symbol:
                    known.setdefault(size.name, length)
        for name, x in self.in_force.items():
            x.check(values[name], known)
        return known

    # --- what is made of it ---------------------------------------------------------------------

    def kernel(self, **options: Any) -> Any:
        """A vectorized NumPy function of the variables' names, with readable source."""
        return self.expr.kernel(**options)

    def text(self) -> str:
        """The expression in matrix notation, as text."""
        return self.expr.text()

    def latex(self) -> str:
        """The expression in LaTeX."""
        return self.expr.latex()

    def indices(self) -> str:
        """The expression in index notation, as text."""
        return self.expr.indices()


def as_floats(array: Any) -> Any:
    """Exact numbers as doubles; a single one as a float."""
    return array.astype(float) if array.shape else float(array[()])


def _symbols(node: Tensor) -> list[Any]:
    """The symbols in a node itself."""
    parts: list[Any] = list(node.shape)
    if isinstance(node, Product):
        parts += [node.coefficient, *node.sizes]
    elif isinstance(node, Map):
        parts.append(node.expr)
    elif isinstance(node, Affine):
        parts.append(node.offset)
    return sorted({s for p in parts for s in p.free_symbols}, key=str)


def _used(root: Tensor) -> list[Any]:
    """The variables and scalar symbols of an expression."""
    found: dict[Any, None] = {}
    for node in nodes(root):
        if isinstance(node, Variable):
            found[node] = None
        for symbol in _symbols(node):
            if symbol == scalar_symbol(symbol.name):
                found[symbol] = None
    return list(found)


def _sizes_in(root: Tensor) -> list[str]:
    """The names of the sizes that occur in an expression."""
    found = [s for node in nodes(root) for s in _symbols(node)]
    return sorted({s.name for s in found if s == dimension(s.name)})
