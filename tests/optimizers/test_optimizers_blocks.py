"""Blocks, threads and memory layouts cannot be seen in the result."""

import math
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optimizer_cases import FULL, Case, advance, bits, build, drawn, label, snapshot

import refmath
from refmath.optimizers import Adam, _blocks, _kernels

SMALL = 64
HYPER = {"lr": 0.125, "beta1": 0.875, "beta2": 0.96875, "eps": 0.0078125}


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Blocks of 8 float64 or 16 float32, and three threads."""
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", SMALL)
    monkeypatch.setattr(_blocks, "WORKERS", 3)
    _blocks._pool.cache_clear()
    yield
    _blocks._pool.cache_clear()


def _run(case: Case, params: list[np.ndarray], grads: list[list[np.ndarray]]) -> list[object]:
    opt = build(case)
    for g in grads:
        advance(opt, params, g)
    return [bits(*params), snapshot(opt)]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("case", FULL, ids=label)
@pytest.mark.usefixtures("small_blocks")
def test_small_blocks_and_threads(case: Case, dtype: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes around the borders of blocks give the bits of one whole block in one thread."""
    sizes = [0, 1, 7, 8, 9, 15, 16, 17, 33, 257]
    params = drawn(5, *sizes, dtype=dtype)
    grads = [drawn(6 + t, *sizes, dtype=dtype) for t in range(3)]
    blocked = _run(case, [p.copy() for p in params], grads)
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", 1 << 19)
    monkeypatch.setattr(_blocks, "WORKERS", 1)
    assert blocked == _run(case, params, grads)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", FULL, ids=label)
def test_every_coordinate_is_alone(case: Case, dtype: type) -> None:
    """A tensor's step is, bit for bit, the steps of its coordinates as tensors of their own."""
    whole, *rest = drawn(7, *[(5, 7)] * 4, dtype=dtype)
    parts = [x.copy() for x in whole.reshape(-1)[:, None]]
    _run(case, [whole], [[g] for g in rest])
    _run(case, parts, [list(g.reshape(-1)[:, None]) for g in rest])
    assert bits(whole.reshape(-1)) == bits(np.concatenate(parts))


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_adam_around_true_borders(
    dtype: type, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the blocks as shipped, Adam has the bits of the same operations on whole arrays."""
    monkeypatch.setattr(_blocks, "WORKERS", workers)
    length = _blocks.BLOCK_BYTES // np.dtype(dtype).itemsize
    sizes = [length - 1, length, length + 1, 3 * length + 5]
    params, opt = drawn(8, *sizes, dtype=dtype), Adam(**HYPER)
    expected = [p.copy() for p in params]
    ms, vs = ([np.zeros_like(p) for p in params] for _ in range(2))
    for t in (1, 2):
        grads = drawn(9 + t, *sizes, dtype=dtype)
        opt.step(params, grads)
        root = math.sqrt(_kernels.correction(0.96875, t))
        rate, eps = dtype(0.125 * root / _kernels.correction(0.875, t)), dtype(0.0078125 * root)
        for p, m, v, g in zip(expected, ms, vs, grads, strict=True):
            m[...] = dtype(0.875) * m + dtype(0.125) * g
            v[...] = dtype(0.96875) * v + dtype(0.03125) * g * g
            p -= m / (np.sqrt(v) + eps) * rate
    assert bits(*params) == bits(*expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(
    "layout",
    ["fortran", "strided", "reversed", "transposed", "unaligned", "swapped", "subclass"],
)
def test_layouts(layout: str, dtype: type) -> None:
    """Parameters and gradients of any strides, alignment or byte order get the same values."""
    values, *grads = drawn(10, *[(6, 4)] * 4, dtype=dtype)
    plain, odd = values.copy(), _laid(layout, values)
    one, two = build(("NAdam", {"weight_decay": 0.125})), build(("NAdam", {"weight_decay": 0.125}))
    for g in grads:
        one.step([plain], [g])
        given_grad = _laid(layout, g)
        two.step([odd], [given_grad])
        assert bits(np.ascontiguousarray(np.asarray(given_grad), dtype)) == bits(g)
    assert bits(plain) == bits(np.ascontiguousarray(np.asarray(odd), dtype))
    assert snapshot(one) == snapshot(two)


def _laid(layout: str, a: np.ndarray) -> np.ndarray:
    """An array equal to `a` in another layout."""
    rows, columns = a.shape
    if layout == "unaligned":
        odd = np.zeros(a.nbytes + 1, np.uint8)[1:].view(a.dtype).reshape(a.shape)
    else:
        odd = {
            "fortran": np.zeros(a.shape, a.dtype, order="F"),
            "strided": np.zeros((2 * rows, 3 * columns), a.dtype)[::2, ::3],
            "reversed": np.zeros(a.shape, a.dtype)[::-1, ::-1],
            "transposed": np.zeros(a.shape[::-1], a.dtype).T,
            "swapped": np.zeros(a.shape, a.dtype.newbyteorder("S")),
            "subclass": np.zeros(a.shape, a.dtype).view(_Tagged),
        }[layout]
    odd[...] = a
    return odd


class _Tagged(np.ndarray):
    """A subclass; its arithmetic must not be used."""

    def __array_ufunc__(self, *args: object, **kwargs: object) -> object:
        raise AssertionError("arithmetic of the subclass")


@given(
    size=st.integers(0, 60),
    block=st.integers(1, 40),
    workers=st.integers(1, 4),
    case=st.sampled_from(FULL),
)
@settings(derandomize=True, deadline=None)
def test_any_block_size(size: int, block: int, workers: int, case: Case) -> None:
    """No size of tensor, of blocks or of the pool changes a bit."""
    theta, *grads = drawn(size, size, size, size)
    whole = _run(case, [theta.copy()], [[g] for g in grads])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_blocks, "BLOCK_BYTES", 8 * block)
        patch.setattr(_blocks, "WORKERS", workers)
        assert whole == _run(case, [theta], [[g] for g in grads])


def _script(text: str) -> str:
    """What a new interpreter prints; it must neither fail nor write errors."""
    root = str(Path(refmath.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import sys; sys.path.insert(0, {root!r})\n{text}"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_import_is_light() -> None:
    """Importing the optimizers loads neither SymPy nor a deep-learning framework."""
    _script(
        "import refmath.optimizers\n"
        "loaded = {'sympy', 'torch', 'jax', 'scipy', 'flint'} & set(sys.modules)\n"
        "assert not loaded, loaded"
    )


THREADED = """
import os, numpy as np
from refmath.optimizers import Adam, _blocks
_blocks.WORKERS = 2
p, g = np.zeros(300_000), np.ones(300_000)
opt = Adam()
opt.step(p, g)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform cannot fork")
def test_fork_after_a_step() -> None:
    """A forked child, which inherits no threads, can step, with a pool of its own."""
    _script(
        THREADED + "pool = _blocks._pool()\n"
        "child = os.fork()\n"
        "opt.step(p, g)\n"
        "if child == 0: os._exit(0 if (p < 0).all() and _blocks._pool() is not pool else 1)\n"
        "assert os.waitpid(child, 0)[1] == 0"
    )


def test_step_while_shutting_down() -> None:
    """A step works when the interpreter no longer takes work for threads."""
    text = "import atexit\natexit.register(lambda: print((opt.step(p, g) < -1e-3).all()))"
    assert _script(THREADED + text) == "True\n"
