"""Check what Qt needs of the system; install it as root, else print the command that does.

Run by `make setup` before the environment exists, so only the standard library is used.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("system-libraries.txt")
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")


@dataclass(frozen=True)
class Library:
    """One line of the list: who needs it, its soname (or fonts:Name), its Debian package."""

    need: str
    name: str
    package: str

    @property
    def is_there(self) -> bool:
        """Whether the loader (or the font folder) has it."""
        if self.name.startswith("fonts:"):
            return has_fonts(self.name.removeprefix("fonts:"))
        try:
            ctypes.CDLL(self.name)
        except OSError:
            return False
        return True

    @property
    def is_needed(self) -> bool:
        """Whether the program cannot do without it on this machine; a font only looks better."""
        if self.name.startswith("fonts:"):
            return not has_fonts("")
        return self.need == "always" or has_display()


def has_display() -> bool:
    """Whether there is a desktop to open a window on."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def has_fonts(name: str) -> bool:
    """Whether a font file whose name begins with `name` is installed."""
    return any(
        file.suffix.lower() in {".ttf", ".otf", ".ttc"}
        for folder in FONT_FOLDERS
        if folder.is_dir()
        for file in folder.rglob(f"{name}*")
    )


def libraries() -> list[Library]:
    """Return the list in packaging/system-libraries.txt."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return [Library(*line.split()) for line in lines if line and not line.startswith("#")]


def main() -> int:
    """Return 0 when all that is needed is there, or was installed."""
    if sys.version_info < (3, 11):  # noqa: UP036 (run by whatever `python3` is)
        return complain(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    if not sys.platform.startswith("linux"):
        return 0
    missing = [library for library in libraries() if not library.is_there]
    if not missing:
        return 0
    packages = [library.package for library in missing]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        return install(packages)
    needed = any(library.is_needed for library in missing)
    names = ", ".join(library.name for library in missing)
    complain(f"Missing on this system: {names}. To install {'them' if needed else 'it'}:")
    complain(f"    sudo apt-get install --no-install-recommends {' '.join(packages)}")
    return 1 if needed else 0


def install(packages: list[str]) -> int:
    """Install Debian packages; called as root."""
    print("Installing", *packages, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    subprocess.run(["apt-get", "update", "-qq"], env=environment, check=False)
    return subprocess.run(command, env=environment, check=False).returncode


def complain(sentence: str) -> int:
    """Print a sentence for the person at the terminal."""
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
