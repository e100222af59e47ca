"""Which files around an export are its mask files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from viewer.formats.members import folder_of, whole_path
from viewer.formats.redbrick.read import files_around, masks_named
from viewer.formats.redbrick.segments import found_beside
from viewer.model.project import Export
from viewer.model.table import Base

_VOLUMES = (".nii.gz", ".nii")


def companions(export: Export, base: Base, names: Sequence[str]) -> Iterator[str]:
    """Yield those names of files in the main file's folder and below that are its mask files.

    Where masks of single instances lie in a folder of their series, the volume of that name beside
    the folder is what RedBrick's downloader took them from.
    """
    wanted, last_parts = set(names), {_last(name) for name in names}
    folder, around = folder_of(export.sources[0].path), files_around(base.decode)
    for named in masks_named(base.decode):
        last = _last(named)
        if last_parts.isdisjoint((last, unquote(last))):
            continue
        path = found_beside(around, named)
        inner = whole_path(path).removeprefix(folder) if path else ""
        if inner in wanted:
            yield inner
            folder_name = inner.rpartition("/")[0]
            yield from wanted & {f"{folder_name}{ending}" for ending in _VOLUMES}


def _last(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1]
