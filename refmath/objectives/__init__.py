"""The objectives, each declared once: losses, models with their losses, test problems; and layers.

Those that may be optimized are in ``ALL``; a network's layers, with their backward pass, are in
``LAYERS``.
"""

from refmath.errors import UnknownName
from refmath.objective import Layer, Objective
from refmath.objectives import layers, losses, models, problems

_MODULES = (losses, models, problems)

ALL: dict[str, Objective] = {
    found.name: found
    for module in _MODULES
    for found in vars(module).values()
    if isinstance(found, Objective)
}
"""Every objective by name."""

LAYERS: dict[str, Layer] = layers.ALL
"""Every layer by name."""

GROUPS: dict[str, tuple[str, ...]] = {
    module.__name__.rpartition(".")[2]: tuple(
        found.name for found in vars(module).values() if isinstance(found, Objective)
    )
    for module in _MODULES
}
"""The names of losses, models and problems."""


def get(name: str) -> Objective:
    """The objective of that name.

    Raises:
        UnknownName: There is none; the message lists those that exist.
    """
    if name not in ALL:
        raise UnknownName("objective", name, list(ALL))
    return ALL[name]


def get_layer(name: str) -> Layer:
    """The layer of that name.

    Raises:
        UnknownName: There is none; the message lists those that exist.
    """
    if name not in LAYERS:
        raise UnknownName("layer", name, list(LAYERS))
    return LAYERS[name]
