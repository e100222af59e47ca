"""Labelbox exports as the model sees them."""

from __future__ import annotations

import re

from viewer.formats.format import top_keys
from viewer.formats.json_tools import Walker, first_byte
from viewer.formats.labelbox.decode import Decoder
from viewer.formats.table_bytes import Index
from viewer.model.project import Export
from viewer.model.source import Beside, Source
from viewer.model.table import Base

_V2 = re.compile(rb'"data_row"\s*:')


def recognise(head: bytes) -> bool:
    """Whether these are the first bytes of a Labelbox export."""
    keys = row_keys(head)
    if "exports" in keys and "data_row" not in keys:
        return _V2.search(head) is not None
    return bool({"data_row", "DataRow ID", "Labeled Data", "frameNumber"} & set(keys))


def row_keys(head: bytes) -> tuple[str, ...]:
    """Return the keys of the first row, whether rows stand one a line or in a list."""
    walker = Walker(head, first_byte(head))
    at = walker.start()
    return top_keys(head[at + 1 :] if head[at : at + 1] == b"[" else head)


def open_export(
    export: str, sources: tuple[Source, ...], index: Index, _beside: Beside | None = None
) -> tuple[Export, Base]:
    """Return the export and its base for an index of the same bytes."""
    head = index.head
    opened = Export(
        id=export,
        format="labelbox",
        title=sources[0].path,
        sources=sources,
        ontology=head.ontology,
        entries=head.entries,
        authors=head.authors,
        facts=head.facts,
        issues=head.issues,
    )
    decoder = Decoder(export, sources, index.columns, head.relations)
    return opened, Base(export, index.columns, decoder)
