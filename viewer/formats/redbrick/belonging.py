"""Which files around an export are its mask files, and their colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from viewer.formats.members import folder_of, whole_path
from viewer.formats.redbrick.mask_colors import CLASS_MAP
from viewer.formats.redbrick.read import files_around, has_color_file, masks_named
from viewer.formats.redbrick.segments import found_beside
from viewer.model.project import Export
from viewer.model.table import Base

_VOLUMES = (".nii.gz", ".nii")


def companions(export: Export, base: Base, names: Sequence[str]) -> Iterator[str]:
    """Yield those names of files in the main file's folder and below that are its mask files.

    So is the file of colours that tells labels apart in pictures.
    Where masks of single instances lie in a folder of their series, the volume of that name beside
    the folder is what RedBrick's downloader took them from.
    """
    folder, around = folder_of(export.sources[0].path), files_around(base.decode)
    wanted = set(names)
    if CLASS_MAP in wanted and has_color_file(base.decode):
        yield CLASS_MAP
        wanted.remove(CLASS_MAP)
    if not wanted:
        return  # the whole export is read through for the names of its masks
    last_parts = {_last(name) for name in wanted}
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
