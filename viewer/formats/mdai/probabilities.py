"""How sure models were of their outputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.formats.mdai.outputs import is_output
from viewer.formats.probabilities import numbers_in
from viewer.model.table import Columns


class _Sure(msgspec.Struct, gc=False):
    probability: object = None


_SURE = msgspec.json.Decoder(_Sure)


@dataclass(frozen=True, eq=False)
class Probabilities:
    """Reads the probability of each output; a list of them, one for each class, is none.

    Args:
        data: the export's bytes.
    """

    data: bytes | memoryview
    columns: Columns

    def __call__(self, check: Callable[[], None], /) -> NDArray[np.float32]:
        """Return (annotations,) from 0 to 1, NaN where none is said."""
        columns = self.columns
        found = np.full(columns.count, np.nan, dtype=np.float32)
        of_outputs = np.array([*map(is_output, columns.reasons), False])[columns.locked]
        rows = np.flatnonzero(of_outputs)
        found[rows] = numbers_in(
            self.data, columns.starts[rows], columns.ends[rows], _probability, check
        )
        return found


def _probability(record: bytes | memoryview) -> object:
    return _SURE.decode(record).probability
