"""The rows of a file as they are changed: what is collected becomes edits at the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from viewer.formats.encord.decode import Decoder
from viewer.formats.encord.entries import Holder
from viewer.formats.encord.layout import Layout, path_to
from viewer.formats.encord.pen import RowPen
from viewer.formats.format import Raw
from viewer.formats.json_tools import Span
from viewer.formats.patches import ObjectPatch, edits_of
from viewer.formats.style import JsonValue, Style, style_of
from viewer.model.annotation import Annotation
from viewer.model.placement import Placement
from viewer.model.source import Edit

ANSWERS, ACTIONS = 0, 1


@dataclass(eq=False)
class Pages:
    """Collects the changes of all rows.

    Args:
        decoder: of the export as opened.
    """

    base: Raw
    layout: Layout
    decoder: Decoder
    _pens: dict[int, RowPen] = field(default_factory=dict[int, RowPen])
    _patches: dict[Span, ObjectPatch] = field(default_factory=dict[Span, ObjectPatch])
    _edits: list[Edit] = field(default_factory=list[Edit])

    def __post_init__(self) -> None:
        self.style: Style = style_of(self.base)

    def edits(self) -> list[Edit]:
        """Return the edits of everything that was collected."""
        found = list(self._edits)
        for span, patch in self._patches.items():
            found += edits_of(self.base, span, patch, self.style)
        for pen in self._pens.values():
            found += pen.edits()
        return found

    def pen(self, row: int) -> RowPen:
        """Return what collects the changes of a row."""
        if row not in self._pens:
            self._pens[row] = RowPen(self.layout, self.style, row)
        return self._pens[row]

    def take(self, edits: list[Edit]) -> None:
        """Take edits that stand by themselves."""
        self._edits += edits

    def patch_at(self, span: Span) -> ObjectPatch:
        """Return the patch of the object that stands at `span`."""
        return self._patches.setdefault(span, ObjectPatch())

    def said_at(self, annotation: Annotation, which: int) -> Span | None:
        """Return where the answers of an opened annotation stand, None where there are none.

        Args:
            which: ANSWERS or ACTIONS.
        """
        start, end = self.decoder.places.spans[annotation.id.ordinal, which].tolist()
        return Span(start, end) if end > start else None

    def pen_of(self, annotation: Annotation) -> RowPen:
        """Return what collects the changes of an opened annotation's row.

        Raises:
            CannotWrite: the file breaks off in its row.
        """
        return self.pen(self.layout.number_at(annotation.placements[0].origins[0].start))

    def holder_of(self, annotation: Annotation) -> Holder:
        """Return what the labels of an opened annotation's row and entry are on.

        Raises:
            CannotWrite: the file breaks off in its row.
        """
        first = annotation.placements[0]
        row = self.layout.number_at(first.origins[0].start)
        return self.layout.holder(row, first.media.entry or "")

    def put(self, holder: Holder, place: int, name: str, record: JsonValue) -> None:
        """Add a record to a list of a place, which is OBJECTS or CLASSIFICATIONS."""
        path = path_to(self.layout.rows[holder.row], holder, place)
        found = self.layout.list_on(holder, place, name)
        self.pen(holder.row).put(path, name, record, found)


def span_of_placement(placement: Placement) -> Span:
    """Return where the record of a placement stands."""
    origin = placement.origins[0]
    return Span(origin.start, origin.end)
