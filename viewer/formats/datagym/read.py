"""DATAGYM exports as the model sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import msgspec

from viewer.errors import BadRecord, CannotRead
from viewer.formats.datagym.answers import Asker, Types
from viewer.formats.datagym.configuration import Configuration, Questions, joined
from viewer.formats.datagym.entries import entries_of
from viewer.formats.datagym.gather import GLOBAL, object_id
from viewer.formats.datagym.head import classes_of, types_of
from viewer.formats.datagym.maps import Map, Maps, maps_beside, with_maps
from viewer.formats.datagym.near import near
from viewer.formats.datagym.records import Task, first_task
from viewer.formats.datagym.shapes import SEGMENTATION, TYPES, geometry_in, shape_of
from viewer.formats.datagym.video_classes import issues_of_videos, videos_in
from viewer.formats.datagym.video_decode import DAMAGED, VideoDecoder, bare_of, value_at
from viewer.formats.datagym.video_records import ANSWERS
from viewer.formats.json_tools import is_object
from viewer.formats.members import base_name
from viewer.formats.table_bytes import Index
from viewer.geometry.shapes import Shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import LabelClass, Ontology
from viewer.model.placement import Attribute, Placement
from viewer.model.project import Entry, Export
from viewer.model.source import Beside, Source
from viewer.model.table import KINDS, Base, Columns
from viewer.model.task import Task as ModelTask
from viewer.model.told import Told

_NONE = KINDS.index("none")


def open_export(
    export: str, sources: tuple[Source, ...], index: Index, beside: Beside | None = None
) -> tuple[Export, Base]:
    """Return the export and its base for an index of the same bytes.

    A label configuration or list of classes among the sources or beside gives colours, texts,
    options and nesting; a project's export beside that of its video task gives name and classes.
    """
    head, other = index.head, near(sources, beside)
    own = types_of(first_task(sources[0].base).label_classes or ())
    types = own or other.types
    columns, classes = _with_classes(index.columns, head.ontology.classes, types)
    questions: Questions = {}
    if other.configuration is None:
        listed = () if own else classes_of(other.types, {}, {})
        classes = tuple({one.id: one for one in (*listed, *classes)}.values())
    else:
        columns, classes = _apart(columns, classes, other.configuration)
        classes, questions = joined(other.configuration, classes, columns.classes)
    columns, maps = with_maps(columns, maps_beside(sources[0].base, head.own, head.entries, beside))
    known = (*classes, *_of_maps(classes, maps.values()))
    entries = _entries(head.entries, other.task, base_name(sources[0].path))
    opened = replace(
        head.export(export, "datagym", sources),
        ontology=Ontology(known),
        entries=entries,
        tasks=_named(head.tasks, entries),
        issues=(*head.issues, *other.issues, *issues_of_videos(columns)),
        says_nothing_of=frozenset({"video"}),
        says_once=True,
        has_notes=False,
        holed=frozenset(one.mode for one in known if one.mode == SEGMENTATION),
        classless=videos_in(columns),
    )
    asker = Asker(types, questions)
    kept = Maps(beside, maps)
    decoder = Decoder(export, sources[0], columns, asker, kept)
    return opened, Base(export, columns, decoder, told=decoder.told)


def _with_classes(
    columns: Columns, known: tuple[LabelClass, ...], types: Types
) -> tuple[Columns, tuple[LabelClass, ...]]:
    """Return columns and classes in which objects of videos have the one class of their type."""
    ids = {object_id({}, name): object_id(types, name) for name in TYPES}
    names = {id: name for name, id in zip(TYPES, ids.values(), strict=True)}
    if all(ids.get(id, id) == id for id in columns.classes):
        return columns, known
    found: dict[str, LabelClass] = {}
    for one in known:
        id = ids.get(one.id, one.id)
        renamed = LabelClass(id, id, kind=one.kind, mode=names.get(id, one.mode))
        found.setdefault(id, one if id == one.id else renamed)
    classes = tuple(ids.get(id, id) for id in columns.classes)
    return replace(columns, classes=classes), tuple(found.values())


def _apart(
    columns: Columns, known: tuple[LabelClass, ...], found: Configuration
) -> tuple[Columns, tuple[LabelClass, ...]]:
    """Return columns and classes in which no nested class has the id of one that is not nested."""
    roots = {one.id for one in found.classes if one.parent is None}
    ids = {one.id: f"{one.parent}/{one.id}" for one in known if one.parent and one.id in roots}
    if not ids:
        return columns, known
    renamed = replace(columns, classes=tuple(ids.get(id, id) for id in columns.classes))
    named = (msgspec.structs.replace(one, id=ids.get(one.id, one.id)) for one in known)
    return renamed, tuple(named)


def _entries(entries: tuple[Entry, ...], task: Task | None, name: str) -> tuple[Entry, ...]:
    """Return the entry of a video task with what its project says of it.

    Args:
        name: of the file; where nothing else does, it tells people which task it is.
    """
    if len(entries) != 1 or entries[0].keys or entries[0].names:
        return entries
    if task is None:
        return (msgspec.structs.replace(entries[0], title=name),)
    (told,) = entries_of([task])
    return (
        msgspec.structs.replace(
            entries[0],
            title=told.title,
            names=told.names,
            size=told.size,
            count=told.count,
            keys=told.keys,
        ),
    )


def _named(tasks: tuple[ModelTask, ...], entries: tuple[Entry, ...]) -> tuple[ModelTask, ...]:
    """Return the task of a video with the name that its entry was given here."""
    if len(tasks) != 1 or len(entries) != 1:
        return tasks
    return (msgspec.structs.replace(tasks[0], title=entries[0].title),)


def _of_maps(classes: Sequence[LabelClass], maps: Iterable[Map]) -> Iterator[LabelClass]:
    """Yield the classes of semantic maps that have no labels besides."""
    known = {one.id for one in classes}
    for id in dict.fromkeys(one.class_id for one in maps):
        if id not in known:
            yield LabelClass(id, id, kind="polygon", mode=SEGMENTATION)


@dataclass(frozen=True, eq=False)
class Decoder:
    """Decodes one annotation when it is looked at.

    Args:
        asker: what the export says of its questions.
        maps: semantic maps beside the export.
    """

    export: str
    source: Source
    columns: Columns
    asker: Asker
    maps: Maps = field(default_factory=Maps)
    told: Told = field(default_factory=Told)

    def __call__(self, ordinal: int, /) -> Annotation:
        """Return the annotation as the file holds it."""
        columns = self.columns
        class_id, parent = columns.class_of(ordinal), int(columns.parents[ordinal])
        placements, attributes = self._placements(ordinal, class_id, columns.rows_of(ordinal))
        damaged = (one.text for one in attributes if one.name == DAMAGED and not one.key)
        return Annotation(
            id=AnnotationId(self.export, ordinal),
            native_id=columns.native_ids[ordinal],
            class_id=class_id,
            author=columns.author_of(ordinal),
            placements=placements,
            attributes=attributes,
            parent=AnnotationId(self.export, parent) if parent >= 0 else None,
            locked_reason=columns.reason_of(ordinal) or next(damaged, None),
        )

    def _placements(
        self, ordinal: int, class_id: str, rows: range
    ) -> tuple[Sequence[Placement], tuple[Attribute, ...]]:
        """Return the placements of an annotation, and the answers about all of it."""
        columns, first = self.columns, rows.start
        if int(columns.frames[first]) >= 0:
            return self.videos.track(class_id, ordinal, rows), ()
        bare = bare_of(columns, first)
        if ordinal in self.maps.by_ordinal:
            return self._map(ordinal, bare)
        if columns.kinds[first] == _NONE:
            return (bare,), self._global(class_id, first)
        shape, answers = self._image_label(class_id, first)
        return (msgspec.structs.replace(bare, shape=shape),), answers

    @cached_property
    def videos(self) -> VideoDecoder:
        """What decodes the objects of videos."""
        return VideoDecoder(self.source.base, self.columns, replace(self.asker, is_video=True))

    def _global(self, class_id: str, row: int) -> tuple[Attribute, ...]:
        """Return the answer to a question about a whole picture."""
        key = class_id.removeprefix(f"{GLOBAL}/")
        value = value_at(self.source.base, self.columns, row)
        return (
            (value,)
            if isinstance(value, Attribute)
            else tuple(self.asker.one(class_id, key, value))
        )

    def _map(
        self, ordinal: int, bare: Placement
    ) -> tuple[Sequence[Placement], tuple[Attribute, ...]]:
        told = Attribute("semantic map", self.maps.by_ordinal[ordinal].name)
        try:
            shape = self.maps.read(ordinal, self.told.of(bare.media.entry).size)
        except CannotRead as error:
            return (bare,), (told, Attribute(DAMAGED, str(error)))
        return (msgspec.structs.replace(bare, shape=shape),), (told,)

    def _image_label(self, class_id: str, row: int) -> tuple[Shape | None, tuple[Attribute, ...]]:
        record = value_at(self.source.base, self.columns, row)
        if not is_object(record):
            return None, (record,) if isinstance(record, Attribute) else ()
        kind = KINDS[int(self.columns.kinds[row])]
        types = [name for name, each in TYPES.items() if each == kind]
        answers = self.asker.answers(class_id, record.get(ANSWERS))
        found = geometry_in(record, types)
        if found is None:
            return None, (*answers, Attribute(DAMAGED, "it has no geometry of a known type"))
        try:
            return shape_of(*found), answers
        except BadRecord as error:
            return None, (*answers, Attribute(DAMAGED, str(error)))


def companions(_: Export, base: Base, names: Sequence[str]) -> Iterator[str]:
    """Yield those names of files in the main file's folder and below that are semantic maps."""
    decoder = base.decode
    maps = decoder.maps.by_ordinal.values() if isinstance(decoder, Decoder) else ()
    wanted = {one.name for one in maps}
    yield from (name for name in names if name in wanted)
