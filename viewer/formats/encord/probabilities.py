"""How sure models were of Encord's objects and classifications."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.formats.probabilities import numbers_in
from viewer.model.table import DERIVED, Columns


class _Sure(msgspec.Struct, gc=False):
    confidence: object = None
    manual: object = msgspec.field(default=None, name="manualAnnotation")


_SURE = msgspec.json.Decoder(_Sure)


@dataclass(frozen=True, eq=False)
class Probabilities:
    """Reads the confidence of records that no person drew; Encord gives those by hand a 1.

    Args:
        data: of the label rows.
    """

    data: bytes | memoryview
    columns: Columns

    def __call__(self, check: Callable[[], None], /) -> NDArray[np.float32]:
        """Return (annotations,) from 0 to 1, of a track the highest; NaN where none is said."""
        columns = self.columns
        found = np.full(columns.count, np.nan, dtype=np.float32)
        rows = np.flatnonzero((columns.origin_sources == 0) & (columns.roles != DERIVED))
        starts, ends = columns.origin_starts[rows], columns.origin_ends[rows]
        said = numbers_in(self.data, starts, ends, _confidence, check)
        np.fmax.at(found, columns.owners[rows], said)
        return found


def _confidence(record: bytes | memoryview) -> object:
    sure = _SURE.decode(record)
    return None if sure.manual is True and sure.confidence == 1 else sure.confidence
