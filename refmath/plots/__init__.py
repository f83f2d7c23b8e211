"""Pictures: trajectories on contours, loss curves, learning-rate sweeps, maps of stability.

They need Matplotlib (``pip install 'refmath[plot]'``) and no display.
"""

from refmath.plots.losses import losses as losses
from refmath.plots.stability import boundary as boundary
from refmath.plots.stability import stability as stability
from refmath.plots.style import save as save
from refmath.plots.sweep import Mark as Mark
from refmath.plots.sweep import sweep as sweep
from refmath.plots.trajectories import trajectories as trajectories

__all__ = ["Mark", "boundary", "losses", "save", "stability", "sweep", "trajectories"]
