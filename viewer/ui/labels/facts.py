"""What the inspector says of an annotation, as plain rows of a key and a value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from viewer.geometry.mask import Mask
from viewer.geometry.measure import area_px, centre, length_px, physical
from viewer.geometry.plane_frame import PLAIN, PlaneFrame
from viewer.geometry.shapes import (
    Box,
    Ellipse,
    Outlined,
    Point,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
)
from viewer.geometry.solids import Solid
from viewer.geometry.space import pixel_from_voxel
from viewer.geometry.views import ViewPlane, view_planes
from viewer.media.volume import FrameStack, Media, Video, Volume
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.counted import counted
from viewer.model.export_words import export_words
from viewer.model.ontology import LabelClass, scope_of, words_of
from viewer.model.placement import Placement
from viewer.model.subject import MediaKey
from viewer.review.extents import Extent
from viewer.review.matching import Place
from viewer.review.tracks import TrackFrames, frames_of_track
from viewer.session.asking import placement_shown
from viewer.session.moving import place_here
from viewer.session.session import Session
from viewer.ui.labels.solid_facts import NAMES, solid_rows

Rows = tuple[tuple[str, str], ...]
MOST_SPANS = 4  # of a track, in words
THIN = "\u2009"  # thin space before units
KEPT = "\u00a0"  # a space at which no line ends
MINUS = "\u2212"
SHAPE_NAMES: dict[type[Shape], str] = {
    Point: "Point",
    Box: "Box",
    RotatedBox: "Rotated box",
    Ellipse: "Ellipse",
    Polygon: "Polygon",
    Regions: "Polygon",
    Polyline: "Line",
    Skeleton: "Skeleton",
    Mask: "Mask",
}
SCOPE_NAMES = {"instance": "image", "series": "series", "study": "exam"}


@dataclass(frozen=True, eq=False)
class Subject:
    """An annotation with all that its facts are made from.

    Args:
        place: where its placement on the slice or frame shown is, else its first one; None when
            the annotation has none.
        media: the media of that place, None when it is not placed.
        extent: where the solid of the placement lies, None without one.
        frame: how its export counts on the plane.
        is_elsewhere: it is on several slices or frames, and not on the one shown.
        track: its frames, where it is on several of a video or other frames.
    """

    annotation: Annotation
    label: LabelClass
    place: Place | None
    media: Media | None
    extent: Extent | None = None
    frame: PlaneFrame = PLAIN
    is_elsewhere: bool = False
    track: TrackFrames | None = None

    @cached_property
    def placement(self) -> Placement | None:
        """The placement that the facts are of; decoded once."""
        placements = self.annotation.placements
        number = self.place.placement if self.place is not None else 0
        return placements[number] if placements else None

    @property
    def solid(self) -> Solid | None:
        """The shape of the placement in the voxels of its media, where it lies in one."""
        if self.extent is not None:
            return self.extent.solid
        return self.placement.solid if self.placement else None

    @cached_property
    def shape(self) -> Shape | None:
        """The shape of the placement, in the pixel space of its plane."""
        held = self.placement.flat if self.placement else None
        if held is None or self.media is None:
            return held
        size = (self.media.columns, self.media.rows) if self.view is None else self.view.size
        return self.frame.shown(held, size)

    @property
    def view(self) -> ViewPlane | None:
        """The plane that it was drawn on; None for frames and for what is not placed."""
        if not isinstance(self.media, Volume) or self.place is None:
            return None
        views = view_planes(self.media.stack).values()
        return next(view for view in views if view.axis == self.place.axis)


def subject_of(session: Session, wanted: AnnotationId) -> Subject:
    """Return an annotation with its class and place: where it is seen now, else its first.

    Raises:
        KeyError: it is not there.
    """
    annotation = session.project.annotations[wanted]
    known = session.project.exports[wanted.export].ontology.by_id
    label = known.get(annotation.class_id) or LabelClass(annotation.class_id, annotation.class_id)
    extents = session.matches.extents_of(wanted)
    several = len(annotation.placements) > 1
    here = _place_shown(session, wanted) if several else None
    place = here or session.matches.first_of(wanted)
    if place is None:
        return Subject(annotation, label, next(iter(session.matches.of(wanted, 1)), None), None)
    extent = next((one for one in extents if one.placement == place.placement), None)
    number = place.media or 0
    frame = session.matches.frame_of(wanted.export, number, place.axis)
    is_elsewhere = several and here is None and place.slice is not None
    media = session.media[number]
    is_track = several and not isinstance(media, Volume)
    track = frames_of_track(session.matches, wanted, number) if is_track else None
    return Subject(annotation, label, place, media, extent, frame, is_elsewhere, track)


def _place_shown(session: Session, wanted: AnnotationId) -> Place | None:
    """Return where an annotation is on the slice or frame shown; one without a shape too."""
    here = place_here(session, wanted)
    number = placement_shown(session, wanted) if here is None else None
    if number is None:
        return here
    return Place(number, session.viewing.media_index, session.slice)


def author_words(annotation: Annotation) -> str:
    """Return the author; who draws without a name of their own is "you"."""
    return annotation.author or ("you" if annotation.id.new else "no author")


def meta_line(subject: Subject) -> str:
    """Return kind and author in one line: "Polygon, 53 points · Reader A"."""
    author = author_words(subject.annotation)
    if subject.solid is not None:
        return f"{NAMES[type(subject.solid)]} · {author}"
    shape = subject.shape
    if shape is None and subject.label.kind is not None:
        return f"{words_of(subject.label.kind).capitalize()} that is not there · {author}"
    if shape is None:
        key = subject.placement.media if subject.placement else MediaKey()
        scope = SCOPE_NAMES[scope_of(key, subject.label)]
        if scope == "image" and isinstance(subject.media, Video | FrameStack):
            scope = "frame"
        return f"Label of the whole {scope} · {author}"
    parts = _parts_of(shape) if isinstance(shape, Outlined) else ()
    return f"{', '.join((SHAPE_NAMES[type(shape)], *parts))} · {author}"


def review_words(reviews: tuple[int, int]) -> tuple[str, str]:
    """Return what reviews say of a label in short and in a sentence; "" without any."""
    if not any(reviews):
        return "", ""
    favour, against = reviews
    said = f"{counted(favour, 'review')} in favour, {against:,} against, as the export counts them"
    parts = (f"{favour:,} for" if favour else "", f"{against:,} against" if against else "")
    return ", ".join(filter(None, parts)), said


def _parts_of(shape: Outlined) -> tuple[str, ...]:
    """Return how many points, regions and holes a shape has, or nodes and how they are seen."""
    count = sum(map(len, shape.rings))
    match shape:
        case Skeleton(states=states):
            odd = [state for state in dict.fromkeys(states) if state != "visible"]
            seen = (f"{states.count(one):,} {words_of(one)}" for one in odd)
            return (counted(count, "node"), *seen)
        case Regions(parts):
            holes = sum(len(part.holes) for part in parts)
            return (counted(len(parts), "region"), counted(count, "point"), *_holes(holes))
        case Polygon(vertices, holes):
            return (counted(len(vertices), "point"), *_holes(len(holes)))
        case Polyline():
            return (counted(count, "point"),)


def _holes(count: int) -> tuple[str, ...]:
    return (counted(count, "hole"),) if count else ()


def geometry_rows(subject: Subject) -> Rows:
    """Return plane, centre, position and sizes; px alone where nothing is calibrated."""
    shape, media, place = subject.shape, subject.media, subject.place
    if place is None or media is None:
        sentence = place.sentence if place else "The record names no picture."
        rows: list[tuple[str, str]] = [("Not placed", sentence)]
    elif subject.solid is not None:
        return (*solid_rows(subject.solid, media, subject.extent), *_patient_rows(subject))
    else:
        rows = [_plane_row(media, place, subject.view)]
        if subject.is_elsewhere and subject.track is None:
            rows.append(("Here", "not on the one shown"))
        rows += _track_rows(subject)
    if shape is not None:
        x, y = centre(shape)
        rows.append(("Centre", f"{x:,.1f}, {y:,.1f} px"))
        if subject.view is not None and place is not None and place.slice is not None:
            rows.append(("Patient", patient_text(subject.view, (x, y), place.slice)))
        rows += _sizes(shape, media, subject.view)
    return tuple(rows)


def _patient_rows(subject: Subject) -> Rows:
    """Where the middle of a solid is in the patient."""
    middle = subject.extent.middle if subject.extent else None
    if middle is None or not isinstance(subject.media, Volume):
        return ()
    x, y = pixel_from_voxel(middle[:2]).tolist()
    k = min(max(round(middle[2]), 0), subject.media.count - 1)
    acquired = next(p for p in view_planes(subject.media.stack).values() if p.is_acquired)
    return (("Patient", patient_text(acquired, (x, y), k)),)


def _plane_row(media: Media, place: Place, view: ViewPlane | None) -> tuple[str, str]:
    if place.slice is None:
        return "Plane", "whole series or exam"
    if view is not None:
        return "Plane", f"{view.name.capitalize()}, slice {place.slice + 1} of {view.count}"
    return "Frame", f"{place.slice + 1:,} of {media.count:,}"


def _track_rows(subject: Subject) -> Rows:
    """How the shape came on this frame, on which frames it is seen, and which were drawn."""
    track, placement = subject.track, subject.placement
    if track is None or placement is None or not len(track.slices):
        return ()
    worked_out = (
        "held from the key frame before" if track.is_held else "worked out between key frames"
    )
    here = "between key frames" if placement.stored else worked_out
    if placement.is_key:
        here = "key frame"
    if subject.is_elsewhere:
        here = "not on the one shown"
    return (
        ("Here", here),
        ("On frames", _spans(track)),
        ("Key frames", f"{len(track.keys):,}"),
    )


def _spans(track: TrackFrames) -> str:
    """Return the first spans of frames that a track is on, counted from 1."""
    slices = track.slices
    cuts = np.flatnonzero(np.diff(slices) > 1)
    firsts = slices[np.concatenate(([0], cuts[:MOST_SPANS] + 1))][:MOST_SPANS]
    lasts = slices[np.concatenate((cuts[:MOST_SPANS], [-1]))][:MOST_SPANS]
    ends = zip((firsts + 1).tolist(), (lasts + 1).tolist(), strict=True)
    said = [f"{first:,}" if first == last else f"{first:,}–{last:,}" for first, last in ends]
    return ", ".join(said) + (" ..." if len(cuts) >= MOST_SPANS else "")


def patient_text(view: ViewPlane, pixel: tuple[float, float], slice: int) -> str:
    """Return a place of a plane as "L 27.3 P 31.5 H 24.7 mm" (DICOM LPS, towards +x = L).

    A line may end between its three parts only.
    """
    ((x, y, z),) = view.patient_of_plane(slice, view.mm_of_pixels([pixel]))
    parts = zip((x, y, z), ("LR", "PA", "HF"), strict=True)
    words = [f"{ends[0] if value >= 0 else ends[1]}{KEPT}{abs(value):.1f}" for value, ends in parts]
    return f"{' '.join(words)}{KEPT}mm"


def _sizes(shape: Shape, media: Media | None, view: ViewPlane | None) -> list[tuple[str, str]]:
    """Sizes in mm; between slices by the nominal step."""
    is_mm = media is not None and media.is_calibrated
    spacing = media.spacing_mm if media is not None and is_mm else (1.0, 1.0)
    if is_mm and view is not None and not view.is_acquired:
        spacing = (view.pixel_mm, view.stack.step_mm)
    sizes = physical(shape, spacing)
    unit = "mm" if is_mm else "px"
    rows: list[tuple[str, str]] = []
    if not isinstance(shape, Point):
        width, height = sizes.size_mm
        rows.append(("Size", f"{width:,.1f} × {height:,.1f}{THIN}{unit}"))
    if isinstance(shape, Ellipse | RotatedBox) and shape.angle:
        rows.append(("Turned", f"{signed(math.degrees(shape.angle), 1)}\N{DEGREE SIGN} clockwise"))
    pixels = area_px(shape)
    if pixels is not None:
        in_mm = f"{_area_text(sizes.area_mm2 or 0.0)}{THIN}mm²  " if is_mm else ""
        rows.append(("Area", f"{in_mm}{pixels:,.0f}{THIN}px"))
    if sizes.length_mm is not None and length_px(shape) is not None:
        key = "Length" if isinstance(shape, Polyline) else "Perimeter"
        key = "Edges" if isinstance(shape, Skeleton) else key
        rows.append((key, f"{sizes.length_mm:,.1f}{THIN}{unit}"))
    if media is not None and not is_mm:
        rows.append(("Note", "not calibrated: lengths in px"))
    return rows


def _area_text(area: float) -> str:
    return f"{area:,.0f}" if area >= 100 else f"{area:,.1f}"


def provenance_rows(session: Session, subject: Subject) -> Rows:
    """Return export, record, author, dates, a parent that is missing, and how it was placed."""
    annotation = subject.annotation
    export = session.project.exports[annotation.id.export]
    title = export_words(session.project)[export.id]
    rows = [("Export", title), ("Record", annotation.native_id or "no id")]
    rows.append(("Label", subject.label.title))
    if annotation.author:
        rows.append(("Author", annotation.author))
    if annotation.group:
        rows.append(("Group", annotation.group))
    if annotation.parent is not None and annotation.parent not in session.project.annotations:
        rows.append(("Child of", "a label that is not there"))
    rows += [(key, date_text(value)) for key, value in _dates(annotation) if value]
    rows.append(_placed_by(session, subject))
    if annotation.locked_reason:
        rows.append(("Locked", annotation.locked_reason))
    if annotation.id in session.history.unsaved_labels:
        rows.append(("State", "new, not saved" if annotation.id.new else "changed, not saved"))
    return tuple(rows)


def _dates(annotation: Annotation) -> tuple[tuple[str, str | None], ...]:
    return ("Created", annotation.created), ("Changed", annotation.updated)


def date_text(stamp: str) -> str:
    """Return an ISO 8601 stamp as date and minute, as the file has them; other text as it is."""
    date, mark, time = stamp.partition("T")
    return f"{date} {time[:5]}" if mark and len(date) == 10 else stamp


def _placed_by(session: Session, subject: Subject) -> tuple[str, str]:
    """Return by which identifier the pixels were found, or why they were not."""
    place = subject.place
    if place is None or place.media is None:
        return "Not placed", place.reason if place and place.reason else "no placement"
    key = subject.placement.media if subject.placement else MediaKey()
    bound = session.matches.lookup.bindings.get(subject.annotation.id.export)
    binding = None if bound is None or key.entry is None else bound.of(key.entry)
    if binding is not None:
        return "Placed by", binding.evidence
    if key.instance is not None:
        return "Placed by", "SOP Instance UID"
    return "Placed by", "Series Instance UID" if key.series else "Study Instance UID"


def signed(value: float, digits: int | None = None) -> str:
    """Return a number with a real minus; by default with as few decimals as it has, at most 2."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if digits is None else f"{value:,.{digits}f}"
    return text.replace("-", MINUS)
