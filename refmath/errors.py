"""The errors that refmath raises: each says what was expected, what was found, and the cure."""

import difflib

__all__ = ["DeclarationError", "InvalidInput", "RefmathError", "SubjectError", "UnknownName"]


class RefmathError(Exception):
    """Base of every error that refmath raises on purpose."""


class InvalidInput(RefmathError, ValueError):
    """A value from outside does not fit: wrong shape, dtype, range or type."""


class UnknownName(RefmathError, LookupError):
    """A name is not one of those that exist; the message lists them.

    Args:
        kind: What the name was taken for.
        name: The name.
        known: The names that exist; all three are kept as attributes.
        place: Where it stands, for the message: `` at column 8``.
    """

    def __init__(
        self, kind: str, name: object, known: "list[str] | tuple[str, ...]", place: str = ""
    ) -> None:
        self.kind, self.name, self.known = kind, name, known
        folded = {k.lower(): k for k in known}
        close = difflib.get_close_matches(str(name).lower(), list(folded), n=1)
        hint = f" Did you mean {folded[close[0]]!r}?" if close else ""
        listed = ", ".join(sorted(known))
        super().__init__(f"unknown {kind} {name!r}{place}.{hint} Known: {listed}.")


class DeclarationError(RefmathError, ValueError):
    """A declaration contradicts itself; raised when it is built."""


class SubjectError(RefmathError, RuntimeError):
    """A subject under test failed by itself: it raised, hung, or answered with a wrong shape.

    Attributes:
        kind: One of ``raised``, ``timeout``, ``shape``, ``mutated``, ``type``.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
