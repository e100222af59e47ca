"""The entry point: `overread`, and `python -m viewer`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from viewer import cli


def main() -> int:
    """Run the command line of this process."""
    return cli.main(sys.argv[1:], open_window)


def open_window(paths: Sequence[str], demo: str | None) -> int:
    """Open the window, or draw it into a PNG where there is no display; Qt is imported here."""
    import platformdirs

    from viewer import app

    if app.has_display():
        return app.run(paths, demo=demo)
    out = platformdirs.user_cache_path("overread", ensure_exists=True) / "window.png"
    return app.picture(paths, out, demo=demo)


if __name__ == "__main__":
    sys.exit(main())
