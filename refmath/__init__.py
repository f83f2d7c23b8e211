"""refmath: verified reference mathematics for the optimization of deep networks."""

__version__ = "0.1.0"
