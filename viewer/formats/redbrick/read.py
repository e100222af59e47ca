"""RedBrick AI exports as the model sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import msgspec
import numpy as np

from viewer.errors import BadRecord
from viewer.formats.json_tools import BadJson, is_object
from viewer.formats.redbrick.answers import Question, attributes_of, stats_of
from viewer.formats.redbrick.categories import list_of, parts_of
from viewer.formats.redbrick.entries import agreed_among
from viewer.formats.redbrick.label_columns import whole
from viewer.formats.redbrick.layout import Layout, Object, layout_of
from viewer.formats.redbrick.lists import FLAT, HELD, SOLID
from viewer.formats.redbrick.mask_colors import MaskColors, mask_colors
from viewer.formats.redbrick.mask_files import SeriesFiles, masks_by_series
from viewer.formats.redbrick.mask_records import SeriesMasks
from viewer.formats.redbrick.mask_users import MaskUsers
from viewer.formats.redbrick.mask_volumes import FileMasks, MaskVolumes
from viewer.formats.redbrick.old_labels import modern
from viewer.formats.redbrick.recognise import main_source
from viewer.formats.redbrick.segments import OF_TASK, key_before, reason_of, segments_of_task
from viewer.formats.redbrick.shapes import Json, by_widths, record_of, shape_of
from viewer.formats.redbrick.solids import EXCHANGED, solid_of
from viewer.formats.redbrick.taxonomy import joined
from viewer.formats.redbrick.taxonomy_near import taxonomy_near
from viewer.formats.table_bytes import Index
from viewer.formats.values import shown_text
from viewer.geometry.shapes import Ellipse, Shape
from viewer.geometry.solids import KeptMasks, MaskVolume, Solid
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Attribute, Origin, Placement
from viewer.model.project import Entry, Export
from viewer.model.source import Beside, Source
from viewer.model.subject import MediaKey
from viewer.model.table import KEY, KINDS, Base, Columns, RecordDecoder
from viewer.model.told import Told
from viewer.model.track import Track

SIZE_UNKNOWN = "its picture's size is not in the export; open the picture to see it"


def open_export(
    export: str, sources: tuple[Source, ...], index: Index, beside: Beside | None = None
) -> tuple[Export, Base]:
    """Return the export and its base for an index of the same bytes.

    A taxonomy among the sources, or one that lies beside, gives colours, hierarchy and questions.
    """
    head = index.head
    taxonomy, unread = taxonomy_near(sources, beside)
    ontology, questions, issues = (
        head.ontology,
        dict[str, tuple[Question, ...]](),
        (*head.issues, *unread),
    )
    facts = head.facts
    if taxonomy is not None:
        ontology, questions = joined(head.ontology, taxonomy)
        issues = (*issues, *taxonomy.issues)
        facts = (*facts, ("taxonomy", taxonomy.name or "without a name"))
    opened = replace(
        head.export(export, "redbrick", sources),
        ontology=ontology,
        author_kinds=agreed_among(index.columns.authors),
        facts=facts,
        issues=issues,
        held=HELD,
        has_notes=False,
    )
    numbers = {id: number for (_, number), id in taxonomy.numbers.items()} if taxonomy else {}
    tables = _Tables(head.entries, questions, numbers, mask_colors(ontology.classes))
    decoder = _Decoder(export, main_source(sources), index.columns, tables, beside)
    return opened, Base(export, index.columns, decoder, told=decoder.told)


@dataclass(frozen=True)
class _Tables:
    """What records refer to.

    Args:
        questions: of the taxonomy, by class id.
        numbers: classId of the taxonomy, by class id.
        colors: of the classes of segmentations, by their names as class_map.json has them.
    """

    entries: tuple[Entry, ...]
    questions: Mapping[str, tuple[Question, ...]]
    numbers: Mapping[str, int]
    colors: Mapping[str, str]


def class_numbers(decoder: RecordDecoder) -> Mapping[str, int]:
    """Return the classId of each class id, as far as a taxonomy is open."""
    return decoder.tables.numbers if isinstance(decoder, _Decoder) else {}


def find_layout(base: Base) -> None:
    """Find where everything stands, in a job, if instances of segmentations will ask for it."""
    if (base.columns.kinds == KINDS.index("volume")).any() and isinstance(base.decode, _Decoder):
        base.decode.find_layout()


def mask_volumes(decoder: RecordDecoder) -> MaskVolumes | None:
    """Return the mask files of the export that a decoder is of."""
    return decoder.volumes if isinstance(decoder, _Decoder) else None


def files_around(decoder: RecordDecoder) -> Beside | None:
    """Return what lies beside the export that a decoder is of."""
    return decoder.beside if isinstance(decoder, _Decoder) else None


def has_color_file(decoder: RecordDecoder) -> bool:
    """Whether class_map.json tells colours of the export that a decoder is of."""
    return isinstance(decoder, _Decoder) and decoder.colors.are_in_file


def masks_named(decoder: RecordDecoder) -> tuple[str, ...]:
    """Return the mask files that the export which a decoder is of names."""
    return decoder.mask_names if isinstance(decoder, _Decoder) else ()


@dataclass(frozen=True, eq=False)
class _Decoder:
    """Decodes one annotation when it is looked at.

    Args:
        told: of the pictures that the entries are shown on.
    """

    export: str
    source: Source
    columns: Columns
    tables: _Tables
    beside: Beside | None
    told: Told = field(default_factory=Told)
    _of_series: dict[int, SeriesMasks] = field(default_factory=dict[int, SeriesMasks])

    def __call__(self, ordinal: int, /) -> Annotation:
        columns = self.columns
        rows, class_id = columns.rows_of(ordinal), columns.class_of(ordinal)
        first, behind = rows.start, rows.stop
        record, placement, reason = self._placed(class_id, first)
        placements = (msgspec.structs.replace(placement, attributes=()),)
        if behind - first > 1:
            placements = self._track(class_id, first, behind)
        return Annotation(
            id=AnnotationId(self.export, ordinal),
            native_id=columns.native_ids[ordinal],
            class_id=class_id,
            author=columns.author_of(ordinal),
            placements=placements,
            note=_comment(record),
            attributes=placement.attributes if behind - first == 1 else (),
            group=_text(record, "group"),
            locked_reason=columns.reason_of(ordinal) or reason,
        )

    def _track(self, class_id: str, first: int, behind: int) -> Track:
        columns = self.columns
        return Track(
            decode=partial(self._slot, class_id, first),
            slots=np.arange(behind - first, dtype=np.int64),
            frames=columns.frames[first:behind].astype(np.int64),
            runs=columns.runs[first:behind].astype(np.int64),
            keys=columns.roles[first:behind] == KEY,
            opened=behind - first,
        )

    def _slot(self, class_id: str, first: int, slot: int) -> Placement:
        return self._placed(class_id, first + slot)[1]

    def _placed(self, class_id: str, row: int) -> tuple[Json, Placement, str | None]:
        """Return the record of a placement, the placement, and why its shape is not known."""
        columns = self.columns
        start, end = int(columns.origin_starts[row]), int(columns.origin_ends[row])
        name = list_of(parts_of(class_id)[0])
        code = int(columns.entries[row])
        entry = self.tables.entries[code] if code >= 0 else None
        size = (entry.size or self.told.of(entry.id).size) if entry else None
        record, reason = _record(self.source.base[start:end])
        record = modern(record)
        shape: Shape | Solid | None = None
        if name in FLAT and reason is None:
            shape, reason = self._flat(name, record, size, entry)
        elif name in SOLID and reason is None:
            shape, reason = _solid(parts_of(class_id)[0], record, self._affine(entry))
        elif name == "segmentMap":
            shape, reason = self._voxels(start, record, entry)
        asked = self.tables.questions.get(class_id, ())
        key = "values" if name == "instanceClassifications" else "attributes"
        placement = Placement(
            media=self._media(row, entry, record),
            index=int(columns.frames[row]) if columns.frames[row] >= 0 else None,
            shape=shape,
            size=size if name in FLAT else None,
            origins=(Origin(int(columns.origin_sources[row]), start, end),),
            attributes=(
                *attributes_of(record.get(key), asked),
                *stats_of(record.get("stats")),
                *self._read_as(shape, record, size, entry),
            ),
            is_key=bool(columns.roles[row] == KEY),
        )
        return record, placement, reason

    def _read_as(
        self, shape: object, record: Json, size: tuple[int, int] | None, entry: Entry | None
    ) -> tuple[Attribute, ...]:
        """Return what is to be said of how a record was read."""
        if not isinstance(shape, Ellipse) or not self._is_by_width(record, size, entry):
            return ()
        is_shown = size and by_widths(record, size, self._affine(entry))
        why = "as the area shows" if is_shown else "as chosen under Labels and images"
        return (Attribute("second radius", f"in parts of the width, {why}"),)

    def _is_by_width(self, record: Json, size: tuple[int, int] | None, entry: Entry | None) -> bool:
        """Whether an ellipse's second radius is in parts of the width: as is shown, else chosen."""
        if size is None or entry is None or size[0] == size[1]:
            return False
        shown = by_widths(record, size, self._affine(entry))
        return "radius-by-width" in self.told.of(entry.id).readings if shown is None else shown

    def _flat(
        self, name: str, record: Json, size: tuple[int, int] | None, entry: Entry | None
    ) -> tuple[Shape | None, str | None]:
        shape, reason = _shape(name, record, size)
        if isinstance(shape, Ellipse) and size and self._is_by_width(record, size, entry):
            shape = msgspec.structs.replace(shape, ry=shape.ry * size[0] / size[1])
        return shape, reason

    def _affine(self, entry: Entry | None) -> tuple[float, ...] | None:
        return None if entry is None else entry.affine or self.told.of(entry.id).affine

    def _media(self, row: int, entry: Entry | None, record: Json) -> MediaKey:
        item = int(self.columns.items[row])
        video = record.get("video")
        inside = video.get("seriesFrameIndex") if is_object(video) else None
        frame = whole(inside) if isinstance(inside, int | float) and item < 0 else -1
        return MediaKey(
            entry=entry.id if entry else None,
            item=item if item >= 0 else None,
            frame=frame if frame >= 0 else None,
        )

    def _voxels(
        self, start: int, record: Json, entry: Entry | None
    ) -> tuple[MaskVolume | None, str | None]:
        """Return the voxels of an instance, or why there are none; nothing is decoded yet."""
        holder = self._layout.holder_at(start)
        is_of_task = self._layout.series_at(start) is None and holder is not None
        if is_of_task and holder is not None and entry is not None:
            place = self._number_of(entry)
            segments = segments_of_task(self.source.base, holder, place, start, record)
        else:
            key = key_before(self.source.base, start)
            segments = self._series_masks(start).segments(key, record)
        if segments.is_empty and not is_of_task and not self._series_masks(start).no_more():
            return MaskVolume(KeptMasks()), None
        reason = reason_of(segments, self.beside)
        if segments.is_colored and not reason:
            reason = self._series_masks(start).clash_of(segments)
        id = entry.id if entry else ""
        reason = reason or self.volumes.problem(segments.names, id)
        if reason:
            return None, reason
        shape = MaskVolume(FileMasks(self.volumes, segments, id))
        return shape, OF_TASK if is_of_task else self.volumes.users.problem(segments.names) or None

    def _number_of(self, entry: Entry) -> tuple[int, int]:
        """Return the number of a series in its task, and how many the task has."""
        task, _, number = entry.id.rpartition("/")
        count = sum(one.id.rpartition("/")[0] == task for one in self.tables.entries)
        return int(number), count

    @cached_property
    def volumes(self) -> MaskVolumes:
        """The mask files of the export."""
        named = [one for one in self._masks_by_series if one.has_instances]
        users = MaskUsers(named, self.beside)
        return MaskVolumes(self.beside, self.told, colors=self.colors, users=users)

    @cached_property
    def colors(self) -> MaskColors:
        """The colours of classes in pictures of colours."""
        return MaskColors(self.beside, self.tables.colors)

    def _series_masks(self, start: int) -> SeriesMasks:
        """Return the masks of the series that byte `start` stands in."""
        at = self._layout.series_at(start) or Object(start, None)
        return self._of_series.setdefault(at.start, SeriesMasks(self.source.base, at, self.colors))

    @cached_property
    def mask_names(self) -> tuple[str, ...]:
        """The mask files that the export names."""
        return tuple(dict.fromkeys(name for one in self._masks_by_series for name in one.names))

    @cached_property
    def _masks_by_series(self) -> tuple[SeriesFiles, ...]:
        """The mask files of each series; the export is read through for them once."""
        return masks_by_series(self.source.base)

    def find_layout(self) -> None:
        """Find where everything stands; the whole file is read for it."""
        self._layout  # noqa: B018 - kept from now on

    @cached_property
    def _layout(self) -> Layout:
        return layout_of(self.source.base)


def _record(data: bytes | memoryview) -> tuple[Json, str | None]:
    """Return a record's members; none, and why, where it has none."""
    try:
        found = record_of(data)
    except BadJson as error:
        return {}, f"it is damaged: {error}"
    return (found, None) if is_object(found) else ({}, None)


def _shape(
    name: str, record: Json, size: tuple[int, int] | None
) -> tuple[Shape | None, str | None]:
    try:
        return (None, SIZE_UNKNOWN) if size is None else (shape_of(name, record, size), None)
    except BadRecord as error:
        return None, str(error)


def _solid(
    place: str, record: Json, affine: tuple[float, ...] | None
) -> tuple[Solid | None, str | None]:
    try:
        solid, doubt = solid_of(place, record, affine)
        return solid, EXCHANGED if doubt == EXCHANGED else None
    except BadRecord as error:
        return None, str(error)


def _text(record: Json, key: str) -> str | None:
    value = record.get(key)
    return shown_text(value) if isinstance(value, str) else None


def _comment(record: Json) -> str | None:
    """Return the remark of an upload; exports have none."""
    found = record.get("comment")
    return _text(found, "text") if is_object(found) else _text(record, "comment")
