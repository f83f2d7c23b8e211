"""Files appear whole, with the permissions of any new file, or not at all."""

import os
from pathlib import Path

import pytest

from refmath.errors import InvalidInput
from refmath.files import written


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    """Until the end the old one is there."""
    place = tmp_path / "a.bin"
    place.write_bytes(b"old")
    with written(place) as file:
        file.write(b"new")
        file.flush()
        assert place.read_bytes() == b"old"
    assert place.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    """No half-written file, no other file; the old one stays."""
    place = tmp_path / "a.bin"
    place.write_bytes(b"old")
    def interrupted() -> None:
        with written(place) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert place.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_permissions_are_those_of_any_file(tmp_path: Path) -> None:
    """Not those of a temporary one."""
    with written(tmp_path / "a") as file:
        file.write(b"x")
    (tmp_path / "b").write_bytes(b"x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    """One line says why."""
    with pytest.raises(InvalidInput, match=r"cannot write .*No such file or directory"), \
            written(tmp_path / "none" / "a"):
        pass
