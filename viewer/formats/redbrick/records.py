"""RedBrick AI's records as the fast parser and the forgiving one see them.

Source: the vendor's Full Format Reference, and what redbrick-sdk 2.35.4 writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import msgspec

from viewer.errors import Issue

NULL = msgspec.Raw(b"null")
Number: TypeAlias = int | float | None
Flag: TypeAlias = bool | int | float | None
_Extent: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]


class ImageHeaders(msgspec.Struct, rename="camel"):
    """What an export says of a series' pictures."""

    dimensions: list[int | float] | None = None
    affine: list[list[int | float]] | None = None
    total_frames: Number = None


class Series(msgspec.Struct, rename="camel"):
    """A series of a task, of an annotator or of the agreed answer; its labels stay bytes."""

    name: str | None = None
    items: msgspec.Raw = NULL
    meta_data: msgspec.Raw = NULL
    image_headers: ImageHeaders | None = None
    dimensions: list[int | float] | None = None
    num_frames: Number = None
    segmentations: msgspec.Raw = NULL
    segment_map: dict[str, msgspec.Raw] | None = None
    binary_mask: Flag = None
    semantic_mask: Flag = None
    png_mask: Flag = None
    heat_maps: msgspec.Raw = NULL
    transforms: msgspec.Raw = NULL
    centerline: msgspec.Raw = NULL
    landmarks: list[msgspec.Raw] | None = None
    landmarks3d: list[msgspec.Raw] | None = None
    measurements: list[msgspec.Raw] | None = None
    ellipses: list[msgspec.Raw] | None = None
    bounding_boxes: list[msgspec.Raw] | None = None
    cuboids: list[msgspec.Raw] | None = None
    polygons: list[msgspec.Raw] | None = None
    polylines: list[msgspec.Raw] | None = None
    classifications: list[msgspec.Raw] | None = None
    instance_classifications: list[msgspec.Raw] | None = None


class Score(msgspec.Struct, rename="camel"):
    """How alike one annotator's labels are to another's, 0 to 100."""

    secondary_user: str | None = None
    secondary_user_email: str | None = None
    score: Number = None


class Holder(msgspec.Struct, rename="camel"):
    """What holds series with labels: one annotator's work, or the agreed answer."""

    series: list[Series] | None = None
    updated_by: str | None = None
    classification: msgspec.Raw = NULL
    scores: list[Score] | None = None


class Task(Holder, rename="camel"):
    """One task; what it has of older layouts is only told apart."""

    task_id: str | None = None
    name: str | None = None
    current_stage_name: str | None = None
    status: str | None = None
    datapoint_classification: msgspec.Raw = NULL
    priority: Number = None
    consensus_score: Number = None
    consensus_tasks: list[Holder] | None = None
    super_truth: Holder | None = None
    items: msgspec.Raw = NULL
    labels: msgspec.Raw = NULL
    segmentations: msgspec.Raw = NULL
    segment_map: dict[str, msgspec.Raw] | None = None


class Video(msgspec.Struct, gc=False, rename="camel"):
    """Where a label stands along frames or slices, and in which track."""

    frame_index: Number = None
    series_item_index: Number = None
    series_frame_index: Number = None
    track_id: str | None = None
    key_frame: Flag = None
    end_track: Flag = None


NO_VIDEO = Video(key_frame=True, end_track=True)


class Label(msgspec.Struct, gc=False, rename="camel"):
    """What a row of the table needs of a label.

    A value of `segmentMap` may be a category alone.
    """

    id: str | None = None
    category: msgspec.Raw = NULL
    read_only: Flag = None
    video: Video | None = None


class FrameLabel(Label, gc=False, rename="camel"):
    """A classification of one frame or file."""

    file_index: Number = None
    file_name: str | None = None


class MeasuredLabel(Label, gc=False, rename="camel"):
    """A length or an angle."""

    type: str | None = None


class Norm(msgspec.Struct, gc=False):
    """A point in parts of a picture's width and height."""

    x: float = msgspec.field(name="xNorm")
    y: float = msgspec.field(name="yNorm")


class PointLabel(Label, gc=False, kw_only=True, rename="camel"):
    """A landmark as exports have it now."""

    point: Norm


class BoxLabel(Label, gc=False, kw_only=True, rename="camel"):
    """A box."""

    point_top_left: Norm
    w_norm: _Extent
    h_norm: _Extent


class EllipseLabel(Label, gc=False, kw_only=True, rename="camel"):
    """An ellipse."""

    point_center: Norm
    x_radius_norm: _Extent
    y_radius_norm: _Extent
    rotation_rad: float


class OutlineLabel(Label, gc=False, kw_only=True, rename="camel"):
    """A polygon or polyline."""

    points: Annotated[list[Norm], msgspec.Meta(min_length=1)]


@dataclass(frozen=True, eq=False)
class Parsed:
    """The tasks of a file; every raw value in them is a view of the file's bytes.

    Args:
        is_strict: every raw value is known to be JSON.
    """

    tasks: Sequence[Task]
    issues: Sequence[Issue] = ()
    is_strict: bool = False


TASKS = msgspec.json.Decoder(list[Task])
