"""The test problems by More, Garbow and Hillstrom, in plain Python, from the paper's definitions.

Nothing here uses the declarations. Every function takes the unknowns as a list and returns the
list of residuals; indices are the paper's, from 1. ``lib`` has exp, log, sin, cos, atan, sqrt, pi.
"""

import math
from typing import Any

Numbers = list[Any]

BARD = [.14, .18, .22, .25, .29, .32, .35, .39, .37, .58, .73, .96, 1.34, 2.10, 4.39]
GAUSS = [.0009, .0044, .0175, .0540, .1295, .2420, .3521, .3989, .3521, .2420, .1295, .0540,
         .0175, .0044, .0009]
MEYER = [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427,
         3820, 3307, 2872]
KOWALIK_Y = [.1957, .1947, .1735, .1600, .0844, .0627, .0456, .0342, .0323, .0235, .0246]
KOWALIK_U = [4, 2, 1, .5, .25, .167, .125, .1, .0833, .0714, .0625]
OSBORNE_1 = [.844, .908, .932, .936, .925, .908, .881, .850, .818, .784, .751, .718, .685, .658,
             .628, .603, .580, .558, .538, .522, .506, .490, .478, .467, .457, .448, .438, .431,
             .424, .420, .414, .411, .406]
OSBORNE_2 = [1.366, 1.191, 1.112, 1.013, .991, .885, .831, .847, .786, .725, .746, .679, .608,
             .655, .616, .606, .602, .626, .651, .724, .649, .649, .694, .644, .624, .661, .612,
             .558, .533, .495, .500, .423, .395, .375, .372, .391, .396, .405, .428, .429, .523,
             .562, .607, .653, .672, .708, .633, .668, .645, .632, .591, .559, .597, .625, .739,
             .710, .729, .720, .636, .581, .428, .292, .162, .098, .054]


def rosenbrock(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 1."""
    return [10 * (x[1] - x[0] ** 2), 1 - x[0]]


def freudenstein_roth(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 2."""
    a, b = x
    return [-13 + a + ((5 - b) * b - 2) * b, -29 + a + ((b + 1) * b - 14) * b]


def powell_badly_scaled(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 3."""
    return [1e4 * x[0] * x[1] - 1, lib.exp(-x[0]) + lib.exp(-x[1]) - 1.0001]


def brown_badly_scaled(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 4."""
    return [x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2]


def beale(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 5."""
    return [y - x[0] * (1 - x[1] ** i) for i, y in ((1, 1.5), (2, 2.25), (3, 2.625))]


def jennrich_sampson(x: Numbers, lib: Any = math, m: int = 10) -> Numbers:
    """Problem 6."""
    return [2 + 2 * i - (lib.exp(i * x[0]) + lib.exp(i * x[1])) for i in range(1, m + 1)]


def helical_valley(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 7."""
    turns = lib.atan(x[1] / x[0]) / (2 * lib.pi) + (0 if x[0] > 0 else 0.5)
    radius = lib.sqrt(x[0] ** 2 + x[1] ** 2)
    return [10 * (x[2] - 10 * turns), 10 * (radius - 1), x[2]]


def bard(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 8."""
    return [
        y - (x[0] + u / ((16 - u) * x[1] + min(u, 16 - u) * x[2]))
        for u, y in enumerate(BARD, start=1)
    ]


def gaussian(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 9."""
    return [
        x[0] * lib.exp(-x[1] * ((8 - i) / 2 - x[2]) ** 2 / 2) - y
        for i, y in enumerate(GAUSS, start=1)
    ]


def meyer(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 10."""
    return [
        x[0] * lib.exp(x[1] / (45 + 5 * i + x[2])) - y for i, y in enumerate(MEYER, start=1)
    ]


def gulf(x: Numbers, lib: Any = math, m: int = 99) -> Numbers:
    """Problem 11, corrected as in ACM algorithm 566."""
    out = []
    for i in range(1, m + 1):
        t = i / 100
        y = 25 + (-50 * math.log(t)) ** (2 / 3)
        out.append(lib.exp(-abs(y - x[1]) ** x[2] / x[0]) - t)
    return out


def box(x: Numbers, lib: Any = math, m: int = 10) -> Numbers:
    """Problem 12."""
    return [
        lib.exp(-t * x[0]) - lib.exp(-t * x[1]) - x[2] * (math.exp(-t) - math.exp(-10 * t))
        for t in (i / 10 for i in range(1, m + 1))
    ]


def powell_singular(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 13."""
    a, b, c, d = x
    return [
        a + 10 * b, math.sqrt(5) * (c - d), (b - 2 * c) ** 2, math.sqrt(10) * (a - d) ** 2,
    ]


def wood(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 14."""
    a, b, c, d = x
    return [
        10 * (b - a**2), 1 - a, math.sqrt(90) * (d - c**2), 1 - c,
        math.sqrt(10) * (b + d - 2), (b - d) / math.sqrt(10),
    ]


def kowalik_osborne(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 15."""
    return [
        y - x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3])
        for y, u in zip(KOWALIK_Y, KOWALIK_U, strict=True)
    ]


def brown_dennis(x: Numbers, lib: Any = math, m: int = 20) -> Numbers:
    """Problem 16."""
    return [
        (x[0] + t * x[1] - math.exp(t)) ** 2 + (x[2] + x[3] * math.sin(t) - math.cos(t)) ** 2
        for t in (i / 5 for i in range(1, m + 1))
    ]


def osborne_1(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 17."""
    return [
        y - (x[0] + x[1] * lib.exp(-10 * i * x[3]) + x[2] * lib.exp(-10 * i * x[4]))
        for i, y in enumerate(OSBORNE_1)
    ]


def biggs_exp6(x: Numbers, lib: Any = math, m: int = 13) -> Numbers:
    """Problem 18."""
    out = []
    for t in (i / 10 for i in range(1, m + 1)):
        y = math.exp(-t) - 5 * math.exp(-10 * t) + 3 * math.exp(-4 * t)
        out.append(x[2] * lib.exp(-t * x[0]) - x[3] * lib.exp(-t * x[1])
                   + x[5] * lib.exp(-t * x[4]) - y)
    return out


def osborne_2(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 19."""
    out = []
    for i, y in enumerate(OSBORNE_2):
        t = i / 10
        fit = x[0] * lib.exp(-t * x[4])
        for k in (1, 2, 3):
            fit = fit + x[k] * lib.exp(-((t - x[k + 7]) ** 2) * x[k + 4])
        out.append(y - fit)
    return out


def watson(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 20."""
    out = []
    for t in (i / 29 for i in range(1, 30)):
        first = sum((j * x[j] * t ** (j - 1) for j in range(1, len(x))), 0)
        second = sum((x[j] * t**j for j in range(len(x))), 0)
        out.append(first - second**2 - 1)
    return [*out, x[0], x[1] - x[0] ** 2 - 1]


def extended_rosenbrock(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 21."""
    out = []
    for i in range(0, len(x), 2):
        out += rosenbrock(x[i:i + 2])
    return out


def extended_powell_singular(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 22."""
    out = []
    for i in range(0, len(x), 4):
        out += powell_singular(x[i:i + 4])
    return out


def penalty_1(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 23."""
    return [*(math.sqrt(1e-5) * (v - 1) for v in x), sum(v**2 for v in x) - 0.25]


def penalty_2(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 24."""
    n, a = len(x), math.sqrt(1e-5)
    out = [x[0] - 0.2]
    for i in range(2, n + 1):
        y = math.exp(i / 10) + math.exp((i - 1) / 10)
        out.append(a * (lib.exp(x[i - 1] / 10) + lib.exp(x[i - 2] / 10) - y))
    out += [a * (lib.exp(x[i - n] / 10) - math.exp(-1 / 10)) for i in range(n + 1, 2 * n)]
    return [*out, sum((n - j) * x[j] ** 2 for j in range(n)) - 1]


def variably_dimensioned(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 25."""
    total = sum(j * (v - 1) for j, v in enumerate(x, start=1))
    return [*(v - 1 for v in x), total, total**2]


def trigonometric(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 26."""
    total = len(x) - sum(lib.cos(v) for v in x)
    return [total + i * (1 - lib.cos(v)) - lib.sin(v) for i, v in enumerate(x, start=1)]


def brown_almost_linear(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 27."""
    product: Any = 1
    for v in x:
        product = product * v
    return [*(v + sum(x) - (len(x) + 1) for v in x[:-1]), product - 1]


def discrete_boundary_value(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 28."""
    n = len(x)
    h, out, full = 1 / (n + 1), [], [0, *x, 0]
    for i in range(1, n + 1):
        bend = 2 * full[i] - full[i - 1] - full[i + 1]
        out.append(bend + h**2 * (full[i] + i * h + 1) ** 3 / 2)
    return out


def discrete_integral_equation(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 29."""
    n = len(x)
    h, out = 1 / (n + 1), []
    cubes = [(v + j * h + 1) ** 3 for j, v in enumerate(x, start=1)]
    for i in range(1, n + 1):
        t = i * h
        below = sum((j * h * cubes[j - 1] for j in range(1, i + 1)), 0)
        above = sum(((1 - j * h) * cubes[j - 1] for j in range(i + 1, n + 1)), 0)
        out.append(x[i - 1] + h * ((1 - t) * below + t * above) / 2)
    return out


def broyden_tridiagonal(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 30."""
    full = [0, *x, 0]
    return [
        (3 - 2 * full[i]) * full[i] - full[i - 1] - 2 * full[i + 1] + 1
        for i in range(1, len(x) + 1)
    ]


def broyden_banded(x: Numbers, lib: Any = math) -> Numbers:
    """Problem 31."""
    n, out = len(x), []
    for i in range(n):
        near = [j for j in range(max(0, i - 5), min(n, i + 2)) if j != i]
        out.append(x[i] * (2 + 5 * x[i] ** 2) + 1 - sum((x[j] * (1 + x[j]) for j in near), 0))
    return out


def linear_full_rank(x: Numbers, lib: Any = math, m: int = 10) -> Numbers:
    """Problem 32."""
    shared = 2 / m * sum(x) + 1
    return [*(v - shared for v in x), *[-shared] * (m - len(x))]


def linear_rank_1(x: Numbers, lib: Any = math, m: int = 10) -> Numbers:
    """Problem 33."""
    total = sum(j * v for j, v in enumerate(x, start=1))
    return [i * total - 1 for i in range(1, m + 1)]


def linear_rank_1_with_zeros(x: Numbers, lib: Any = math, m: int = 10) -> Numbers:
    """Problem 34."""
    total = sum((j * x[j - 1] for j in range(2, len(x))), 0)
    return [-1, *((i - 1) * total - 1 for i in range(2, m)), -1]


def chebyquad(x: Numbers, lib: Any = math, m: int = 8) -> Numbers:
    """Problem 35."""
    out = []
    before, now = [1] * len(x), [2 * v - 1 for v in x]
    for i in range(1, m + 1):
        integral = 0 if i % 2 else -1 / (i**2 - 1)
        out.append(sum(now) / len(x) - integral)
        before, now = now, [
            2 * (2 * v - 1) * a - b for v, a, b in zip(x, now, before, strict=True)
        ]
    return out


RESIDUALS = (
    rosenbrock, freudenstein_roth, powell_badly_scaled, brown_badly_scaled, beale,
    jennrich_sampson, helical_valley, bard, gaussian, meyer, gulf, box, powell_singular, wood,
    kowalik_osborne, brown_dennis, osborne_1, biggs_exp6, osborne_2, watson, extended_rosenbrock,
    extended_powell_singular, penalty_1, penalty_2, variably_dimensioned, trigonometric,
    brown_almost_linear, discrete_boundary_value, discrete_integral_equation, broyden_tridiagonal,
    broyden_banded, linear_full_rank, linear_rank_1, linear_rank_1_with_zeros, chebyquad,
)
"""In the paper's order."""
