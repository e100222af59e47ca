"""Projects to files: the opened bytes with an edit plan applied, checked, then put in place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from viewer.errors import CannotWrite
from viewer.formats.format import ChangedLabel, WriteJob
from viewer.formats.members import base_name, split_member
from viewer.formats.placing import file_to_write, put, refused
from viewer.formats.table import format_named
from viewer.model.project import Project
from viewer.model.source import spliced


@dataclass(frozen=True)
class WriteReport:
    """What was written.

    Args:
        changed: annotations that the file holds differently from the one opened.
        notes: what a person should know, in sentences.
    """

    path: str
    size_bytes: int
    sha256: str
    changed: tuple[ChangedLabel, ...] = ()
    notes: tuple[str, ...] = ()


def write_export(
    opened: Project,
    current: Project,
    export_id: str,
    destination: str | Path,
    *,
    overwrite: bool = False,
) -> WriteReport:
    """Write one export as `current` has it: the bytes opened, with only the edits spliced in.

    Args:
        opened: the project as it was read.
        destination: a file, or a folder that gets a file of the source's name.
        overwrite: allow a destination that is one of the files opened.

    Raises:
        CannotWrite: the format cannot hold an edit, or the destination cannot be written; no file
            was touched then.
    """
    export = opened.exports[export_id]
    job = WriteJob(
        export=export,
        base=opened.annotations.bases[export_id],
        opened=opened.annotations.opened,
        edits=current.annotations.edits_of(export_id),
    )
    (source,) = export.sources
    target = _target(Path(destination), base_name(source.path))
    if not overwrite:
        _refuse_opened(target, (opened, current))
    plan = format_named(export.format).plan(job)
    pieces = spliced(source.base, plan.edits.get(source.id, ()))
    size, digest = put(target, pieces)
    return WriteReport(str(target), size, digest, plan.changed, plan.notes)


def _target(destination: Path, name: str) -> Path:
    try:
        is_folder = destination.is_dir()
    except OSError as error:  # such as a name that is too long
        raise refused(destination, error) from error
    return file_to_write(destination / name if is_folder else destination)


def _refuse_opened(target: Path, projects: Iterable[Project]) -> None:
    for project in projects:
        for export in project.exports.values():
            for source in export.sources:
                if _is_same(target, Path(split_member(source.path)[0])):
                    raise CannotWrite(
                        f"{target.name} is open and stays as it was read; choose another name."
                    )


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one == other.resolve()
