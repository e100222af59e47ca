"""Exports that list their media as entries, composed without a file; and media with files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import numpy as np
from stacks import STACKS, volume_of

from viewer.geometry.shapes import Box, Shape
from viewer.geometry.stack import Stack
from viewer.media.instance import FileRef, Instance, Rescale
from viewer.media.pixel_data.decoding import frames_of_instances
from viewer.media.volume import FrameStack, SeriesFacts, Volume
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import LabelClass, Ontology, kind_of
from viewer.model.placement import Placement
from viewer.model.project import Entry, Export, Project
from viewer.model.source import Source
from viewer.model.strings import StringColumn
from viewer.model.subject import PLANES, MediaKey, Plane
from viewer.model.table import KINDS, Base, Columns

BOX = Box(2, 3, 4.5, 3)


def drawn(
    entry: str,
    *,
    item: int | None = None,
    frame: int | None = None,
    plane: Plane = "acquired",
    shape: Shape | None = BOX,
    **key: str | None,
) -> Placement:
    """Return a placement on an entry; `key` are further UIDs of its MediaKey."""
    media = MediaKey(entry=entry, item=item, frame=frame, **key)  # pyright: ignore[reportArgumentType]
    return Placement(media, plane, shape=shape)


def sized(placement: Placement, width: int, height: int) -> Placement:
    """Return a placement that states the size of its image."""
    return msgspec.structs.replace(placement, size=(width, height))


def project_of(
    entries: Sequence[Entry], placements: Sequence[Placement], export: str = "1"
) -> Project:
    """Return a project of one export with an annotation for each placement."""

    def decode(ordinal: int) -> Annotation:
        placed = (placements[ordinal],)
        return Annotation(AnnotationId(export, ordinal), f"A{ordinal}", "L", "", placed)

    classes = (LabelClass("L", "box", kind="box"),)
    source = Source(0, "annotations", "labels.json", "ab" * 32, b"{}")
    opened = Export(
        export, "composed", "labels.json", (source,), Ontology(classes), entries=tuple(entries)
    )
    base = Base(export, columns_of(placements), decode)
    return Project().with_export(opened, base)


def columns_of(placements: Sequence[Placement]) -> Columns:
    """Return the columns of annotations with one placement each."""
    count = len(placements)
    numbers = np.arange(count)
    nothing, minus = np.zeros(count, np.int32), np.full(count, -1, np.int32)
    texts: dict[str, int] = {}

    def codes(names: Sequence[str | None]) -> np.ndarray:
        found = [-1 if n is None else texts.setdefault(n, len(texts)) for n in names]
        return np.array(found, dtype=np.int32)

    keys = [placement.media for placement in placements]
    kinds = ["none" if p.shape is None else kind_of(p.shape) for p in placements]
    frames = [-1 if key.frame is None else key.frame for key in keys]
    sizes = [placement.size or (-1, -1) for placement in placements]
    named = {
        name: codes([getattr(key, attribute) for key in keys])
        for name, attribute in (
            ("studies", "study"),
            ("series", "series"),
            ("instances", "instance"),
            ("entries", "entry"),
        )
    }
    return Columns(
        native_ids=StringColumn.of([f"A{n}" for n in range(count)]),
        class_codes=nothing,
        classes=("L",),
        author_codes=minus,
        authors=(),
        parents=np.full(count, -1, dtype=np.int64),
        sources=nothing,
        starts=numbers,
        ends=numbers,
        locked=minus,
        reasons=(),
        owners=numbers,
        items=np.array([-1 if k.item is None else k.item for k in keys], dtype=np.int32),
        keys=StringColumn.of(texts),
        frames=np.array(frames, dtype=np.int64),
        planes=np.array([PLANES.index(p.plane) for p in placements], dtype=np.int8),
        roles=np.zeros(count, dtype=np.int8),
        runs=nothing,
        origin_sources=nothing,
        origin_starts=numbers,
        origin_ends=numbers,
        kinds=np.array([KINDS.index(kind) for kind in kinds], dtype=np.int8),
        widths=np.array([size[0] for size in sizes], dtype=np.int32),
        heights=np.array([size[1] for size in sizes], dtype=np.int32),
        **named,
    )


def scan(
    series: str = "1.2.3.4",
    *,
    study: str = "1.2",
    stack: str | Stack = "axial",
    folder: str = "ct",
    names: str = "IM{:04}.dcm",
) -> Volume:
    """Return a series of one file per slice, all zeros; slice k is SERIES.k in file k."""
    placed = STACKS[stack] if isinstance(stack, str) else stack
    made = volume_of(placed, np.zeros((placed.count, placed.rows, placed.columns), np.int16))
    instances = tuple(
        msgspec.structs.replace(
            one, sop_uid=f"{series}.{k}", file=FileRef(f"/data/{folder}/{names.format(k)}")
        )
        for k, one in enumerate(made.instances)
    )
    return replace(
        made,
        id=series,
        title=folder,
        facts=SeriesFacts(study, series),
        instances=instances,
        reader=frames_of_instances(instances),
        slice_of={(one.sop_uid, 0): k for k, one in enumerate(instances)},
    )


def pictures(
    files: Sequence[str], *, folder: str = "photos", size: tuple[int, int] = (11, 9)
) -> FrameStack:
    """Return single pictures in one stack, as photos of a folder open."""
    instances = tuple(
        Instance("", FileRef(f"/data/{folder}/{name}"), None, *size) for name in files
    )
    return FrameStack(
        id=folder if len(files) > 1 else files[0],
        title=folder,
        facts=SeriesFacts("", ""),
        instances=(),
        pixels=np.zeros((len(files), size[1], size[0]), dtype=np.uint8),
        ready=np.ones(len(files), dtype=np.bool_),
        reader=frames_of_instances(instances),
        rescale=Rescale(),
        frame_of={name: at for at, name in enumerate(files)},
    )


def film(name: str, count: int, *, size: tuple[int, int] = (11, 9)) -> FrameStack:
    """Return frames of one file."""
    shown = Instance("", FileRef(f"/data/{name}"), None, *size, frames=count)
    return replace(
        pictures([name], size=size),
        pixels=np.zeros((count, size[1], size[0]), dtype=np.uint8),
        ready=np.ones(count, dtype=np.bool_),
        reader=frames_of_instances([shown]),
    )
