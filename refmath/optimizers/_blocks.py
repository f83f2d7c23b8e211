"""Cache-sized blocks of flat arrays, spread over a small shared pool of threads.

Every update rule is elementwise, so the size of a block, the number of threads and the order in
which blocks are done cannot change a single bit of the result.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["BLOCK_BYTES", "ROWS", "WORKERS", "Array", "Rows", "Task", "run", "working_dtype"]

Array: TypeAlias = NDArray[Any]
Rows: TypeAlias = tuple[Array, ...]

# Measured on 10^7 parameters: 256 KiB to 1 MiB per array lie close together; below 128 KiB the
# calls of the ufuncs, made while the GIL is held, take over.
BLOCK_BYTES = 1 << 19
# The memory's bandwidth, and the GIL between two ufuncs, leave nothing to more threads.
WORKERS = min(os.cpu_count() or 1, 8)
ROWS = 5

_local = threading.local()


@dataclass(slots=True)
class Task:
    """One tensor's update: flat arrays of equal length, and the scalars of this step.

    Attributes:
        theta: The parameter, updated in place.
        grad: Its gradient, only read.
        state: The state arrays, in the order of the rule's `state_names`, updated in place.
        k: The rule's scalars, as 0-d arrays of the state's dtype.
        coupled: The weight decay that enters the gradient, or None.
        decay: The learning rate times the decoupled weight decay, or None.
        dtype: The dtype computed in.
    """

    theta: Array
    grad: Array
    state: tuple[Array, ...]
    k: tuple[Array, ...]
    coupled: Array | None
    decay: Array | None
    dtype: np.dtype[Any]


def working_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype that a parameter of `dtype` is computed, and its state stored, in."""
    return np.dtype(np.float32) if dtype.itemsize == 2 else dtype.newbyteorder("=")


def _block_length(dtype: np.dtype[Any]) -> int:
    return max(1, BLOCK_BYTES // dtype.itemsize)


def _scratch(dtype: np.dtype[Any], length: int) -> Rows:
    kept: dict[np.dtype[Any], Rows] = _local.__dict__.setdefault("rows", {})
    full = _block_length(dtype)
    rows = kept.get(dtype)
    if rows is None or rows[0].size != full:
        rows = kept[dtype] = tuple(np.empty(full, dtype) for _ in range(ROWS))
    return rows if length == full else tuple(row[:length] for row in rows)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, WORKERS - 1), thread_name_prefix="refmath")


if hasattr(os, "register_at_fork"):
    # A forked child inherits the pool, but none of its threads.
    os.register_at_fork(after_in_child=_pool.cache_clear)


def run(tasks: Iterable[Task], update: Callable[[Task, int, int, Rows], None]) -> None:
    """Call `update(task, lo, hi, scratch)` once for each block [lo, hi) of each task.

    Args:
        tasks: The tasks; no two write to the same memory.
        update: Does one block. `scratch` is ROWS arrays of the block's length and the task's
            dtype, of arbitrary contents.
    """
    jobs: deque[tuple[Task, int, int]] = deque()
    volume = 0
    for task in tasks:
        size, length = task.theta.size, _block_length(task.dtype)
        volume += size * task.dtype.itemsize
        jobs.extend((task, lo, min(lo + length, size)) for lo in range(0, size, length))

    def work() -> None:
        with np.errstate(all="ignore"):
            while True:
                try:
                    task, lo, hi = jobs.popleft()
                except IndexError:
                    return
                update(task, lo, hi, _scratch(task.dtype, hi - lo))

    # Waking a thread costs what a block costs, and small blocks would only contend for the GIL.
    large = volume >= len(jobs) * (BLOCK_BYTES // 4)
    _share(work, min(WORKERS, len(jobs), volume // (2 * BLOCK_BYTES)) if large else 1)


def _share(work: Callable[[], None], workers: int) -> None:
    helpers: list[Future[None]] = []
    for _ in range(workers - 1):
        try:
            helpers.append(_pool().submit(work))
        except RuntimeError:
            # The interpreter is shutting down; this thread does what is left.
            break
    try:
        work()
    finally:
        started = [helper for helper in helpers if not helper.cancel()]
        wait(started)
    for helper in started:
        helper.result()
