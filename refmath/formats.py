"""Floating-point formats: unit roundoff, smallest magnitudes, and rounding to them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from refmath.errors import UnknownName

__all__ = ["FORMATS", "Format", "format_of"]


@dataclass(frozen=True)
class Format:
    """A binary floating-point format.

    Attributes:
        name: ``float64``, ``float32``, ``float16`` or ``bfloat16``.
        precision: Bits of the significand, the hidden one included.
        flush: Magnitude below which an implementation may lose a result entirely: the smallest
            normal number where flushing to zero is common, else the smallest subnormal.
        largest: The largest finite number.
        carrier: The NumPy dtype that holds its values here (bfloat16 travels in float32).
        safe: Exponent e such that gradients up to 2**e overflow nothing in any rule.
    """

    name: str
    precision: int
    flush: float
    largest: float
    carrier: Any
    safe: int

    @property
    def unit(self) -> float:
        """The unit roundoff u: half the distance from 1 to the next number."""
        return float(2.0**-self.precision)

    def round(self, values: Any) -> Any:
        """Round to the nearest number of the format, ties to even, in the carrier dtype."""
        with np.errstate(all="ignore"):
            if self.name == "bfloat16":
                return _bfloat16(np.asarray(values, dtype=np.float64))
            return np.asarray(values).astype(self.carrier)


def _bfloat16(wide: Any) -> Any:
    """Round float64 to bfloat16, in float32."""
    single = np.asarray(wide.astype(np.float32))
    # Towards 0 with a sticky last bit, so that the rounding that follows is the only one.
    beyond = np.abs(single) > np.abs(wide)
    chopped = np.where(beyond, np.nextafter(single, np.float32(0)), single)
    bits = chopped.view(np.uint32) | (single != wide).astype(np.uint32)
    carry = ((bits >> np.uint32(16)) & np.uint32(1)) + np.uint32(0x7FFF)
    rounded = ((bits + carry) & np.uint32(0xFFFF0000)).view(np.float32)
    return np.where(np.isnan(wide), np.float32(np.nan), rounded)


FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        Format("float64", 53, 2.0**-1022, float(np.finfo(np.float64).max), np.float64, 300),
        Format("float32", 24, 2.0**-126, float(np.finfo(np.float32).max), np.float32, 36),
        Format("float16", 11, 2.0**-24, 65504.0, np.float16, 5),
        Format("bfloat16", 8, 2.0**-126, float(np.float32(3.3895314e38)), np.float32, 36),
    )
}


def format_of(name: str) -> Format:
    """The format of that name.

    Raises:
        UnknownName: There is none.
    """
    if name not in FORMATS:
        raise UnknownName("dtype", name, list(FORMATS))
    return FORMATS[name]
