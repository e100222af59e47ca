"""The edit plan of a changed Labelbox export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from viewer.errors import CannotWrite
from viewer.formats.format import HEAD_BYTES, ChangedLabel, NewFile, WriteJob, WritePlan, named
from viewer.formats.json_tools import Bytes, Span
from viewer.formats.labelbox.checks import FROM_1, first_frame, loses_frame_0
from viewer.formats.labelbox.decode import Decoder
from viewer.formats.labelbox.import_edits import ImportEdits
from viewer.formats.labelbox.layout import LabelPlace, label_places, place_of
from viewer.formats.labelbox.making import Maker, ids_for
from viewer.formats.labelbox.mask_saving import MaskSaver
from viewer.formats.labelbox.old_layout import OldPlace, old_places
from viewer.formats.labelbox.old_pen import OldPen
from viewer.formats.labelbox.pen import LabelPen
from viewer.formats.labelbox.pens import Pen
from viewer.formats.labelbox.recognising import row_keys
from viewer.formats.labelbox.record_edits import Recorder
from viewer.formats.new_ids import new_ids
from viewer.formats.style import Style, style_of
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Origin
from viewer.model.source import Edit, planned


def plan(job: WriteJob) -> WritePlan:
    """Return the edits that make the file say what the project says.

    Raises:
        CannotWrite: the format cannot hold one of the edits; names the labels.
    """
    maker = Maker(job, new_ids(job, ids_for))
    is_import = "dataRow" in row_keys(bytes(job.export.sources[0].base[:HEAD_BYTES]))
    writer = _ImportWriter(job, maker) if is_import else _Writer(job, maker)
    refused: list[str] = []
    for id, annotation in job.edits.items():
        try:
            writer.take(id, annotation)
        except CannotWrite as error:
            name = named(job, annotation or job.opened(id))
            refused.append(f"{name}: {str(error).rstrip('.')}.")
    if refused:
        raise CannotWrite(" ".join(refused))
    edits = {source: planned(some) for source, some in writer.all_edits().items() if some}
    notes = [FROM_1] if is_import and loses_frame_0(job) else []
    files = writer.files(notes)
    decoder = job.base.decode
    copies = decoder.masks.names if isinstance(decoder, Decoder) else ()
    return WritePlan(edits, tuple(writer.changed), tuple(notes), files, copies)


@dataclass(eq=False)
class _Writer:
    job: WriteJob
    maker: Maker
    changed: list[ChangedLabel] = field(default_factory=list[ChangedLabel])
    edits: dict[int, list[Edit]] = field(default_factory=lambda: {0: []})
    pens: dict[Span, Pen] = field(default_factory=dict[Span, Pen])

    def __post_init__(self) -> None:
        self.base: Bytes = self.job.export.sources[0].base
        self.style: Style = style_of(self.base)
        self.first = first_frame(self.job.export)
        self.masks = MaskSaver(self.job, self.first)
        self.old_maker = replace(self.maker, is_old=True)

    def take(self, id: AnnotationId, annotation: Annotation | None) -> None:
        """Plan one annotation that was edited."""
        if id.new:
            if annotation is not None:
                pen, is_old = self._pen_for(annotation)
                self._recorder(is_old=is_old).add(pen, annotation)
                self.changed.append(ChangedLabel(id, self.maker.ids[id], "added"))
            return
        before = self.job.opened(id)
        recorder = self._recorder(is_old=self._is_old(before))
        if annotation is None:
            recorder.delete(self._pen_of(before), before)
            self.changed.append(ChangedLabel(id, before.native_id, "deleted"))
            return
        pen = self._lazy_pen(before)
        edits, fields = recorder.change(pen, before, annotation, self.job.base.columns)
        for source, edit in edits:
            self.edits.setdefault(source, []).append(edit)
        if fields:
            self.changed.append(ChangedLabel(id, before.native_id, "changed", fields))

    def all_edits(self) -> dict[int, list[Edit]]:
        """Return every edit by the number of its source."""
        found = {source: list(edits) for source, edits in self.edits.items()}
        for pen in self.pens.values():
            for source, edits in pen.edits().items():
                found.setdefault(source, []).extend(edits)
        return found

    def files(self, notes: list[str]) -> tuple[NewFile, ...]:
        """Return the files that come beside the export; say in `notes` what they are for."""
        return self.masks.finish(notes)

    def _recorder(self, *, is_old: bool) -> Recorder:
        maker = self.old_maker if is_old else self.maker
        return Recorder(self.job.export.sources, self.style, maker, self.first, self.masks)

    def _is_old(self, annotation: Annotation) -> bool:
        """Whether the record of an annotation is one of v1."""
        origins = [origin for one in annotation.placements[:1] for origin in one.origins]
        spans = [(Span(origin.start, origin.end), origin.source) for origin in origins]
        return any("featureId" in self.maker.value_at(*each) for each in spans)

    @cached_property
    def _places(self) -> list[LabelPlace]:
        return label_places(self.base)

    @cached_property
    def _old_places(self) -> list[OldPlace]:
        return old_places(self.job.export.sources)

    def _pen(self, place: LabelPlace | OldPlace) -> Pen:
        if place.span not in self.pens:
            sources = self.job.export.sources
            self.pens[place.span] = (
                OldPen(sources, self.style, place)
                if isinstance(place, OldPlace)
                else LabelPen(self.base, self.style, place)
            )
        return self.pens[place.span]

    def _pen_of(self, annotation: Annotation) -> Pen:
        """Return the pen of the label that an opened annotation stands in."""
        origins = [origin for one in annotation.placements[:1] for origin in one.origins]
        place = next(filter(None, map(self._place_of, origins)), None)
        if place is None:
            raise CannotWrite("the file breaks off in its label, so that nothing can come or go")
        return self._pen(place)

    def _place_of(self, origin: Origin) -> LabelPlace | OldPlace | None:
        """Return the label that a record stands in."""
        if origin.source == 0:
            old = place_of(self._old_places, origin.start)
            return old or place_of(self._places, origin.start)
        for place in self._old_places:
            if any(at.source == origin.source for at in place.frames.values()):
                return place
        return None

    def _lazy_pen(self, annotation: Annotation) -> Callable[[], Pen]:
        return lambda: self._pen_of(annotation)

    def _pen_for(self, new: Annotation) -> tuple[Pen, bool]:
        """Return the pen of the label that a new annotation goes to, and whether that is of v1.

        It is the label of its author, else the first.

        Raises:
            CannotWrite: its data row has no label.
        """
        entry = new.placements[0].media.entry if new.placements else None
        mine: list[LabelPlace | OldPlace] = [
            one for one in self._places if one.entry == entry and not one.is_predicted
        ]
        mine += [one for one in self._old_places if one.entry == entry]
        if not mine:
            raise CannotWrite("its data row has no label yet that it could be added to")
        found = next((one for one in mine if one.author == new.author), mine[0])
        return self._pen(found), isinstance(found, OldPlace)


class _ImportWriter(ImportEdits):
    """Writes a file for import, which stands alone."""

    def __init__(self, job: WriteJob, maker: Maker) -> None:
        super().__init__(job, style_of(job.export.sources[0].base), maker)

    def all_edits(self) -> dict[int, list[Edit]]:
        """Return every edit by the number of its source."""
        return {0: self.edits()}

    def files(self, notes: list[str]) -> tuple[NewFile, ...]:
        """Return no files: its masks stand in its rows; say in `notes` what was painted."""
        notes += self.shared.notes()
        return ()
