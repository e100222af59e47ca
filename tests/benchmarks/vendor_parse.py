"""Read an export as a vendor's own library does, and print the seconds; run by its Python.

Run: PYTHON tests/benchmarks/vendor_parse.py labelbox|mdai|redbrick PATH
Labelbox: json.loads of each line, then NDJsonConverter.deserialize, which reads import files only.
MD.ai: json_to_dataframe.
RedBrick AI: what its command-line tool does with a tasks.json: json.load, then validate_json, whose
server is played here and answers at once that all is well.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace


def labelbox(path: Path) -> Callable[[], object]:
    """Return what parses an import file."""
    from labelbox.data.serialization import NDJsonConverter

    def parsed() -> object:
        rows = [json.loads(line) for line in path.read_bytes().splitlines() if line]
        return list(NDJsonConverter.deserialize(rows))

    return parsed


def redbrick(path: Path) -> Callable[[], object]:
    """Return what parses a tasks.json."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["VIRTUAL_ENV"] = home  # where the library makes a folder of its own
        from redbrick.upload.interact import validate_json

    class Upload:
        """The server."""

        async def validate_and_convert_to_import_format(self, *_: object) -> dict[str, bool]:
            return {"isValid": True}

    def parsed() -> object:
        tasks = json.loads(path.read_bytes())
        return asyncio.run(validate_json(SimpleNamespace(upload=Upload()), tasks, "", 50))

    return parsed


def mdai(path: Path) -> Callable[[], object]:
    """Return what parses an export of annotations."""
    from mdai.utils.common_utils import json_to_dataframe

    return lambda: json_to_dataframe(str(path))


def main() -> None:
    """Parse once and print the seconds."""
    warnings.simplefilter("ignore")
    parsed = {"labelbox": labelbox, "mdai": mdai, "redbrick": redbrick}[sys.argv[1]](
        Path(sys.argv[2])
    )
    began = time.perf_counter()
    kept = parsed()
    print(time.perf_counter() - began)
    del kept


if __name__ == "__main__":
    main()
