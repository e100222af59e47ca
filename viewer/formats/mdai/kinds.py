"""The kind of every record's geometry, and which records hold geometry that is none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.errors import BadRecord
from viewer.formats.mdai.quick import shape_of_bytes
from viewer.formats.mdai.records import Record
from viewer.formats.mdai.shapes import KIND_OF_MODE, size_of
from viewer.formats.table_bytes import Codes
from viewer.model.ontology import Ontology
from viewer.model.table import KINDS

NONE, UNKNOWN = KINDS.index("none"), KINDS.index("unknown")
_DIGITS_AND_SPACE = b"0123456789. \t\r\n"
_MARK = b"\0"  # in no JSON text, so that it parts what is joined
_EACH = -1
_EXPONENT = re.compile(rb"[\[,:]-?[eE]")  # of a number whose digits were taken out


class KindFinder:
    """Tells the kinds of records, decoding the geometry of few of them.

    What is left of a `data` value without its digits and with runs of equal pairs taken out is its
    skeleton. Values with the same skeleton under the same label are of the same kind, so that one
    record of each is decoded; where that one is damaged, and where exponents may make numbers too
    large, all are. (A number that is too large by its digits is found when its record is shown.)

    Args:
        ontology: the labels by id.
        damage: rows that are known to be damaged, with the reason; of no known kind.

    Attributes:
        reasons: by row, why some records are locked.
    """

    def __init__(self, ontology: Ontology, damage: Mapping[int, str]) -> None:
        self.reasons = dict(damage)
        self._damage = dict(damage)
        self._ontology = ontology
        self._skeletons = Codes[bytes]()
        self._known: dict[int, int] = {}  # kind by codes of label and skeleton; _EACH: look at all

    def lock(self, row: int, reason: str) -> None:
        """Note that a row is damaged, before its kind is asked for."""
        self._damage[row] = reason
        self.reasons.setdefault(row, reason)

    def kinds(
        self, records: Sequence[Record], labels: NDArray[np.int32], row: int
    ) -> NDArray[np.int8]:
        """Return the kind code of each record.

        Args:
            records: some records that follow each other in the file.
            labels: a code of each record's label id.
            row: of the first of them.
        """
        pairs = labels.astype(np.int64) << 32 | self._skeletons.of(_skeletons(records))
        codes: list[int] = pairs.tolist()
        for code in set(codes) - self._known.keys():
            self._known[code] = self._kind_of_all(records[codes.index(code)])
        kinds = np.fromiter(map(self._known.__getitem__, codes), np.int8, len(codes))
        kinds[[at - row for at in self._damage if row <= at < row + len(records)]] = UNKNOWN
        for at in np.flatnonzero(kinds == _EACH).tolist():
            try:
                kinds[at] = self._kind(records[at])
            except BadRecord as error:
                kinds[at] = UNKNOWN
                self.reasons.setdefault(row + at, str(error))
        return kinds

    def _kind_of_all(self, record: Record) -> int:
        """Return the kind of all records with the label and skeleton of this one, or _EACH."""
        if _EXPONENT.search(_stripped(bytes(record.data))):
            return _EACH
        try:
            return self._kind(record)
        except BadRecord:
            return _EACH

    def _kind(self, record: Record) -> int:
        """Return the code of a record's kind.

        Raises:
            BadRecord: it has no known label, or its data fits no shape of the label's mode.
        """
        label = self._ontology.by_id.get(record.label_id or "")
        if label is None:
            raise BadRecord(unknown_label(record.label_id))
        shape = shape_of_bytes(label.mode, record.data, size_of(record))
        return NONE if shape is None else KINDS.index(KIND_OF_MODE[label.mode or ""])


def _skeletons(records: Sequence[Record]) -> list[bytes]:
    found = _stripped(_MARK.join([record.data for record in records])).split(_MARK)
    if len(found) == len(records):
        return found
    return [_stripped(bytes(record.data)) for record in records]  # a damaged one holds the mark


def _stripped(data: bytes) -> bytes:
    return data.translate(None, _DIGITS_AND_SPACE).replace(b"[,],", b"")


def unknown_label(id: str | None) -> str:
    """Return why a record without a known label is locked."""
    return f"its label {id!r} is not in labelGroups" if id else "it has no labelId"
