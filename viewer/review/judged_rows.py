"""The verdicts of all labels as columns beside the table of labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import AnnotationId
from viewer.model.verdict import Judgement, Verdicts
from viewer.review.label_table import Cells, LabelRows

VERDICTS: tuple[Judgement | str, ...] = ("none", "accepted", "rejected", "needs_change")


def judged_rows(rows: LabelRows, verdicts: Verdicts) -> tuple[Cells, NDArray[np.bool_]]:
    """Return (rows,) the code of each judgement in VERDICTS, and whether a label is commented."""
    codes = np.zeros(rows.count, dtype=np.int64)
    commented = np.zeros(rows.count, dtype=np.bool_)
    for id, verdict in verdicts.items():
        row = rows.row_of(id) if isinstance(id, AnnotationId) else None
        if row is not None:
            codes[row] = VERDICTS.index(verdict.judgement or "none")
            commented[row] = bool(verdict.comment)
    return codes, commented
