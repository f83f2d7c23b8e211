"""``python -m refmath``: the command line."""

from refmath.cli import main

if __name__ == "__main__":
    main(prog_name="refmath")
