"""Labelbox exports of every kind, small but with all that edits touch, and edits of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from format_cases import DATA
from hypothesis import strategies as st
from labelbox_rows import Json
from reshaping import reshaped

from viewer.formats import read_export
from viewer.geometry.measure import bounds
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.answers import Attribute
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.track import Track

FRAMES = 12
OPTIONS = ("Left", "Right", "Both ends/%")


@dataclass(frozen=True)
class Kind:
    """One way to spell labels.

    Args:
        files: by name; the first one is opened.
    """

    name: str
    files: Callable[[], dict[str, bytes]]

    def opened(self, folder: Path) -> Project:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files().items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        return read_export(folder / next(iter(self.files())))


def old_side(name: str = "Left") -> Json:
    answer = {"featureId": f"x{name}", "schemaId": f"s{name}", "title": name, "value": name}
    return {"featureId": f"q{name}", "schemaId": "side", "title": "Side", "value": "side",
            "answer": answer}  # fmt: skip


def old_object(id: str, geometry: Json, tool: str, **more: Json) -> Json:
    return {"featureId": id, "schemaId": f"s-{tool}", "title": tool, "value": tool,
            "color": "#a23030", **geometry, **more}  # fmt: skip


def box(top: float) -> Json:
    return {"bbox": {"top": top, "left": 1, "height": 2.5, "width": 3}}


def line(top: float) -> Json:
    return {"line": [{"x": 1, "y": top}, {"x": 3.5, "y": 4}]}


def old_frames(geometry: Callable[[float], Json], tool: str) -> list[Json]:
    def held(id: str, number: int) -> Json:
        more = {"keyframe": number != 2, "classifications": [old_side()] if id == "b" else []}
        return old_object(id, geometry(number), tool, **more)

    return [
        {"frameNumber": n, "classifications": [old_side("Right")] if n == 3 else [],
         "objects": [held("a", n), held("b", n)] if n < 3 else [held("a", n)],
         "relationships": []}
        for n in (1, 2, 3, 5)
    ]  # fmt: skip


def old_row(label: Json, id: str = "l") -> Json:
    return {"ID": id, "DataRow ID": f"d-{id}", "Labeled Data": f"https://x.example/{id}.mp4",
            "Label": label, "Created By": "reader@example.com"}  # fmt: skip


def lines_of(rows: list[Json], newline: str = "\n") -> bytes:
    return "".join(json.dumps(row) + newline for row in rows).encode()


def _old_image() -> dict[str, bytes]:
    objects = [
        old_object("a", box(1), "Box", classifications=[old_side()], instanceURI="https://x/a"),
        old_object("b", {"point": {"x": 1, "y": 2.5}}, "Point", instanceURI="https://x/b"),
        old_object("c", box(7), "Box"),
    ]
    label = {"objects": objects, "classifications": [old_side("Right")], "relationships": []}
    rows = [old_row(label), old_row({"objects": [], "classifications": []}, "m"), old_row({}, "n")]
    return {"x.json": json.dumps(rows, indent=2).encode()}


def _old_video() -> dict[str, bytes]:
    return {"x.json": json.dumps([old_row(old_frames(box, "Box"))]).encode()}


def _old_dicom() -> dict[str, bytes]:
    groups = [
        {"name": "axial", "objects": [], "frames": old_frames(line, "Line")},
        {"name": "coronal", "objects": [], "frames": []},
        {"name": "sagittal", "classifications": [], "frames": []},
    ]
    return {"x.json": json.dumps([old_row({"groups": groups})], indent="\t").encode()}


def _old_file() -> dict[str, bytes]:
    row = old_row({"frames": "https://api.x.example/frames/l?token=t"})
    lines = lines_of(old_frames(box, "Box"), "\r\n")
    return {"x.json": json.dumps([row]).encode(), "frames/l.ndjson": lines}


def _import_rows() -> list[Json]:
    side = {
        "name": "Side",
        "answer": {
            "name": "Left",
            "classifications": [
                {"name": "Why", "answer": "so"},
                {"name": "Signs", "answer": [{"name": "Left"}]},
            ],
        },
    }
    head = {"uuid": "u1", "dataRow": {"id": "d"}}

    def key(number: int, **more: Json) -> Json:
        return {"frame": number, **box(number), **more}

    def cut(number: int) -> Json:
        return {"frame": number, **line(number)}

    return [
        {**head, "name": "Box", **box(1.25), "classifications": [side]},
        {**head, "uuid": "u2", "schemaId": "s-Point", "point": {"y": 1, "x": 2}},
        {"name": "Track", "segments": [{"keyframes": [key(1), key(5, x=1)]},
         {"keyframes": [key(9)]}], **head, "uuid": "u3"},
        {**head, "uuid": "u4", "name": "Line", "groupKey": "axial",
         "segments": [{"keyframes": [cut(2), cut(4)]}]},
        {**head, "uuid": "u5", "dataRow": {"globalKey": "g"}, "name": "Signs",
         "answer": [{"name": "Left"}, {"name": "Right"}]},
        {**head, "uuid": "u6", "name": "Side", "answer": {"name": "Right"},
         "frames": [{"start": 2, "end": 3}, {"start": 7, "end": 7}]},
        {**head, "uuid": "u7", "name": "r",
         "relationship": {"source": "u1", "target": "u2", "type": "unidirectional"}},
    ]  # fmt: skip


def _import_lines() -> dict[str, bytes]:
    return {"x.ndjson": lines_of(_import_rows(), "\r\n")}


def _import_list() -> dict[str, bytes]:
    return {"x.json": json.dumps(_import_rows(), indent=1).encode()}


def _named(name: str) -> Callable[[], dict[str, bytes]]:
    return lambda: {f"x{Path(name).suffix}": (DATA / "labelbox" / name).read_bytes()}


KINDS = [
    Kind("v2", _named("everything.json")),
    Kind("v1, pictures", _old_image),
    Kind("v1, video in its row", _old_video),
    Kind("v1, DICOM in its row", _old_dicom),
    Kind("v1, video in a file", _old_file),
    Kind("import, lines", _import_lines),
    Kind("import, list", _import_list),
]


def said_of(attributes: tuple[Attribute, ...]) -> object:
    """Return questions, answers and depths; those that are not answered count as not there.

    The answers of a checklist are in no order, and so is what is asked below them.
    """
    return sorted(
        (one.depth, one.name, sorted(one.value) if isinstance(one.value, tuple) else one.value)
        for one in attributes
        if one.key and one.value
    )


def seen(annotation: Annotation) -> object:
    """Return everything that a person sees of a label, rounded."""
    has_keys = any(one.is_key for one in annotation.placements)
    places = {
        (one.plane, one.index): (
            None if one.shape is None else [round(n, 4) + 0.0 for n in bounds(one.flat)],
            type(one.shape).__name__,
            one.is_key or not one.stored or not has_keys,
            said_of(one.attributes),
        )
        for one in annotation.placements
        if one.stored or one.shape is not None  # nothing is drawn before the first key frame
    }
    return annotation.class_id, said_of(annotation.attributes), places


def all_seen(project: Project) -> list[str]:
    return sorted(repr(seen(project.annotations[id])) for id in project.annotations)


@st.composite
def with_answer(draw: st.DrawFn, annotation: Annotation) -> Annotation:
    """A label with another answer to one of its questions, nested ones too."""
    number = draw(st.integers(0, len(annotation.placements) - 1))
    placement = annotation.placements[number]
    on_frame = bool(placement.attributes)
    held = placement.attributes if on_frame else annotation.attributes
    asked = [one for one in held if one.key and one.kind != "shown"]
    if not asked or (on_frame and not placement.stored):
        return annotation
    chosen = draw(st.sampled_from(asked))
    value = {
        "text": st.text('ab"\\\u00e9\n', min_size=1, max_size=5),
        "choice": st.sampled_from(OPTIONS),
        "choices": st.lists(st.sampled_from(OPTIONS), unique=True, min_size=1).map(tuple),
    }[chosen.kind]
    return annotation.with_attribute(number if on_frame else None, chosen.key, draw(value))


@st.composite
def with_frames(draw: st.DrawFn, annotation: Annotation) -> Annotation:
    """A track that is on other frames."""
    track = annotation.placements
    assert isinstance(track, Track)
    if draw(st.booleans()) and len(track) > 1:
        shorter = track.without(draw(st.integers(0, len(track) - 1)))
        if not any(one.stored for one in shorter):
            return annotation
        return msgspec.structs.replace(annotation, placements=shorter)
    frame = draw(st.integers(0, FRAMES))
    like = track[0]
    if frame in track.frames or len({repr(said_of(one.attributes)) for one in track}) > 1:
        return annotation  # what is said there would follow the nearest frame
    media = msgspec.structs.replace(like.media, frame=frame)
    new = Placement(media, like.plane, frame, like.shape, like.size, attributes=like.attributes)
    return msgspec.structs.replace(annotation, placements=track.with_new(new, frame))


def moved(annotation: Annotation, frame: int, plane: str) -> Annotation:
    """A label of one frame on another one."""
    (placement,) = annotation.placements
    media = msgspec.structs.replace(placement.media, frame=frame)
    there = msgspec.structs.replace(
        placement, media=media, index=frame, plane=plane if placement.plane != "acquired" else
        "acquired",
    )  # fmt: skip
    return msgspec.structs.replace(annotation, placements=(there,))


def made_like(annotation: Annotation, number: int, frame: int) -> Annotation:
    """A new label of the class of another one."""
    like = next(one for one in annotation.placements if one.stored)
    index = None if like.index is None else frame
    media = msgspec.structs.replace(like.media, frame=index)
    placement = Placement(
        media, like.plane, index, like.shape, like.size,
        attributes=like.attributes if index is not None else (),
    )  # fmt: skip
    id = AnnotationId(annotation.id.export, number, new=True)
    attributes = annotation.attributes if index is None else ()
    return Annotation(
        id, "", annotation.class_id, annotation.author, (placement,), attributes=attributes,
        created="2026-01-02T03:04:05.678Z",
    )  # fmt: skip


@st.composite
def edited(draw: st.DrawFn, project: Project) -> Project:
    """Labels changed, moved, made and deleted; none that is locked, nor one on a mask's file."""
    free = [id for id in project.annotations if project.annotations[id].locked_reason is None]
    for id in draw(st.lists(st.sampled_from(free), max_size=5)) if free else ():
        if id not in project.annotations:
            continue
        annotation = project.annotations[id]
        action = draw(st.sampled_from(["shape", "answer", "frames", "move", "delete", "new"]))
        project = _with_action(draw, project, annotation, action)
    return project


def _with_action(draw: st.DrawFn, project: Project, annotation: Annotation, action: str) -> Project:
    placements = annotation.placements
    frame = draw(st.integers(0, FRAMES))
    if action == "delete":
        return project.without_annotations([annotation.id])
    if action == "new":
        number = project.annotations.next_new(annotation.id.export).ordinal
        return project.with_annotation(made_like(annotation, number, frame))
    if action == "answer":
        return project.with_annotation(draw(with_answer(annotation)))
    if action == "frames" and isinstance(placements, Track):
        return project.with_annotation(draw(with_frames(annotation)))
    if action == "move" and len(placements) == 1 and placements[0].index is not None:
        plane = draw(st.sampled_from(["axial", "sagittal", "coronal"]))
        return project.with_annotation(moved(annotation, frame, plane))
    number = draw(st.integers(0, len(placements) - 1))
    shape = placements[number].flat
    if not placements[number].stored and any(one.attributes for one in placements):
        return project  # it would be given the answers of the nearest frame
    if action == "shape" and shape is not None:
        return project.with_annotation(annotation.with_shape(number, reshaped(draw, shape)))
    return project
