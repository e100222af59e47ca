"""What `overread info` says, as plain values: these structs are the schema of its JSON.

Slices count from 0 along the volume's own axis that a plane cuts, as in `overread render --slice`.
"""

from __future__ import annotations

import msgspec

from viewer import __version__
from viewer.cli.opening import Opened
from viewer.errors import Issue
from viewer.formats.finding import UNREAD
from viewer.geometry.views import ViewPlane, view_planes
from viewer.media.volume import FrameStack, Media, Video, Volume
from viewer.model.annotation import Annotation
from viewer.model.project import Export, Project
from viewer.review.centres import voxel_of
from viewer.review.doubts import doubt_words
from viewer.review.matching import Place


class Problem(msgspec.Struct, frozen=True):
    """One issue: `severity` is "error", "warning" or "note"; `code` is a stable word."""

    severity: str
    code: str
    sentence: str
    where: str


class PlaneFacts(msgspec.Struct, frozen=True):
    """One plane of a volume: how many slices it has, and whether it is the acquired one."""

    slices: int
    acquired: bool


class PointFacts(msgspec.Struct, frozen=True):
    """Which of several volumes at the same places one is; `index` counts from 0."""

    group: str
    name: str
    value: str
    index: int
    count: int


class CompanionFacts(msgspec.Struct, frozen=True):
    """One DICOM object that is no picture, and the series that it refers to."""

    kind: str
    description: str
    file: str
    sop_uid: str
    series_uid: str
    refers_to: tuple[str, ...]


class MediaFacts(msgspec.Struct, frozen=True):
    """One volume, frame stack or video; `slices` counts its slices or frames.

    `spacing_mm` is the distance between columns, then between rows, null where uncalibrated;
    `step_mm` is null for frames, `duration_s` for all but videos, `point` where the series has one
    volume only, `rate_hz` (mean frames per second) where no times are known; `health` names what
    the series is like, in words.
    """

    id: str
    kind: str
    title: str
    modality: str
    study_uid: str
    series_uid: str
    columns: int
    rows: int
    slices: int
    spacing_mm: tuple[float, float] | None
    step_mm: float | None
    duration_s: float | None
    planes: dict[str, PlaneFacts]
    oddities: tuple[str, ...]
    labels: int
    problems: tuple[Problem, ...]
    point: PointFacts | None = None
    rate_hz: float | None = None
    health: dict[str, str] = {}


class ExportFacts(msgspec.Struct, frozen=True):
    """One export: its file, what its head says, and how many labels it holds."""

    id: str
    format: str
    title: str
    path: str
    bytes: int
    sha256: str
    labels: int
    classes: int
    groups: tuple[str, ...]
    exams: int
    facts: dict[str, str]
    problems: tuple[Problem, ...]


class PlaceFacts(msgspec.Struct, frozen=True):
    """Where one placement of a label is shown; `slice` is null for a whole series or exam.

    `planes` names for each plane the slice that passes through the shape's centre.
    """

    media: str | None
    slice: int | None
    planes: dict[str, int]
    reason: str
    sentence: str


class LabelFacts(msgspec.Struct, frozen=True):
    """One label of an export; `kind` is null for a classification."""

    export: str
    id: str
    label: str
    group: str
    author: str
    kind: str | None
    matched: bool
    places: tuple[PlaceFacts, ...]


class MatchFacts(msgspec.Struct, frozen=True):
    """How many labels found their pixels, and how many did not, by reason."""

    matched: int
    unmatched: dict[str, int]


class Report(msgspec.Struct, frozen=True):
    """All of `overread info`."""

    overread: str
    media: tuple[MediaFacts, ...]
    exports: tuple[ExportFacts, ...]
    matches: MatchFacts
    labels: tuple[LabelFacts, ...]
    problems: tuple[Problem, ...]
    skipped: int
    companions: tuple[CompanionFacts, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every label of every export is understood and found its pixels."""
        damaged = any(
            problem.severity == "error" for export in self.exports for problem in export.problems
        )
        unread = any(problem.code == UNREAD for problem in self.problems)
        return not (self.matches.unmatched or damaged or unread)


def report_of(found: Opened, *, with_labels: bool) -> Report:
    """Return the report; labels one by one only when asked, since each must be decoded."""
    counts = dict(found.matches.counts())
    matched = counts.pop("", 0)
    unmatched = {reason: count for reason, count in counts.items() if count}
    numbers = [found.matches.labels_on_media(index) for index in range(len(found.media))]
    return Report(
        overread=__version__,
        media=tuple(
            _media_facts(media, labels) for media, labels in zip(found.media, numbers, strict=True)
        ),
        exports=tuple(_export_facts(export, found.project) for export in _exports(found)),
        matches=MatchFacts(matched, unmatched),
        labels=_labels(found) if with_labels else (),
        problems=(*_problems(found.issues), *_doubts(found)),
        skipped=found.skipped,
        companions=tuple(
            CompanionFacts(
                one.kind,
                one.description,
                one.file.name,
                one.sop_uid,
                one.series_uid,
                one.refers_to,
            )
            for one in found.companions
        ),
    )


def _doubts(found: Opened) -> tuple[Problem, ...]:
    said: list[Problem] = []
    for index, media in enumerate(found.media):
        words = doubt_words(found.matches, index)
        if words:
            sentence = f"{media.title}: {words}; check that it is the right patient."
            said.append(Problem("warning", "other-study", sentence, media.id))
    return tuple(said)


def _exports(found: Opened) -> tuple[Export, ...]:
    return tuple(found.project.exports.values())


def _problems(issues: tuple[Issue, ...]) -> tuple[Problem, ...]:
    return tuple(Problem(i.severity, i.code, i.sentence, i.where) for i in issues)


def _media_facts(media: Media, labels: int) -> MediaFacts:
    is_volume = isinstance(media, Volume)
    planes = view_planes(media.stack) if isinstance(media, Volume) else {}
    return MediaFacts(
        id=media.id,
        kind=media.kind,
        title=media.title,
        modality=media.facts.modality,
        study_uid=media.facts.study_uid,
        series_uid=media.facts.series_uid,
        columns=media.columns,
        rows=media.rows,
        slices=media.count,
        spacing_mm=_rounded(media.spacing_mm) if media.is_calibrated else None,
        step_mm=round(media.stack.step_mm, 6) if isinstance(media, Volume) else None,
        duration_s=round(media.duration_s, 6) if isinstance(media, Video) else None,
        planes={name: PlaneFacts(plane.count, plane.is_acquired) for name, plane in planes.items()},
        oddities=media.stack.oddities() if is_volume else (),
        labels=labels,
        problems=_problems(_findings(media)),
        point=_point_facts(media),
        rate_hz=_rate_hz(media),
        health=dict(media.health.facts) if isinstance(media, Volume | FrameStack) else {},
    )


def _findings(media: Media) -> tuple[Issue, ...]:
    """The issues of a media, and what its health report finds besides."""
    found = media.health.findings if isinstance(media, Volume | FrameStack) else ()
    return tuple(dict.fromkeys((*media.issues, *found)))


def _point_facts(media: Media) -> PointFacts | None:
    point = media.point if isinstance(media, Volume) else None
    if point is None:
        return None
    return PointFacts(point.group, point.name, point.value, point.index, point.count)


def _rate_hz(media: Media) -> float | None:
    times = None if isinstance(media, Volume) else media.times_s
    if times is None or len(times) < 2 or times[-1] <= times[0]:
        return None
    return round(float((len(times) - 1) / (times[-1] - times[0])), 6)


def _rounded(spacing: tuple[float, float]) -> tuple[float, float]:
    return round(spacing[0], 6), round(spacing[1], 6)


def _export_facts(export: Export, project: Project) -> ExportFacts:
    first = export.sources[0]
    classes = export.ontology.classes
    return ExportFacts(
        id=export.id,
        format=export.format,
        title=export.title,
        path=first.path,
        bytes=len(first.base),
        sha256=first.sha256,
        labels=project.annotations.bases[export.id].columns.count,
        classes=len(classes),
        groups=tuple(dict.fromkeys(label.group for label in classes if label.group)),
        exams=len(export.exams),
        facts=dict(export.facts),
        problems=_problems(export.issues),
    )


def _labels(found: Opened) -> tuple[LabelFacts, ...]:
    planes = [
        tuple(view_planes(media.stack).values()) if isinstance(media, Volume) else ()
        for media in found.media
    ]
    return tuple(
        _label_facts(found, found.project.annotations[id], planes)
        for id in found.project.annotations
    )


def _label_facts(
    found: Opened, annotation: Annotation, planes: list[tuple[ViewPlane, ...]]
) -> LabelFacts:
    export = found.project.exports[annotation.id.export]
    label = export.ontology.by_id.get(annotation.class_id)
    places = found.matches.of(annotation.id)
    return LabelFacts(
        export=annotation.id.export,
        id=annotation.native_id,
        label=label.name if label else annotation.class_id,
        group=label.group if label else "",
        author=annotation.author,
        kind=label.kind if label else None,
        matched=not found.matches.reason_of(annotation.id),
        places=tuple(_place_facts(found, place, annotation, planes) for place in places),
    )


def _place_facts(
    found: Opened, place: Place, annotation: Annotation, planes: list[tuple[ViewPlane, ...]]
) -> PlaceFacts:
    through: dict[str, int] = {}
    has_shape = annotation.placements[place.placement].shape is not None
    voxel = voxel_of(found.project, found.matches, annotation.id, place) if has_shape else None
    if place.media is not None and voxel is not None:
        through = {plane.name: plane.index_of(voxel) for plane in planes[place.media]}
    shown = found.media[place.media].id if place.media is not None else None
    return PlaceFacts(shown, place.slice, through, place.reason, place.sentence)
