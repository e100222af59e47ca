"""Labelbox exports as the model sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from viewer.formats.labelbox.checks import first_frame
from viewer.formats.labelbox.decode import Decoder
from viewer.formats.table_bytes import Index
from viewer.model.project import Entry, Export
from viewer.model.source import Beside, Source
from viewer.model.subject import PLANES, Plane
from viewer.model.table import Base


def open_export(
    export: str, sources: tuple[Source, ...], index: Index, beside: Beside | None = None
) -> tuple[Export, Base]:
    """Return the export and its base for an index of the same bytes."""
    head = index.head
    opened = replace(
        head.export(export, "labelbox", sources),
        planes=_planes_of(head.entries),
        held={"volume": frozenset(("polyline", "mask"))},
        has_notes=False,
    )
    first = first_frame(opened)
    decoder = Decoder(export, sources, index.columns, head.relations, beside, first)
    return opened, Base(export, index.columns, decoder, told=decoder.told)


def _planes_of(entries: Sequence[Entry]) -> frozenset[Plane]:
    """Return the planes that labels of these data rows are on: DICOM's have names."""
    has_volumes = any(entry.kind == "volume" for entry in entries)
    has_others = any(entry.kind != "volume" for entry in entries)
    return frozenset(
        plane
        for plane in PLANES
        if (has_volumes if plane != "acquired" else has_others or not has_volumes)
    )
