"""Where icons and themes are, in a checkout, an installed wheel and a bundle."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


@cache
def resource_folder() -> Path:
    """Return the folder `resources`.

    Raises:
        FileNotFoundError: the installation lacks it.
    """
    places = (
        PACKAGE.parent / "resources",  # a checkout
        PACKAGE / "resources",  # a bundle that keeps it inside the package
        Path(getattr(sys, "_MEIPASS", PACKAGE)) / "resources",  # a PyInstaller bundle
        Path(sys.prefix) / "share" / "overread" / "resources",  # a wheel's data files
    )
    for place in places:
        if (place / "theme" / "tokens.json").is_file():
            return place
    raise FileNotFoundError("the folder `resources` is missing; install the program again")


def resource_path(name: str) -> Path:
    """Return the path of a resource such as "theme/tokens.json".

    Raises:
        FileNotFoundError: there is no such resource.
    """
    path = resource_folder() / name
    if not path.exists():
        raise FileNotFoundError(f"the resource {name} is missing; install the program again")
    return path
