"""The edit plan of a changed Encord export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from viewer.errors import CannotWrite
from viewer.formats.encord.answer_edits import AnswerWriter
from viewer.formats.encord.classification_edits import Classifications
from viewer.formats.encord.decode import Decoder
from viewer.formats.encord.known import KnownAnswers
from viewer.formats.encord.layout import layout_of
from viewer.formats.encord.making import ANSWERED, Maker, ids_for
from viewer.formats.encord.object_edits import Objects
from viewer.formats.encord.pages import Pages
from viewer.formats.format import ChangedLabel, WriteJob, WritePlan, named
from viewer.formats.new_ids import new_ids
from viewer.formats.problems import few
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.source import planned

_MOST_NAMED = 10  # labels of a sentence


def plan(job: WriteJob) -> WritePlan:
    """Return the edits that make the file say what the project says.

    Raises:
        CannotWrite: the format cannot hold one of the edits; names the labels.
    """
    if not job.edits:
        return WritePlan({})
    writer = _Writer(job)
    refused: list[str] = []
    for id, annotation in job.edits.items():
        try:
            writer.take(id, annotation)
        except CannotWrite as error:
            name = named(job, annotation or job.opened(id))
            refused.append(f"{name}: {str(error).rstrip('.')}.")
    if refused:
        raise CannotWrite(" ".join(refused))
    edits = planned(writer.pages.edits())
    notes = tuple(dict.fromkeys(writer.notes))
    return WritePlan({0: edits} if edits else {}, tuple(writer.changed), notes)


@dataclass(eq=False)
class _Writer:
    job: WriteJob
    changed: list[ChangedLabel] = field(default_factory=list[ChangedLabel])
    notes: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        job, base = self.job, self.job.export.sources[0].base
        decoder = job.base.decode
        assert isinstance(decoder, Decoder)
        layout = layout_of(job.export.sources[0])
        self.pages = Pages(base, layout, decoder)
        answers = AnswerWriter(KnownAnswers(decoder.reader.book, layout))
        maker = Maker(job, new_ids(job, ids_for))
        self.objects = Objects(self.pages, maker, answers, self.notes)
        self.classifications = Classifications(self.pages, maker, answers)

    def take(self, id: AnnotationId, annotation: Annotation | None) -> None:
        """Plan one annotation that was edited."""
        if id.new:
            if annotation is not None:
                self._of(annotation).add(annotation)
                name = self.objects.maker.id_of(annotation)
                self.changed.append(ChangedLabel(id, name, "added"))
            return
        before = self.job.opened(id)
        if annotation is None:
            self._of(before).delete(before, is_alone=self._is_alone(id))
            self.notes += self._still_named(before)
            self.changed.append(ChangedLabel(id, before.native_id, "deleted"))
            return
        fields = self._of(before).change(before, annotation)
        if fields:
            self.changed.append(ChangedLabel(id, before.native_id, "changed", fields))

    def _still_named(self, gone: Annotation) -> Iterator[str]:
        """Say which labels that stay name one that goes; how Encord writes that is not known."""
        edits = self.job.edits
        sources = [each.source for each in gone.relations if each.target == gone.id]
        left = [id for id in dict.fromkeys(sources) if edits.get(id, gone) is not None]
        if left:
            names = (named(self.job, self.job.opened(id)) for id in left[:_MOST_NAMED])
            yield (
                f"{named(self.job, gone)} is deleted, and answers of {few(names)} name it; they "
                "stay, since Encord does not say how it writes relations."
            )

    def _of(self, annotation: Annotation) -> Objects | Classifications:
        label = self.objects.maker.label(annotation.class_id)
        return self.classifications if label.mode == ANSWERED else self.objects

    def _is_alone(self, id: AnnotationId) -> bool:
        """Whether no label that stays in the row has the id of this one."""
        rows, ids = self.pages.decoder.places.rows, self.job.base.columns.native_ids
        return self._left[int(rows[id.ordinal]), ids[id.ordinal]] == 0

    @cached_property
    def _left(self) -> Counter[tuple[int, str]]:
        """How many labels stay of each id of each row."""
        rows, ids = self.pages.decoder.places.rows, self.job.base.columns.native_ids
        gone = {id.ordinal for id, one in self.job.edits.items() if one is None and not id.new}
        stay = (at for at in range(len(ids)) if at not in gone)
        return Counter((int(rows[at]), ids[at]) for at in stay)
