"""The edit plan of a changed Labelbox export v2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from viewer.errors import CannotWrite
from viewer.formats.format import ChangedLabel, WriteJob, WritePlan
from viewer.formats.json_tools import Bytes
from viewer.formats.labelbox.checks import named
from viewer.formats.labelbox.decode import Decoder
from viewer.formats.labelbox.layout import LabelPlace, label_places, place_of
from viewer.formats.labelbox.making import Maker, new_ids
from viewer.formats.labelbox.mask_saving import MaskSaver
from viewer.formats.labelbox.pen import LabelPen
from viewer.formats.labelbox.record_edits import Recorder
from viewer.formats.style import Style, style_of
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.source import Edit, planned


def plan(job: WriteJob) -> WritePlan:
    """Return the edits that make the file say what the project says.

    Raises:
        CannotWrite: the format cannot hold one of the edits; names the labels.
    """
    new = [annotation for id, annotation in job.edits.items() if id.new and annotation is not None]
    writer = _Writer(job, Maker(job, new_ids(job, new)))
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
    notes: list[str] = []
    files = writer.masks.finish(notes)
    decoder = job.base.decode
    copies = decoder.mask_names if isinstance(decoder, Decoder) else ()
    return WritePlan(edits, tuple(writer.changed), tuple(notes), files, copies)


@dataclass(eq=False)
class _Writer:
    job: WriteJob
    maker: Maker
    changed: list[ChangedLabel] = field(default_factory=list[ChangedLabel])
    edits: dict[int, list[Edit]] = field(default_factory=lambda: {0: []})
    pens: dict[LabelPlace, LabelPen] = field(default_factory=dict[LabelPlace, LabelPen])

    def __post_init__(self) -> None:
        self.base: Bytes = self.job.export.sources[0].base
        self.style: Style = style_of(self.base)
        first = self._first_frame()
        self.masks = MaskSaver(self.job, first)
        sources = self.job.export.sources
        self.recorder = Recorder(sources, self.style, self.maker, first, self.masks)

    def _first_frame(self) -> int:
        """Return the number of the first frame in the file."""
        is_0 = any(issue.code == "frames-from-0" for issue in self.job.export.issues)
        return 0 if is_0 else 1

    def take(self, id: AnnotationId, annotation: Annotation | None) -> None:
        """Plan one annotation that was edited."""
        if id.new:
            if annotation is not None:
                self.recorder.add(self._pen_for(annotation), annotation)
                self.changed.append(ChangedLabel(id, self.maker.ids[id], "added"))
            return
        before = self.job.opened(id)
        if annotation is None:
            self.recorder.delete(self._pen_of(before), before)
            self.changed.append(ChangedLabel(id, before.native_id, "deleted"))
            return
        pen = self._lazy_pen(before)
        edits, fields = self.recorder.change(pen, before, annotation, self.job.base.columns)
        for source, edit in edits:
            self.edits.setdefault(source, []).append(edit)
        if fields:
            self.changed.append(ChangedLabel(id, before.native_id, "changed", fields))

    def all_edits(self) -> dict[int, list[Edit]]:
        """Return every edit by the number of its source."""
        labels = [edit for pen in self.pens.values() for edit in pen.edits()]
        return {**self.edits, 0: [*self.edits[0], *labels]}

    @cached_property
    def _places(self) -> list[LabelPlace]:
        return label_places(self.base)

    def _pen(self, place: LabelPlace) -> LabelPen:
        if place not in self.pens:
            self.pens[place] = LabelPen(self.base, self.style, place)
        return self.pens[place]

    def _pen_of(self, annotation: Annotation) -> LabelPen:
        """Return the pen of the label that an opened annotation stands in."""
        origins = [origin for one in annotation.placements[:1] for origin in one.origins]
        place = place_of(self._places, origins[0].start) if origins else None
        if not self._places:
            raise CannotWrite("labels of this form can be changed in place only")
        if place is None:
            raise CannotWrite("the file breaks off in its label, so that nothing can come or go")
        return self._pen(place)

    def _lazy_pen(self, annotation: Annotation) -> Callable[[], LabelPen]:
        return lambda: self._pen_of(annotation)

    def _pen_for(self, new: Annotation) -> LabelPen:
        """Return the pen of the label that a new annotation goes to: its author's, else the first.

        Raises:
            CannotWrite: its data row has no label.
        """
        entry = new.placements[0].media.entry if new.placements else None
        mine = [one for one in self._places if one.entry == entry and not one.is_predicted]
        if not mine:
            raise CannotWrite("its data row has no label yet that it could be added to")
        return self._pen(next((one for one in mine if one.author == new.author), mine[0]))
