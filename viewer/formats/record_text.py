"""The records behind an annotation, as their file spells them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from viewer.formats.json_tools import BadJson, Bytes, members, text_of
from viewer.formats.table import FORMATS
from viewer.model.annotation import AnnotationId
from viewer.model.placement import Origin
from viewer.model.project import Project
from viewer.model.table import Columns
from viewer.model.track import Track

_LONGEST_VALUE = 500  # characters; the raw record has the rest
_FEW = 8  # placements whose records are all told


@dataclass(frozen=True)
class RecordPart:
    """A stretch of a file that says something of an annotation.

    Args:
        title: what it is, for people.
    """

    title: str
    origin: Origin


def record_parts(
    project: Project, id: AnnotationId, placement: int | None = None
) -> tuple[RecordPart, ...]:
    """Return the records of an annotation as opened, then what stands around them.

    Nothing is decoded. Empty for an annotation made since.

    Args:
        project: that holds it.
        id: the annotation.
        placement: number of the one whose record is wanted too; None for those of few placements.
    """
    base = project.annotations.bases.get(id.export)
    if id.new or base is None or not 0 <= id.ordinal < base.columns.count:
        return ()
    columns = base.columns
    ordinal = id.ordinal
    own = Origin(*(int(c[ordinal]) for c in (columns.sources, columns.starts, columns.ends)))
    found = [RecordPart("Record", own)]
    for row in _rows(project, id, columns, placement):
        origin = _origin(columns, row)
        if origin.end > origin.start and origin not in (part.origin for part in found):
            found.append(RecordPart(_title(columns, row), origin))
    export = project.exports[id.export]
    for known in FORMATS:
        if known.name == export.format and known.record_spans is not None:
            around = known.record_spans(export, base, ordinal)
            found += (RecordPart(title, origin) for title, origin in around)
    return tuple(found)


def records_ahead(project: Project, check: Callable[[], None]) -> None:
    """Find in a job what `record_parts`, or decoding a record, would else search exports for.

    Args:
        project: whose exports are looked through.
        check: asked again and again; may raise to stop.
    """
    for export in project.exports.values():
        for known in FORMATS:
            if known.name == export.format and known.ahead is not None:
                known.ahead(export, project.annotations.bases[export.id], check)


def part_bytes(project: Project, export: str, part: RecordPart) -> bytes | memoryview:
    """Return the bytes of a part; without a copy where the source is a mapping."""
    base = project.exports[export].sources[part.origin.source].base
    return memoryview(base)[part.origin.start : part.origin.end]


def record_bytes(project: Project, id: AnnotationId, placement: int | None = None) -> bytes:
    """Return the raw bytes of an annotation's records as opened, one behind the other.

    Empty for an annotation made since.
    """
    return b"\n".join(_records(project, id, placement))


def record_fields(project: Project, id: AnnotationId) -> tuple[tuple[str, str], ...]:
    """Return (key, value as text) of an annotation's records as opened, in file order.

    Strings come without quotes, long values cut off; a damaged record gives what is whole and then,
    under the key "", what is wrong with it.
    """
    found: list[tuple[str, str]] = []
    for record in _records(project, id, None):
        try:
            found.extend((at.key, value_text(record[at.start : at.end])) for at in members(record))
        except BadJson as error:
            found.append(("", str(error)))
    return tuple(found)


def value_text(token: Bytes) -> str:
    """Return a value for people: a string without quotes, a long one cut off."""
    start = bytes(token[: 4 * _LONGEST_VALUE])
    is_cut = len(start) < len(token)
    if start[:1] == b'"':
        text = start[1:].decode("utf-8", "replace") if is_cut else text_of(start)
    else:
        text = start.decode("utf-8", "replace")
    return f"{text[:_LONGEST_VALUE]} ..." if is_cut or len(text) > _LONGEST_VALUE else text


def _records(project: Project, id: AnnotationId, placement: int | None) -> list[bytes]:
    parts = record_parts(project, id, placement)
    own = [part for number, part in enumerate(parts) if number == 0 or part.title.startswith("On ")]
    return [bytes(part_bytes(project, id.export, part)) for part in own]


def _rows(
    project: Project, id: AnnotationId, columns: Columns, placement: int | None
) -> tuple[int, ...]:
    """Return the rows of the placements whose records are wanted."""
    rows = columns.rows_of(id.ordinal)
    if placement is None:
        return tuple(rows) if len(rows) <= _FEW else ()
    annotation = project.annotations.edits.get(id)
    placed = annotation.placements if annotation is not None else ()
    is_track = isinstance(placed, Track) and placement < len(placed)
    slot = int(placed.slots[placement]) if is_track and isinstance(placed, Track) else placement
    return (rows[slot],) if 0 <= slot < len(rows) else ()


def _origin(columns: Columns, row: int) -> Origin:
    spans = (columns.origin_sources, columns.origin_starts, columns.origin_ends)
    return Origin(*(int(column[row]) for column in spans))


def _title(columns: Columns, row: int) -> str:
    frame = int(columns.frames[row])
    return f"On frame {frame + 1}" if frame >= 0 else "On its media"
