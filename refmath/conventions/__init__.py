"""How each framework writes each rule, as data."""

from refmath.conventions import torch as _torch
from refmath.conventions.record import Choice as Choice
from refmath.conventions.record import Convention as Convention
from refmath.conventions.record import Switch as Switch

ALL: tuple[Convention, ...] = (*_torch.ALL,)
"""Every convention."""
