"""Files that are written whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from refmath.errors import InvalidInput

__all__ = ["written"]


@contextmanager
def written(path: str | Path) -> Iterator[IO[Any]]:
    """A binary file that takes its place only when everything has been written to the disk.

    A file that is there is replaced in one step; it stays if anything is raised before. The
    permissions are those of any new file.

    Raises:
        InvalidInput: It cannot be written there.
    """
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(name, 0o666 & ~mask)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise InvalidInput(f"cannot write {str(target)!r}: {error.strerror or error}") from None
