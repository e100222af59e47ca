"""The immutable value that is edited: exports and their annotations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, TypeAlias

import msgspec

from viewer.errors import Issue
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.file_names import FileNames
from viewer.model.ontology import Ontology, ShapeKind
from viewer.model.source import Source
from viewer.model.subject import Plane
from viewer.model.table import AnnotationTable, Base
from viewer.model.task import Task
from viewer.model.verdict import NO_VERDICTS, Target, Verdict, Verdicts


@dataclass(frozen=True, eq=False)
class Exam:
    """A study as the export lists it.

    Args:
        study: StudyInstanceUID.
        dataset: name of the vendor's data set.
        number: the vendor's exam number.
        note: findings or other text of the exam, "" without.
    """

    study: str
    dataset: str = ""
    number: int | None = None
    note: str = ""


EntryKind: TypeAlias = Literal["image", "video", "volume"]
# How an export may be read where its format leaves it open, each in place of what is taken: numbers
# as centres of pixels, not edges; places on the picture as it is stored, not as its EXIF tag turns
# it; objects held between key frames, not worked out; an ellipse's second radius in parts of the
# width, not the height; its turn against the clock, not with it; a cuboid's numbers as edges, not
# as its last voxels.
Reading: TypeAlias = Literal[
    "pixel-centres",
    "stored-picture",
    "held-between-keys",
    "radius-by-width",
    "counterclockwise",
    "cuboid-edges",
]
HOLDS_ALL: Mapping[EntryKind, frozenset[ShapeKind]] = MappingProxyType({})


class Anchor(msgspec.Struct, frozen=True):
    """An image that an export names among those of an entry that it counts.

    Args:
        slice: its number there, from 0.
        uid: SOP Instance UID.
        frame: within that object, from 0.
    """

    slice: int
    uid: str
    frame: int = 0


class Entry(msgspec.Struct, frozen=True):
    """A piece of media as an export lists it where UIDs do not say all: a data row, a series.

    Args:
        id: unique within the export; `MediaKey.entry` refers to it.
        title: for people.
        names: what the media may be called here, strongest first: file names without folders,
            URLs decoded, queries cut off.
        series: Series Instance UID, where the export knows it.
        items: names of the single files, in the export's order; none for one file.
        kind: what the export says it is, None when it does not say.
        size: (width, height) in pixels, None when the export does not say.
        count: number of frames or slices, None when the export does not say.
        affine: (12 numbers, row by row of 3 x 4) from voxel (i, j, k) to patient mm, LPS, None
            when the export does not say.
        first_frame: the number that the file gives to the first frame, as its reader took it; the
            model counts from 0 all the same.
        keys: what its vendor calls it in every export: its id there, and others.
        from_right: its columns are counted from the right edge, as of mammograms; None where that
            goes by what the media is.
        left_open: readings that what the export says of it could also have.
        orientation: EXIF orientation of its picture, 1 to 8; 1 is as stored.
        anchors: images that tell in which order its slices are counted, which the export does not
            say else; None where a format counts them as they lie.
        is_exact: UIDs and names alone find it, never its size or its place among the others.
        study: Study Instance UID, where the export knows it and a header may not, as of a video.
        unshown: what it is, where that is no picture, such as "audio"; else "".
    """

    id: str
    title: str
    names: tuple[str, ...] = ()
    series: str | None = None
    items: FileNames = FileNames()
    kind: EntryKind | None = None
    size: tuple[int, int] | None = None
    count: int | None = None
    affine: tuple[float, ...] | None = None
    first_frame: Literal[0, 1] = 0
    from_right: bool | None = False
    left_open: tuple[Reading, ...] = ()
    orientation: int = 1
    keys: tuple[str, ...] = ()
    anchors: tuple[Anchor, ...] | None = None
    is_exact: bool = False
    study: str | None = None
    unshown: str = ""


class MediaGroup(msgspec.Struct, frozen=True):
    """Media that are looked at side by side.

    Args:
        title: for people.
        parts: (where it stands, in the vendor's word; what its vendor calls its entry, one of
            `Entry.keys`) of each, in the file's order.
    """

    title: str
    parts: tuple[tuple[str, str], ...]


AuthorKind = Literal["reader", "agreed", "model"]


@dataclass(frozen=True, eq=False, repr=False)
class Export:
    """One export as opened.

    Args:
        id: unique among the exports open together, such as "1".
        format: name of its Format.
        title: file name for people.
        entries: the media that it lists by other than UIDs.
        tasks: the pieces of work that it lists: studies, tasks or rows.
        media_groups: those of them, and of other exports, that it lists as parts of one whole.
        authors: names by id.
        author_kinds: by name, of those who are no readers: what readers agreed on, and models.
        facts: named values of its head (project name, ids, dates), in file order.
        issues: what reading found.
        planes: on which planes its format can hold what is drawn anew.
        held: which kinds of shape it can hold on entries of a kind, where not all of them.
        says_nothing_of: kinds of entries that it holds no classification of.
        says_once: it holds one classification of a class for each medium, or frame of it.
        branches: by author, the branch on which their labels stand apart from those of others; a
            class is said once on each.
        has_notes: labels without a note can get one.
        has_regions: its polygons can have holes and several regions.
        holed: modes of the classes whose polygons can have holes, where they hold one region each.
        has_uids: media that no entry lists are named by their UIDs.
        classless: ids of the entries of whose labels it does not say the class. What a person
            gives them is kept beside it, and changes nothing of it.
    """

    id: str
    format: str
    title: str
    sources: tuple[Source, ...]
    ontology: Ontology
    exams: tuple[Exam, ...] = ()
    entries: tuple[Entry, ...] = ()
    media_groups: tuple[MediaGroup, ...] = ()
    tasks: tuple[Task, ...] = ()
    authors: Mapping[str, str] = field(default_factory=dict[str, str])
    author_kinds: Mapping[str, AuthorKind] = field(default_factory=dict[str, AuthorKind])
    facts: tuple[tuple[str, str], ...] = ()
    issues: tuple[Issue, ...] = ()
    planes: frozenset[Plane] = frozenset({"acquired"})
    held: Mapping[EntryKind, frozenset[ShapeKind]] = field(default_factory=lambda: HOLDS_ALL)
    says_nothing_of: frozenset[EntryKind] = frozenset()
    says_once: bool = False
    branches: Mapping[str, str] = field(default_factory=dict[str, str])
    has_notes: bool = True
    has_regions: bool = False
    holed: frozenset[str] = frozenset()
    has_uids: bool = False
    classless: frozenset[str] = frozenset()


NO_EXPORTS: Mapping[str, Export] = MappingProxyType({})


@dataclass(frozen=True, eq=False, repr=False)
class Project:
    """Exports, annotations and verdicts; an edit makes the next Project and shares the rest.

    Verdicts are in no export: they leave nothing of it to save.
    """

    exports: Mapping[str, Export] = field(default_factory=lambda: NO_EXPORTS)
    annotations: AnnotationTable = field(default_factory=AnnotationTable)
    verdicts: Verdicts = field(default_factory=lambda: NO_VERDICTS)

    def with_export(self, export: Export, base: Base) -> Project:
        """Return a project that holds one more export, or a newer reading of the same id."""
        table = self.annotations
        bases = MappingProxyType({**table.bases, export.id: base})
        exports = MappingProxyType({**self.exports, export.id: export})
        return Project(exports, AnnotationTable(bases, table.edits), self.verdicts)

    def with_annotation(self, annotation: Annotation) -> Project:
        """Return a project in which this annotation is new or replaced."""
        return replace(self, annotations=self.annotations.with_edit(annotation.id, annotation))

    def without_annotations(self, ids: Iterable[AnnotationId]) -> Project:
        """Return a project in which these annotations are deleted.

        Raises:
            KeyError: one is not there, or named twice.
        """
        gone = tuple(ids)
        # Ids of deleted new labels may come again, which nothing was said of.
        said = [(id, Verdict()) for id in gone if id.new and id in self.verdicts]
        verdicts = self.verdicts.with_all(said) if said else self.verdicts
        return replace(self, annotations=self.annotations.without(gone), verdicts=verdicts)

    def with_verdicts(self, said: Iterable[tuple[Target, Verdict]]) -> Project:
        """Return a project with other verdicts of labels and tasks; an empty one unsays it."""
        return replace(self, verdicts=self.verdicts.with_all(said))
