"""Columns of an MD.ai export from its records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viewer.errors import Issue
from viewer.formats.mdai.kinds import kinds_of
from viewer.formats.mdai.records import Document, Number, Record
from viewer.formats.mdai.shapes import whole
from viewer.formats.table_bytes import Codes, Head
from viewer.model.strings import StringColumn
from viewer.model.table import Columns, Ints


@dataclass(frozen=True, eq=False)
class Parsed:
    """A document, its annotations in file order and where each stands.

    Args:
        damage: reasons why a record is locked, by its number.
    """

    document: Document
    records: list[Record]
    starts: Ints
    ends: Ints
    damage: dict[int, str] = field(default_factory=dict[int, str])
    issues: Sequence[Issue] = ()


def columns_of(
    data: bytes | memoryview, parsed: Parsed, head: Head
) -> tuple[Columns, tuple[Issue, ...]]:
    """Return the columns and what is wrong with single records."""
    records = parsed.records
    classes, authors, keys = Codes(), Codes(), Codes()
    kinds, reasons = kinds_of(parsed.records, head.ontology, parsed.damage)
    parents, broken = _parents(records)
    locks = Codes()
    locked = locks.of(reasons.get(row) for row in range(len(records)))
    columns = Columns(
        native_ids=StringColumn.of(record.id or "" for record in records),
        class_codes=classes.of(record.label_id or "" for record in records),
        classes=classes.strings,
        author_codes=authors.of(author_of(record, head.authors) for record in records),
        authors=authors.strings,
        parents=parents,
        sources=np.zeros(len(records), dtype=np.int32),
        starts=parsed.starts,
        ends=parsed.ends,
        locked=locked,
        reasons=locks.strings,
        owners=np.arange(len(records), dtype=np.int64),
        studies=keys.of(record.study_uid for record in records),
        series=keys.of(record.series_uid for record in records),
        instances=keys.of(record.instance_uid for record in records),
        files=np.full(len(records), -1, dtype=np.int32),
        keys=StringColumn.of(keys.strings),
        frames=_numbers((record.frame_number for record in records), np.int64),
        kinds=kinds,
        widths=_numbers((record.width for record in records), np.int32),
        heights=_numbers((record.height for record in records), np.int32),
    )
    return columns, (*_damage_issues(reasons, records), *broken, *_repeated(records))


def author_of(record: Record, names: dict[str, str]) -> str | None:
    """Return the author's name, else the id, else the model that made it; None when unknown."""
    if record.created_by_id:
        return names.get(record.created_by_id, record.created_by_id)
    return f"model {record.model_id}" if record.model_id else None


def _numbers(values: Iterable[Number], dtype: type[np.signedinteger]) -> NDArray[np.signedinteger]:
    return np.fromiter((whole(value) for value in values), dtype=dtype)


def _parents(records: Sequence[Record]) -> tuple[Ints, tuple[Issue, ...]]:
    """Return each record's parent as a row; a link that closes a circle is left out."""
    parents = np.full(len(records), -1, dtype=np.int64)
    with_parent = [row for row, record in enumerate(records) if record.parent_id]
    if not with_parent:
        return parents, ()
    rows: dict[str, int] = {}
    for row, record in enumerate(records):
        if record.id:
            rows.setdefault(record.id, row)
    issues: list[Issue] = []
    for row in with_parent:
        wanted = records[row].parent_id or ""
        parent = rows.get(wanted, -1)
        if parent < 0:
            issues.append(
                _issue("parent-missing", records[row], f"its parent {wanted!r} is not in the file")
            )
        elif _reaches(parents, parent, row):
            issues.append(_issue("parent-cycle", records[row], "its parents lead back to itself"))
        else:
            parents[row] = parent
    return parents, tuple(issues)


def _reaches(parents: Ints, start: int, wanted: int) -> bool:
    while start >= 0:
        if start == wanted:
            return True
        start = int(parents[start])
    return False


def _damage_issues(reasons: dict[int, str], records: Sequence[Record]) -> list[Issue]:
    return [_issue("damaged-record", records[row], reasons[row]) for row in sorted(reasons)]


def _issue(code: str, record: Record, what: str) -> Issue:
    name = record.id or "without id"
    return Issue(
        "warning", code, f"Annotation {name}: {what}; it stays in the file as it is.", name
    )


def _repeated(records: Sequence[Record]) -> list[Issue]:
    ids = [record.id for record in records if record.id]
    if len(set(ids)) == len(ids):
        return []
    seen: set[str] = set()
    twice = sorted({id for id in ids if id in seen or seen.add(id)})
    return [
        Issue(
            "warning",
            "duplicate-id",
            f"{len(twice)} annotation ids stand more than once ({', '.join(twice[:5])}); "
            "every one of these annotations is kept.",
            twice[0],
        )
    ]
