"""Encord's label rows as the fast parser and the forgiving one see them; objects stay bytes."""

from __future__ import annotations

import msgspec

NULL = msgspec.Raw(b"null")


class SliceFacts(msgspec.Struct, gc=False):
    """What a slice of a DICOM series says of itself."""

    uid: str | None = msgspec.field(default=None, name="dicom_instance_uid")
    number: int | None = msgspec.field(default=None, name="multiframe_frame_number")
    width: float | None = None
    height: float | None = None


class Frame(msgspec.Struct, gc=False):
    """One frame, slice, page or picture."""

    objects: list[msgspec.Raw] | None = None
    classifications: list[msgspec.Raw] | None = None
    metadata: SliceFacts | None = None


BRANCH = "branch "  # before its name stands for the author of its labels

# Of one picture its lists, else frames by number.
Labels = dict[str, Frame | list[msgspec.Raw] | None]


class Child(msgspec.Struct):
    """A part of a data group, a row of its own."""

    data_hash: str | None = None
    name: str | None = None
    layout_key: str | None = None


class UnitFacts(msgspec.Struct):
    """What a unit says of its series, or of the parts of its group."""

    series_uid: str | None = None
    children: list[Child] | None = None


class Unit(msgspec.Struct):
    """One file of a row; a DICOM series is one."""

    data_hash: str | None = None
    data_title: str | None = None
    data_type: str | None = None
    data_link: str | None = None
    data_links: list[str | None] | None = None
    data_sequence: int | str | None = None
    width: float | None = None
    height: float | None = None
    metadata: UnitFacts | None = None
    labels: Labels | None = None


class SpaceFrame(msgspec.Struct, gc=False):
    """A picture or slice of a space."""

    uid: str | None = msgspec.field(default=None, name="instance_uid")
    file_name: str | None = None
    width: float | None = None
    height: float | None = None


class ChildInfo(msgspec.Struct):
    """What a space is a part of its group as."""

    layout_key: str | None = None
    file_name: str | None = None


class Space(msgspec.Struct):
    """A part of a data group that holds its labels in the group's own row."""

    space_type: str | None = None
    child_info: ChildInfo | None = None
    frames: list[SpaceFrame] | None = None
    number_of_frames: float | None = None
    width: float | None = None
    height: float | None = None
    labels: Labels | None = None


Answers = dict[str, msgspec.Raw]


class Row(msgspec.Struct):
    """One label row: all labels of one data unit on one branch."""

    label_hash: str | None = None
    branch_name: str | None = None
    dataset_title: str | None = None
    data_hash: str | None = None
    data_title: str | None = None
    data_type: str | None = None
    label_status: msgspec.Raw = NULL
    annotation_task_status: msgspec.Raw = NULL
    workflow_graph_node: msgspec.Raw = NULL
    priority: msgspec.Raw = NULL
    assigned_user_email: msgspec.Raw = NULL
    video_link: str | None = None
    data_units: dict[str, Unit | None] | None = None
    spaces: dict[str, Space | None] | None = None
    object_answers: Answers | None = None
    classification_answers: Answers | None = None
    object_actions: Answers | None = None


class ObjectHead(msgspec.Struct, gc=False):
    """What an object is, its geometry and dates left aside."""

    id: str | None = msgspec.field(default=None, name="objectHash")
    feature: str | None = msgspec.field(default=None, name="featureHash")
    name: str | None = None
    shape: str | None = None
    color: str | None = None
    author: str | None = msgspec.field(default=None, name="createdBy")


class AnswerHead(msgspec.Struct, gc=False):
    """What a classification on a frame is; its answers stand elsewhere."""

    id: str | None = msgspec.field(default=None, name="classificationHash")
    feature: str | None = msgspec.field(default=None, name="featureHash")
    name: str | None = None
    author: str | None = msgspec.field(default=None, name="createdBy")


class SpaceRange(msgspec.Struct):
    """Frames of a space."""

    ranges: msgspec.Raw = msgspec.field(default=msgspec.Raw(b"[]"), name="range")


class Said(msgspec.Struct):
    """An entry of `object_answers` or `classification_answers`, its answers left aside."""

    feature: str | None = msgspec.field(default=None, name="featureHash")
    name: str | None = None
    shape: str | None = None
    color: str | None = None
    author: str | None = msgspec.field(default=None, name="createdBy")
    ranges: msgspec.Raw | None = msgspec.field(default=None, name="range")
    spaces: dict[str, SpaceRange] | None = None
    classifications: list[msgspec.Raw] | None = None


class AnswerName(msgspec.Struct, gc=False):
    """Which question an answer is to."""

    name: str | None = None
    feature: str | None = msgspec.field(default=None, name="featureHash")


ROW_LIST = msgspec.json.Decoder(list[Row])
ONE_ROW = msgspec.json.Decoder(Row)
OBJECT_HEAD = msgspec.json.Decoder(ObjectHead)
ANSWER_HEAD = msgspec.json.Decoder(AnswerHead)
SAID = msgspec.json.Decoder(Said)
ANSWER_NAME = msgspec.json.Decoder(AnswerName)
