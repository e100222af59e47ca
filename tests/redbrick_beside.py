"""RedBrick AI exports opened with files around them, for tests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from viewer.errors import CannotRead
from viewer.formats.redbrick import FORMAT
from viewer.model.project import Export
from viewer.model.source import Beside, Source
from viewer.model.table import Base


@dataclass(frozen=True)
class FolderBeside:
    """The files of one folder and below."""

    folder: Path

    def find(self, name: str) -> str | None:
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise CannotRead(f"{name} leads out of the folder that was opened.")
        return str(path) if path.is_file() else None

    def read(self, path: str, limit: int) -> bytes:
        data = Path(path).read_bytes()
        if len(data) > limit:
            raise CannotRead(f"{path} has more than {limit} bytes.")
        return data


def opened_with(*paths: Path, beside: Beside | None = None) -> tuple[Export, Base]:
    """Return the export that these files are together."""
    sources = tuple(
        Source(number, "annotations", str(path), hashlib.sha256(data).hexdigest(), data)
        for number, (path, data) in enumerate((path, path.read_bytes()) for path in paths)
    )
    index = FORMAT.index([source.base for source in sources])
    return FORMAT.open("1", sources, index, beside)
