"""How sure models were of what they made, read from very many records and nothing else of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from viewer.formats.problems import FAST_REFUSES
from viewer.model.table import Ints

TOGETHER = 512  # records, below a millisecond, between two questions whether to go on


def numbers_in(
    data: bytes | memoryview,
    starts: Ints,
    ends: Ints,
    number_of: Callable[[bytes | memoryview], object],
    check: Callable[[], None],
) -> NDArray[np.float32]:
    """Return (records,) the number from 0 to 1 that each record says; NaN where it says none.

    Args:
        data: of the source.
        starts, ends: (records,) byte spans.
        number_of: decodes a record and returns what it says, which may be anything.
        check: called about every millisecond; raises where the answer is no longer wanted.
    """
    found = np.full(len(starts), np.nan, dtype=np.float32)
    spans = zip(starts.tolist(), ends.tolist(), strict=True)
    for at, (start, end) in enumerate(spans):
        if at % TOGETHER == 0:
            check()
        try:
            said = number_of(data[start:end])
        except FAST_REFUSES:
            continue  # a damaged record is locked and says what is wrong with it
        if isinstance(said, int | float) and not isinstance(said, bool) and 0 <= said <= 1:
            found[at] = said
    return found
