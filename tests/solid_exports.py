"""Exports that hold annotations with solids, as a reader would hand them over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from viewer.model.annotation import Annotation
from viewer.model.ontology import LabelClass, Ontology, kind_of
from viewer.model.project import Export, Project
from viewer.model.source import Source
from viewer.model.strings import StringColumn
from viewer.model.table import KINDS, Base, Columns

SPLIT = ("study", "series", "instance", "entry")


def project_of(annotations: Sequence[Annotation], export: str = "1") -> Project:
    """A project of one export that holds these annotations, in columns."""
    classes = tuple(dict.fromkeys(annotation.class_id for annotation in annotations))
    labels = tuple(LabelClass(id, id, color="#ff8800") for id in classes)
    base = Base(export, columns_of(annotations, classes), lambda ordinal: annotations[ordinal])
    source = Source(0, "annotations", "test.json", "", b"{}")
    return Project().with_export(Export(export, "test", "test", (source,), Ontology(labels)), base)


def columns_of(annotations: Sequence[Annotation], classes: tuple[str, ...]) -> Columns:
    """The columns of annotations, each in a record of its own."""
    placed = [(n, p) for n, one in enumerate(annotations) for p in one.placements]
    keys: dict[str, int] = {}
    codes = [
        [
            -1 if (name := getattr(p.media, part)) is None else keys.setdefault(name, len(keys))
            for _, p in placed
        ]
        for part in SPLIT
    ]
    few, many = len(annotations), len(placed)
    frames = [-1 if p.index is None else p.index for _, p in placed]
    kinds = [KINDS.index("none" if p.shape is None else kind_of(p.shape)) for _, p in placed]
    sizes = np.array([p.size or (-1, -1) for _, p in placed], dtype=np.int32).reshape(-1, 2)
    absent32, absent64 = np.full(many, -1, dtype=np.int32), np.full(many, -1, dtype=np.int64)
    return Columns(
        native_ids=StringColumn.of([one.native_id for one in annotations]),
        class_codes=np.array([classes.index(one.class_id) for one in annotations], dtype=np.int32),
        classes=classes,
        author_codes=np.full(few, -1, dtype=np.int32),
        authors=(),
        parents=np.full(few, -1, dtype=np.int64),
        sources=np.zeros(few, dtype=np.int32),
        starts=np.zeros(few, dtype=np.int64),
        ends=np.full(few, 2, dtype=np.int64),
        locked=np.full(few, -1, dtype=np.int32),
        reasons=(),
        owners=np.array([n for n, _ in placed], dtype=np.int64),
        studies=np.array(codes[0], dtype=np.int32),
        series=np.array(codes[1], dtype=np.int32),
        instances=np.array(codes[2], dtype=np.int32),
        entries=np.array(codes[3], dtype=np.int32),
        items=absent32,
        keys=StringColumn.of(list(keys)),
        frames=np.array(frames, dtype=np.int64),
        planes=np.zeros(many, dtype=np.int8),
        roles=np.zeros(many, dtype=np.int8),
        runs=np.zeros(many, dtype=np.int32),
        origin_sources=absent32,
        origin_starts=absent64,
        origin_ends=absent64,
        kinds=np.array(kinds, dtype=np.int8),
        widths=sizes[:, 0],
        heights=sizes[:, 1],
    )
