"""Files that belong to exports and are no pictures of their own: masks, frames, taxonomies."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from viewer.formats.archive import OpenedArchive
from viewer.formats.format import no_companions
from viewer.formats.members import folder_of, split_member, whole, whole_path
from viewer.formats.table import format_named
from viewer.media.instance import FileRef
from viewer.model.project import Export, Project
from viewer.model.table import KINDS, Base

DEPTH_LIMIT = 8  # folders below a main file's that are searched for what belongs to it
MOST_FILES = 200_000  # files that are looked at there
_MASK = KINDS.index("mask")


def source_paths(exports: Iterable[Export]) -> frozenset[str]:
    """Return the whole paths of all files that exports were read from."""
    return frozenset(
        whole_path(source.path) for export in exports for source in export.sources if source.path
    )


def companions_of(project: Project, files: Iterable[FileRef]) -> frozenset[FileRef]:
    """Return those of some files that belong to the exports of a project.

    A file that an export lists as a picture, and that is the only one of its name, is none.
    """
    by_path = {whole(file): file for file in files}
    found = set(source_paths(project.exports.values()) & by_path.keys())
    for export in project.exports.values():
        found |= _of_export(project, export, by_path)
    listed = {name for export in project.exports.values() for name in _pictures(export)}
    others = Counter(_last(path) for path in by_path if path not in found)
    return frozenset(
        by_path[path] for path in found if _last(path) not in listed or others[_last(path)]
    )


def belonging(project: Project, paths: Iterable[str]) -> frozenset[str]:
    """Return the whole paths of a project's sources, and of those files that go with them.

    Args:
        paths: of files that may do so; of members as "archive.zip!member".
    """
    files = [FileRef(*split_member(path)) for path in paths]
    found = companions_of(project, files) if files else frozenset[FileRef]()
    return source_paths(project.exports.values()) | frozenset(map(whole, found))


def companions_beside(export: Export, base: Base) -> tuple[str, ...]:
    """Return the names of the files around an export's main file that belong to it, but sources.

    They are looked for in its folder and some folders below, or in its zip, and only where the
    export has masks of pictures.
    """
    known = format_named(export.format)
    if known.companions is no_companions or not (base.columns.kinds == _MASK).any():
        return ()
    main = export.sources[0]
    folder, sources = folder_of(main.path), source_paths([export])
    if isinstance(main.archive, OpenedArchive):
        around = map(whole, main.archive.members)
    else:
        around = map(whole_path, _files_under(split_member(main.path)[0]))
    names = [
        path[len(folder) :] for path in around if path.startswith(folder) and path not in sources
    ]
    return tuple(known.companions(export, base, names))


def _files_under(main: str) -> Iterator[str]:
    """Yield the files of a main file's folder and below; no link is followed."""
    found = 0
    top = os.path.dirname(os.path.abspath(main))  # noqa: PTH100, PTH120 - as `whole`
    for here, folders, names in os.walk(top):
        depth = len(Path(here).relative_to(top).parts)
        folders[:] = sorted(folders) if depth < DEPTH_LIMIT else []
        yield from (os.path.join(here, name) for name in names)  # noqa: PTH118
        found += len(names)
        if found > MOST_FILES:
            return


def _of_export(project: Project, export: Export, by_path: Mapping[str, FileRef]) -> set[str]:
    main = export.sources[0].path
    folder, is_member = folder_of(main), split_member(main)[1] is not None
    names = [
        path[len(folder) :]
        for path, file in by_path.items()
        if path.startswith(folder) and (file.member is not None) == is_member
    ]
    base = project.annotations.bases[export.id]
    found = format_named(export.format).companions(export, base, names) if names else ()
    return {folder + name for name in found}


def _pictures(export: Export) -> Iterable[str]:
    """Yield what an export calls its media, without folders."""
    for entry in export.entries:
        yield from map(_last, (*entry.names, *entry.items))


def _last(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]
