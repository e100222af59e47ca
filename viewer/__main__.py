"""The entry point: `overread`, and `python -m viewer`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from viewer import cli


def main() -> int:
    """Run the command line of this process."""
    return cli.main(sys.argv[1:], open_window)


def open_window(paths: Sequence[str]) -> int:
    """Open the window; Qt is imported here and not before."""
    from viewer.app import run

    return run(paths)


if __name__ == "__main__":
    sys.exit(main())
