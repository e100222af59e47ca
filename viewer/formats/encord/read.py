"""Encord exports as the model sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from viewer.formats.encord.decode import Decoder
from viewer.formats.encord.gather import places_of
from viewer.formats.encord.probabilities import Probabilities
from viewer.formats.encord.records import BRANCH
from viewer.formats.surroundings import Rows
from viewer.formats.table_bytes import Index
from viewer.model.placement import Origin
from viewer.model.project import Export
from viewer.model.source import Beside, Source
from viewer.model.table import Base

ROWS = Rows("Row")
_TITLES = ("Answers", "Answers by frame")


def open_export(
    export: str, sources: tuple[Source, ...], index: Index, _beside: Beside | None = None
) -> tuple[Export, Base]:
    """Return the export and its base for an index of the same bytes."""
    head = index.head
    names = [name for name in head.authors if name.startswith(BRANCH)]
    opened = replace(
        head.export(export, "encord", sources),
        says_once=True,
        branches={author: name for name in names for author in (name, name.removeprefix(BRANCH))},
        has_notes=False,
        has_regions=True,
    )
    decoder = Decoder(export, sources, index.columns, places_of(head.own), head.relations)
    sure = Probabilities(sources[0].base, index.columns)
    return opened, Base(export, index.columns, decoder, told=decoder.told, probabilities=sure)


def around(export: Export, base: Base, ordinal: int) -> Iterator[tuple[str, Origin]]:
    """Yield what the row says of a label besides its records, and the row."""
    decoder = base.decode
    if isinstance(decoder, Decoder):
        for title, (start, end) in zip(
            _TITLES, decoder.places.spans[ordinal].tolist(), strict=True
        ):
            if end > start:
                yield title, Origin(0, start, end)
    yield from ROWS.around(export, base, ordinal)
