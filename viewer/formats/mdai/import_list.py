"""Lists that MD.ai's library imports (`client.import_annotations`): one flat row for each label.

A row has the label's id, the UIDs that its scope needs, the frame of a video or of an object with
many, and for a drawn label `data`. The import adds and never changes or takes away: what is said
of that here was learnt from people who used it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from viewer.errors import CannotWrite
from viewer.formats.format import Made, Product, WriteJob
from viewer.formats.mdai.checks import check_label
from viewer.formats.mdai.encode import data_of
from viewer.formats.mdai.entries import placed_media
from viewer.formats.mdai.outputs import is_output
from viewer.formats.mdai.write import changed_fields
from viewer.formats.problems import few
from viewer.formats.style import JsonValue, Style
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import LabelClass
from viewer.model.project import Project

_EMPTY_MASK: Mapping[str, JsonValue] = {"foreground": [], "background": []}
_TWICE = "Importing the list twice makes every label of it twice."


def import_changed(project: Project, export_id: str) -> Made:
    """Return what is new or was changed since an export was opened, as a list for import."""
    job = _job(project, export_id)
    fresh = {
        id: each for id, each in job.edits.items() if each is not None and _is_fresh(job, each)
    }
    maker = _Lister(job, frozenset(fresh))
    content = maker.content(fresh.values())
    if not fresh:
        maker.notes.append("Nothing is new or changed, so the list is empty.")
    changed = [job.opened(id).native_id for id in fresh if not id.new]
    if changed:
        maker.notes.append(
            f"{_count(changed, 'changed label')} ({few(changed)}) will be added: MD.ai's import"
            " replaces nothing, so delete the old ones there."
        )
    gone = [job.opened(id).native_id for id, each in job.edits.items() if each is None]
    if gone:
        maker.notes.append(
            f"{_count(gone, 'deleted label')} ({few(gone)}) will stay: MD.ai's import deletes"
            " nothing."
        )
    return maker.made(content)


def import_all(project: Project, export_id: str) -> Made:
    """Return every label of an export as it is now, models' outputs too, as a list for import."""
    job, table = _job(project, export_id), project.annotations
    every = [id for id in table if id.export == export_id]
    maker = _Lister(job, frozenset(every))
    return maker.made(maker.content(table[id] for id in every))


def _job(project: Project, export_id: str) -> WriteJob:
    table = project.annotations
    edits = table.edits_of(export_id)
    return WriteJob(project.exports[export_id], table.bases[export_id], table.opened, edits)


def _is_fresh(job: WriteJob, annotation: Annotation) -> bool:
    if annotation.id.new:
        return True
    return bool(changed_fields(job.opened(annotation.id), annotation))


def _count(items: list[str], noun: str) -> str:
    return f"{len(items):,} {noun}{'' if len(items) == 1 else 's'}"


@dataclass(eq=False)
class _Lister:
    """Makes the rows, and keeps what is to be said of them.

    Args:
        fresh: labels that come with new ids, so that no row can name them as a parent.
        left_out: names of labels that are not in the list, by the reason.
        orphans: names of labels without the parent that they have here.
    """

    job: WriteJob
    fresh: frozenset[AnnotationId]
    left_out: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    orphans: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])
    count: int = 0

    def content(self, annotations: Iterable[Annotation]) -> bytes:
        """Return the list, a row a line."""
        rows = list(self._rows(annotations))
        self.count = len(rows)
        return b"[\n" + b",\n".join(rows) + b"\n]\n" if rows else b"[]\n"

    def made(self, content: bytes) -> Made:
        """Return the list and what is said of it."""
        said = [*self.notes, *([_TWICE] if self.count else [])]
        if self.orphans:
            names = f"{_count(self.orphans, 'label')} ({few(self.orphans)})"
            said.append(f"{names} will be without a parent, which gets its id in MD.ai only.")
        for reason, names in self.left_out.items():
            said.append(f"Not in it: {_count(names, 'label')} ({few(names)}): {reason}.")
        return Made(content, self.count, tuple(said))

    def _rows(self, annotations: Iterable[Annotation]) -> Iterator[bytes]:
        style = Style()
        for annotation in annotations:
            try:
                yield style.dumped(self._row(annotation))
            except CannotWrite as error:
                name = annotation.native_id or "new"
                self.left_out.setdefault(str(error).rstrip("."), []).append(name)

    def _row(self, annotation: Annotation) -> dict[str, JsonValue]:
        """Return one row.

        Raises:
            CannotWrite: a list cannot hold the label, and why, without its name.
        """
        reason = annotation.locked_reason
        if reason and not is_output(reason):
            raise CannotWrite(reason)
        if len(annotation.placements) != 1:
            raise CannotWrite("it is on several frames")
        label = check_label(self.job, annotation)
        row: dict[str, JsonValue] = {"labelId": annotation.class_id}
        row |= self._place(annotation, label)
        placement = annotation.placements[0]
        if placement.shape is not None:
            row["data"] = data_of(placement.flat)
        elif label.kind == "mask":
            row["data"] = _EMPTY_MASK
        elif label.kind is not None:
            raise CannotWrite(f"it is no {label.kind} though its label is drawn")
        row |= {"note": annotation.note} if annotation.note else {}
        row |= self._bonds(annotation)
        return row

    def _place(self, annotation: Annotation, label: LabelClass) -> dict[str, JsonValue]:
        """Return the UID that the label's scope needs, of a video both that it has."""
        media = placed_media(self.job.export, self.job.base.columns, annotation.placements[0])
        found: dict[str, JsonValue]
        scope = label.scope or media.scope
        if scope == "study":
            found = {"StudyInstanceUID": media.study}
        elif scope == "series":
            found = {"SeriesInstanceUID": media.series}
        elif media.instance is None and media.frame is not None:
            found = {"StudyInstanceUID": media.study, "SeriesInstanceUID": media.series}
        else:
            found = {"SOPInstanceUID": media.instance}
        missing = [name for name, uid in found.items() if uid is None]
        if missing:
            raise CannotWrite(f"it has no {' and no '.join(missing)}")
        if scope == "instance" and media.frame is not None:
            found["frameNumber"] = media.frame
        return found

    def _bonds(self, annotation: Annotation) -> dict[str, JsonValue]:
        """Return its parent, where MD.ai has it, and its group."""
        found: dict[str, JsonValue] = {}
        parent = annotation.parent
        if parent is not None and (parent.new or parent in self.fresh):
            self.orphans.append(annotation.native_id or "new")
        elif parent is not None and self.job.edits.get(parent, parent) is not None:
            found["parentId"] = self.job.opened(parent).native_id
        if annotation.group:
            found["groupId"] = annotation.group
        return found


PRODUCTS = (
    Product(
        "import",
        "Save changes for import...",
        ".import.json",
        "What is new or changed since the export was opened, as a list that MD.ai's library"
        " imports.",
        import_changed,
    ),
    Product(
        "import-all",
        "Save all labels for import...",
        ".import-all.json",
        "Every label as it is now, models' outputs too, as a list that MD.ai's library imports.",
        import_all,
    ),
)
