"""How sure its author is of a label, where the record says so."""

from __future__ import annotations

import math

from viewer.model.annotation import Annotation
from viewer.model.placement import Placement

NAMES = frozenset({"probability", "confidence"})


def probability_of(annotation: Annotation, placement: Placement | None = None) -> float | None:
    """Return the probability of a label, 0 to 1; None where its record has none, or several.

    Args:
        placement: whose own probability goes before that of the whole label.
    """
    for attributes in (placement.attributes if placement else (), annotation.attributes):
        for attribute in attributes:
            value = attribute.value
            is_named = attribute.name.casefold() in NAMES
            if is_named and isinstance(value, int | float) and not isinstance(value, bool):
                return float(value) if math.isfinite(value) and 0 <= value <= 1 else None
    return None
