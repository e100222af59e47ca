"""A vendor's own library, in its own environment, asked what it makes of files."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import IO, cast

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT.parent / "shared" / "oracles"
# The ontology that exports of Encord follow, by name; without one its oracle guesses.
ONTOLOGIES = {
    "export_all_six_types.json": "ontology_export.json",
    "image_native.json": "ontology_all_ontology_types.json",
    "img_group.json": "ontology_img_group.json",
    "video_data1.json": "ontology_data1.json",
}
_CHILD = Path(__file__).with_name("child.py")


def python_of(vendor: str) -> Path:
    """Return the Python of a vendor's environment: the one named by OVERREAD_VENDOR_PYTHON."""
    named = os.environ.get(f"OVERREAD_{vendor.upper()}_PYTHON")
    return Path(named) if named else ROOT / f".venv-{vendor}" / "bin" / "python"


class Library:
    """One process in which a vendor's oracle is run again and again.

    Args:
        vendor: name of its format.
    """

    def __init__(self, vendor: str) -> None:
        self._script = SCRIPTS / f"{vendor}_oracle.py"
        self._child = subprocess.Popen(
            [python_of(vendor), _CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def asked(self, *arguments: object) -> tuple[int, str, str]:
        """Return the exit code of the oracle, what it printed, and what it complained of."""
        line = json.dumps([str(self._script), *map(str, arguments)])
        stdin, stdout = cast(IO[str], self._child.stdin), cast(IO[str], self._child.stdout)
        stdin.write(f"{line}\n")
        stdin.flush()
        code, out, err = json.loads(stdout.readline())
        return code, out, err

    def close(self) -> None:
        """End the process."""
        with self._child:
            cast(IO[str], self._child.stdin).close()
