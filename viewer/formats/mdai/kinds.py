"""The kind of every record's geometry, and which records hold geometry that is none."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from viewer.errors import BadRecord
from viewer.formats.json_tools import value_of
from viewer.formats.mdai.records import Record
from viewer.formats.mdai.shapes import KIND_OF_MODE, shape_of, size_of
from viewer.model.ontology import LabelClass, Ontology
from viewer.model.table import KINDS

NONE, UNKNOWN = KINDS.index("none"), KINDS.index("unknown")
_DIGITS_AND_SPACE = b"0123456789. \t\r\n"
_LONGEST = 2**16


class KindFinder:
    """Tells the kind of a record's data, decoding it only when its skeleton is new.

    What is left of a `data` value without its digits and with runs of equal pairs taken out is its
    skeleton. Values with the same skeleton under the same mode are of the same kind, or equally
    damaged; only skeletons that decoded to a shape are remembered. (A number too large for a
    double keeps its digits from being noticed here; decoding the record finds it later.)
    """

    def __init__(self, ontology: Ontology) -> None:
        self._labels: Mapping[str, LabelClass] = ontology.by_id
        self._known: dict[tuple[str | None, bytes], int] = {}

    def of(self, record: Record) -> int:
        """Return the code of the record's kind.

        Raises:
            BadRecord: it has no known label, or its data fits no shape of the label's mode.
        """
        label = self._labels.get(record.label_id or "")
        if label is None:
            raise BadRecord(unknown_label(record.label_id))
        token = bytes(record.data)
        if token == b"null":
            return NONE
        key = (label.mode, token.translate(None, _DIGITS_AND_SPACE).replace(b"[,],", b""))
        kind = self._known.get(key)
        if kind is None:
            shape = shape_of(label.mode, value_of(token), size_of(record))
            kind = NONE if shape is None else KINDS.index(KIND_OF_MODE[label.mode or ""])
            if len(key[1]) < _LONGEST and len(self._known) < _LONGEST:
                self._known[key] = kind
        return kind


def kinds_of(
    records: list[Record], ontology: Ontology, damage: Mapping[int, str]
) -> tuple[NDArray[np.int8], dict[int, str]]:
    """Return the kind code of each record, and by row why some are locked.

    Args:
        damage: rows that are known to be damaged, with the reason.
    """
    finder = KindFinder(ontology)
    reasons = dict(damage)
    kinds = np.full(len(records), UNKNOWN, dtype=np.int8)
    for row, record in enumerate(records):
        try:
            kinds[row] = finder.of(record)
        except BadRecord as error:
            reasons.setdefault(row, str(error))
    return kinds, reasons


def unknown_label(id: str | None) -> str:
    """Return why a record without a known label is locked."""
    return f"its label {id!r} is not in labelGroups" if id else "it has no labelId"
