"""A file for import: what labels need to be uploaded anew.

A row for each label; of tracks only the frames that were drawn and the ends of each stretch, with
a new segment after each gap; masks of a plane in composites, a colour for each label.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from viewer.errors import CannotWrite
from viewer.formats.labelbox.import_rows import Import, Row, Where
from viewer.formats.style import JsonValue, number_text
from viewer.model.annotation import Annotation
from viewer.model.project import Export, Project
from viewer.model.table import Base

MOST_OF_A_CLASS = 5_000  # labels of one name on a data row


@dataclass(frozen=True)
class ImportFile:
    """A file for import.

    Args:
        content: a row a line.
        count: number of rows.
        left_out: why labels are not in it, a sentence each.
        notes: what a person should know of what is, a sentence each.
    """

    content: bytes
    count: int
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def write_import(project: Project, export_id: str, *, leave_out: bool = False) -> bytes:
    """Return the labels of an export as rows for import, one a line.

    Args:
        leave_out: write what can be held, and leave the rest out without a word.

    Raises:
        CannotWrite: an import cannot hold some of the labels; names them.
    """
    found = import_of_project(project, export_id)
    if found.left_out and not leave_out:
        raise CannotWrite(" ".join(found.left_out))
    return found.content


def import_of_project(project: Project, export_id: str) -> ImportFile:
    """Return the labels of an export, as they are now, as a file for import."""
    table = project.annotations
    every = (table[id] for id in table if id.export == export_id)
    return import_of(project.exports[export_id], table.bases[export_id], every)


def import_of(export: Export, base: Base, annotations: Iterable[Annotation]) -> ImportFile:
    """Return labels of one export as a file for import; what it cannot hold is left out and said.

    Args:
        base: of the export.
        annotations: those that are written.
    """
    made = Import(export, base)
    left_out: list[str] = []
    for annotation in annotations:
        try:
            made.take(annotation)
        except CannotWrite as error:
            left_out.append(f"{made.named(annotation)}: {str(error).rstrip('.')}.")
    rows = list(made.all_rows())
    content = b"".join(_line(row) for row in rows)
    notes = (*made.notes, *_too_many(rows))
    return ImportFile(content, len(rows), tuple(left_out), notes)


def import_of_masks(
    export: Export, base: Base, masks: Iterable[Annotation], where: frozenset[Where]
) -> ImportFile:
    """Return the masks of some planes as a file for import.

    Args:
        masks: of the export.
        where: data rows and planes whose masks are written.
    """
    return import_of(export, base, (one for one in masks if place_of(one) in where))


def place_of(annotation: Annotation) -> Where:
    """Return data row and plane of an annotation."""
    first = annotation.placements[0]
    return first.media.entry or "", first.plane


def _too_many(rows: Iterable[Row]) -> Iterator[str]:
    """Yield what is said of classes with more labels on a data row than Labelbox takes."""
    counts = Counter((str(row["dataRow"]), str(row["name"])) for row in rows if "name" in row)
    for (_, name), count in counts.items():
        if count > MOST_OF_A_CLASS:
            yield (
                f"{count:,} labels of {name!r} are on one data row, of which Labelbox takes "
                f"{MOST_OF_A_CLASS:,}; upload them in parts."
            )


def _line(row: Row) -> bytes:
    return json.dumps(_plain(row)).encode() + b"\n"


def _plain(value: JsonValue) -> JsonValue:
    """Return a value whose whole numbers are spelled without a point."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    is_whole = isinstance(value, float) and b"." not in number_text(value)
    return int(value) if is_whole and isinstance(value, float) else value
