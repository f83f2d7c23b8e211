"""The record of a closed form: what holds, when, as exact expressions and as a function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol

import sympy

from refmath.closed_form.numeric import check_names
from refmath.errors import InvalidInput
from refmath.tensor.node import Tensor

__all__ = ["Assumption", "ClosedForm", "Worded"]


class Worded(Protocol):
    """Anything that says in words what must hold."""

    @property
    def words(self) -> str:
        """What must hold, for people."""


@dataclass(frozen=True)
class Assumption:
    """One condition on numbers.

    Attributes:
        words: What must hold: ``0 < lambda_min <= lambda_max``.
        relation: The same in SymPy's symbols.
    """

    words: str
    relation: Any

    def check(self, values: Mapping[Any, Any]) -> None:
        """Raise if the condition does not hold.

        Args:
            values: Exact numbers by symbol.

        Raises:
            InvalidInput: It does not hold; the message names the values.
        """
        if self.relation.xreplace(dict(values)) != sympy.true:
            used = sorted(self.relation.free_symbols, key=str)
            found = ", ".join(f"{s}={values[s]}" for s in used)
            raise InvalidInput(f"expected {self.words}, found {found}")


@dataclass(frozen=True)
class ClosedForm:
    """A closed form.

    Attributes:
        name: Lower case with underscores.
        title: For people.
        source: Book or paper with section or equation.
        statement: What the results are.
        assumptions: When that holds; each has ``words``.
        results: Name to exact expression: a tensor, or a SymPy expression.
        arguments: What the function takes.
        function: The results for given numbers.
    """

    name: str
    title: str
    source: str
    statement: str
    assumptions: tuple[Worded, ...]
    results: Mapping[str, Any]
    arguments: tuple[str, ...]
    function: Callable[..., Any]

    def __call__(self, **values: Any) -> Any:
        """The result for given numbers; a dictionary by name where there are several.

        Raises:
            InvalidInput: A value is missing or unknown, or an assumption does not hold.
        """
        check_names(self.name, self.arguments, values)
        return self.function(**values)

    @property
    def condition(self) -> str:
        """All assumptions in words."""
        return ", ".join(a.words for a in self.assumptions) or "always"

    def text(self) -> str:
        """The results, one a line, and when they hold."""
        lines = [f"{name} = {_text(value)}" for name, value in self.results.items()]
        return "\n".join([*lines, f"holds: {self.condition}"])

    def latex(self) -> str:
        """The results as aligned LaTeX."""
        rows = [
            f"{sympy.latex(sympy.Symbol(name))} &= {_latex(value)}"
            for name, value in self.results.items()
        ]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        """What notebooks show as a formula."""
        return f"$\\displaystyle {self.latex()}$"

    def _repr_html_(self) -> str:
        """What notebooks show: the formula, and when it holds."""
        return (
            f"<p><b>{escape(self.title)}</b> ({escape(self.source)})</p>\n"
            f"<p>{escape(self._repr_latex_())}</p>\n"
            f"<p>{escape(self.statement)}. Holds: {escape(self.condition)}.</p>"
        )


def _text(value: Any) -> str:
    return value.text() if isinstance(value, Tensor) else str(value)


def _latex(value: Any) -> str:
    return value.latex() if isinstance(value, Tensor) else str(sympy.latex(value))
