"""The next and the previous label, in reading order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from viewer.model.annotation import AnnotationId
from viewer.review.matching import Matches


def labels_in_order(matches: Matches) -> Iterator[AnnotationId]:
    """Yield the annotations that have pixels, in reading order, new ones of an export last."""
    edits = matches.project.annotations.edits
    for export, rows in matches.rows.items():
        for ordinal in np.unique(rows.columns.owners[rows.outcomes.media >= 0]).tolist():
            id = AnnotationId(export, ordinal)
            if id not in edits or _is_matched(matches, id):
                yield id
        new = sorted(id for id in edits if id.new and id.export == export)
        yield from (id for id in new if _is_matched(matches, id))


def neighbour(
    matches: Matches,
    id: AnnotationId | None,
    step: int,
    is_wanted: Callable[[AnnotationId], bool] = lambda _: True,
) -> AnnotationId | None:
    """Return the wanted label `step` places behind (or before) one, going round at the end.

    Without one the first (or last) wanted label. None when no label is wanted.
    """
    labels = [label for label in labels_in_order(matches) if is_wanted(label)]
    if not labels:
        return None
    if id is None or id not in labels:
        return labels[0 if step > 0 else -1]
    return labels[(labels.index(id) + step) % len(labels)]


def _is_matched(matches: Matches, id: AnnotationId) -> bool:
    return any(place.media is not None for place in matches.of(id))
