"""Outlines of very many polygons, as plane after plane of a reformat cuts them.

Neither shape nor annotation is made of a record. Of every one that is not plainly a good ring
nothing is said, so that it is decoded like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np

from viewer.formats.mdai.bounds import pairs_in
from viewer.geometry.shapes import FARTHEST, Points
from viewer.model.ontology import Ontology
from viewer.model.table import Columns, Ints


@dataclass(frozen=True, eq=False)
class ShapeRings:
    """Reads the polygons of an export; see `viewer.model.table.RingReader`.

    Args:
        data: the export's bytes.
    """

    data: bytes | memoryview
    columns: Columns
    ontology: Ontology

    def __call__(self, rows: Ints, /) -> tuple[Points, Ints]:
        """Return the rings of these rows, which are the ordinals: a record has one placement."""
        columns = self.columns
        spans = zip(columns.starts[rows].tolist(), columns.ends[rows].tolist(), strict=True)
        is_free = (columns.locked[rows] < 0).tolist()
        found = [
            pairs_in(self.data[start:end], self.ontology, closed=True) if free else None
            for (start, end), free in zip(spans, is_free, strict=True)
        ]
        rings = [pairs if pairs is not None and len(pairs) > 2 else [] for pairs in found]
        counts = np.array([len(ring) for ring in rings], dtype=np.int64)
        flat = chain.from_iterable(chain.from_iterable(rings))
        try:
            points = np.fromiter(flat, np.float64, 2 * int(counts.sum())).reshape(-1, 2)
        except TypeError:  # pairs and single numbers are mixed: each is looked at by itself
            return np.empty((0, 2)), np.zeros(len(rows), dtype=np.int64)
        if not (np.abs(points) <= FARTHEST).all():
            return np.empty((0, 2)), np.zeros(len(rows), dtype=np.int64)
        return points, counts
