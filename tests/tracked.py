"""Objects on many frames, and labels of reformats, as an export's columns would hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from composed import cine, project_of_rows, row

from viewer.geometry.shapes import Box, Shape
from viewer.media.volume import FrameStack
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import PLANES, MediaKey, Plane
from viewer.model.table import BETWEEN, DERIVED, KEY, AnnotationTable, Base
from viewer.model.track import Track
from viewer.review.matching import match
from viewer.session.session import Session

SERIES = "9"
FRAMES = 30
ROLES = {"k": KEY, "b": BETWEEN, "d": DERIVED}
TRACK = AnnotationId("1", 0)


def box_on(frame: int) -> Box:
    """Where the track's key frames are."""
    return Box(1 + frame / 10, 2, 3, 3)


def track_of(roles: str, first: int = 0) -> Track:
    """A track from frame `first` on; a space leaves a frame out."""
    slots = [at for at, role in enumerate(roles) if role != " "]
    held = [(first + at, roles[at]) for at in slots]

    def decode(slot: int) -> Placement:
        frame, role = held[slot]
        shape = None if role == "d" else box_on(frame)
        key = MediaKey("1.2", SERIES, frame=frame)
        return Placement(key, index=frame, shape=shape, stored=role != "d", is_key=role == "k")

    frames = np.array([frame for frame, _ in held], dtype=np.int64)
    return Track(
        decode,
        slots=np.arange(len(held)),
        frames=frames,
        runs=np.zeros(len(held), dtype=np.int64),
        keys=np.array([role == "k" for _, role in held]),
        opened=len(held),
        derived=np.array([n for n, (_, role) in enumerate(held) if role == "d"], dtype=np.int64),
    )


def track_project(folder: Path, roles: str, first: int = 0) -> Project:
    """An export whose one annotation is a track, in columns, one row per placement."""
    track = track_of(roles, first)
    rows = [
        row("L_box", SOPInstanceUID=None, SeriesInstanceUID=SERIES, frameNumber=int(frame))
        for frame in track.frames
    ]
    project = project_of_rows(folder, rows)
    base = project.annotations.bases["1"]
    old = base.columns
    held = [ROLES[role] for role in roles if role != " "]
    columns = replace(
        old,
        class_codes=old.class_codes[:1],
        author_codes=old.author_codes[:1],
        parents=old.parents[:1],
        sources=old.sources[:1],
        starts=old.starts[:1],
        ends=old.ends[:1],
        locked=old.locked[:1],
        owners=np.zeros(len(held), dtype=np.int64),
        roles=np.array(held, dtype=np.int8),
    )
    annotation = Annotation(TRACK, "track", "L_box", "", track)
    return with_base(project, Base("1", columns, lambda _ordinal: annotation))


def track_session(folder: Path, roles: str, first: int = 0) -> Session:
    """A session that shows the track on a cine of 30 frames."""
    project, media = track_project(folder, roles, first), frames_shown()
    session = Session()
    session.open(project, (media,), (), match(project, (media,)))
    return session


def frames_shown() -> FrameStack:
    return cine({"9.0": 0}, FRAMES, SERIES)


def plane_project(folder: Path, drawn: Sequence[tuple[Plane, int, Shape]]) -> Project:
    """An export whose labels are on planes of the phantom, by plane, slice and shape."""
    rows = [row("L_box", k=None, width=11, height=9) for _ in drawn]
    project = project_of_rows(folder, rows)
    base = project.annotations.bases["1"]
    planes = np.array([PLANES.index(plane) for plane, _, _ in drawn], dtype=np.int8)
    numbers = np.array([number for _, number, _ in drawn], dtype=np.int64)

    def decode(ordinal: int) -> Annotation:
        plane, number, shape = drawn[ordinal]
        placement = Placement(MediaKey("1.2", "1.2.3"), plane, number, shape)
        return Annotation(AnnotationId("1", ordinal), "", "L_box", "", (placement,))

    return with_base(
        project, Base("1", replace(base.columns, planes=planes, frames=numbers), decode)
    )


def with_base(project: Project, base: Base) -> Project:
    table = AnnotationTable(MappingProxyType({"1": base}))
    return Project(project.exports, table)
