"""Labelbox exports as the model sees them."""

from __future__ import annotations

from viewer.formats.labelbox.decode import Decoder
from viewer.formats.table_bytes import Index
from viewer.model.project import Export
from viewer.model.source import Beside, Source
from viewer.model.table import Base


def open_export(
    export: str, sources: tuple[Source, ...], index: Index, beside: Beside | None = None
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
    first = 0 if any(issue.code == "frames-from-0" for issue in head.issues) else 1
    decoder = Decoder(export, sources, index.columns, head.relations, beside, first)
    return opened, Base(export, index.columns, decoder)
