"""Test problems with their starting points and known minima."""

from refmath.objective import Objective
from refmath.objectives.problems.classic import booth as booth
from refmath.objectives.problems.classic import ellipsoid as ellipsoid
from refmath.objectives.problems.classic import himmelblau as himmelblau
from refmath.objectives.problems.classic import sphere as sphere
from refmath.objectives.problems.mgh_any import (
    brown_almost_linear,
    extended_powell_singular,
    extended_rosenbrock,
    penalty_1,
    penalty_2,
    trigonometric,
    variably_dimensioned,
    watson,
)
from refmath.objectives.problems.mgh_fits import biggs_exp6, osborne_1, osborne_2
from refmath.objectives.problems.mgh_four import (
    brown_dennis,
    kowalik_osborne,
    powell_singular,
    wood,
)
from refmath.objectives.problems.mgh_systems import (
    broyden_banded,
    broyden_tridiagonal,
    chebyquad,
    discrete_boundary_value,
    discrete_integral_equation,
    linear_full_rank,
    linear_rank_1,
    linear_rank_1_with_zeros,
)
from refmath.objectives.problems.mgh_three import (
    bard,
    box,
    gaussian,
    gulf,
    helical_valley,
    meyer,
)
from refmath.objectives.problems.mgh_two import (
    beale,
    brown_badly_scaled,
    freudenstein_roth,
    jennrich_sampson,
    powell_badly_scaled,
    rosenbrock,
)
from refmath.objectives.problems.quadratic import quadratic as quadratic
from refmath.objectives.problems.quadratic import (
    quadratic_with_spectrum as quadratic_with_spectrum,
)
from refmath.objectives.problems.quadratic import spectral_matrix as spectral_matrix

MORE_GARBOW_HILLSTROM: tuple[Objective, ...] = (
    rosenbrock, freudenstein_roth, powell_badly_scaled, brown_badly_scaled, beale,
    jennrich_sampson, helical_valley, bard, gaussian, meyer, gulf, box, powell_singular, wood,
    kowalik_osborne, brown_dennis, osborne_1, biggs_exp6, osborne_2, watson, extended_rosenbrock,
    extended_powell_singular, penalty_1, penalty_2, variably_dimensioned, trigonometric,
    brown_almost_linear, discrete_boundary_value, discrete_integral_equation, broyden_tridiagonal,
    broyden_banded, linear_full_rank, linear_rank_1, linear_rank_1_with_zeros, chebyquad,
)
"""The 35 problems of ACM TOMS 7(1), 1981, in the paper's order."""
