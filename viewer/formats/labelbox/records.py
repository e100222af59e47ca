"""Labelbox's rows as the fast parser and the forgiving one see them; objects stay bytes."""

from __future__ import annotations

import math

import msgspec

EMPTY = msgspec.Raw(b"{}")


class Frame(msgspec.Struct, gc=False):
    """One frame of a label: objects by feature id, answers about the frame."""

    objects: dict[str, msgspec.Raw] = {}
    classifications: list[msgspec.Raw] = []


class Group(msgspec.Struct):
    """One plane of a DICOM label."""

    classifications: list[msgspec.Raw] = []
    frames: dict[str, Frame] = {}


class Annotations(msgspec.Struct):
    """What a label holds: `objects` of an image, `frames` of a video, `groups` of DICOM."""

    objects: list[msgspec.Raw] = []
    classifications: list[msgspec.Raw] = []
    relationships: list[msgspec.Raw] = []
    frames: dict[str, Frame] | msgspec.UnsetType = msgspec.UNSET
    groups: dict[str, Group] | msgspec.UnsetType = msgspec.UNSET
    segments: msgspec.Raw = EMPTY
    key_frames: msgspec.Raw = msgspec.field(default=EMPTY, name="key_frame_feature_map")


class LabelDetails(msgspec.Struct):
    """When and by whom a label was made."""

    created_at: str | None = None
    updated_at: str | None = None
    created_by: str | None = None


class Label(msgspec.Struct):
    """One label of a data row, by one person."""

    id: str | None = None
    label_kind: str | None = None
    label_details: LabelDetails | None = None
    annotations: Annotations | None = None
    performance: msgspec.Raw = msgspec.field(default=EMPTY, name="performance_details")


class ProjectPart(msgspec.Struct):
    """What one project says of a data row."""

    name: str | None = None
    project_name: str | None = None
    labels: list[Label] = []
    details: msgspec.Raw = msgspec.field(default=EMPTY, name="project_details")


class Run(msgspec.Struct):
    """A model run's labels and predictions of a data row."""

    name: str | None = None
    labels: list[Label] = []
    predictions: list[Label] = []


class Experiment(msgspec.Struct):
    """A model."""

    name: str | None = None
    runs: dict[str, Run] = {}


class DataRow(msgspec.Struct):
    """What was labelled, by its names."""

    id: str | None = None
    global_key: str | None = None
    external_id: str | None = None
    row_data: str | None = None


class MediaAttributes(msgspec.Struct):
    """What the export says of the media."""

    width: float | None = None
    height: float | None = None
    frame_count: float | None = None
    mime_type: str | None = None
    exif_rotation: str | float | None = None


class Row(msgspec.Struct):
    """One row of an export: v2 or v1, a record of one frame, or a document that lists rows."""

    data_row: DataRow | None = None
    media_attributes: MediaAttributes | None = None
    projects: dict[str, ProjectPart] = {}
    experiments: dict[str, Experiment] = {}
    exports: list[Row] = []
    v1_id: str | None = msgspec.field(default=None, name="ID")
    v1_data_row: str | None = msgspec.field(default=None, name="DataRow ID")
    v1_label: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="Label")
    v1_file: str | None = msgspec.field(default=None, name="Labeled Data")
    v1_external_id: str | None = msgspec.field(default=None, name="External ID")
    v1_global_key: str | None = msgspec.field(default=None, name="Global Key")
    v1_author: str | None = msgspec.field(default=None, name="Created By")
    v1_project: str | None = msgspec.field(default=None, name="Project Name")
    v1_agreement: msgspec.Raw = msgspec.field(default=EMPTY, name="Agreement")
    v1_benchmark: msgspec.Raw = msgspec.field(default=EMPTY, name="Benchmark Agreement")
    v1_open_issues: msgspec.Raw = msgspec.field(default=EMPTY, name="Has Open Issues")
    v1_skipped: msgspec.Raw = msgspec.field(default=EMPTY, name="Skipped")
    v1_workflow: msgspec.Raw = msgspec.field(default=EMPTY, name="DataRow Workflow Info")
    frame_number: int | None = msgspec.field(default=None, name="frameNumber")
    objects: list[msgspec.Raw] = []
    classifications: list[msgspec.Raw] = []

    @property
    def is_v1(self) -> bool:
        """Whether this is a row of the export before v2."""
        return self.v1_label is not msgspec.UNSET or self.v1_data_row is not None


class OldGroup(msgspec.Struct):
    """One plane of a DICOM label of v1."""

    name: str | None = None
    objects: list[msgspec.Raw] = []
    classifications: list[msgspec.Raw] = []
    frames: msgspec.Raw = EMPTY


class OldLabel(msgspec.Struct):
    """A label of v1: of an image, or of a video or series whose frames may lie elsewhere."""

    objects: list[msgspec.Raw] = []
    classifications: list[msgspec.Raw] = []
    frames: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    groups: list[OldGroup] = []


class OldFrame(msgspec.Struct):
    """A frame of v1."""

    number: int | None = msgspec.field(default=None, name="frameNumber")
    objects: list[msgspec.Raw] = []
    classifications: list[msgspec.Raw] = []


class DataRowKey(msgspec.Struct):
    """The data row that a row of an import is for."""

    id: str | None = None
    global_key: str | None = msgspec.field(default=None, name="globalKey")


class Segment(msgspec.Struct):
    """A stretch of a row of an import."""

    keyframes: list[msgspec.Raw] = []


class KeyFrame(msgspec.Struct):
    """The frame that a record of an import is on: `frame` of a shape, `index` of a mask."""

    frame: int | None = None
    index: int | None = None


class Instance(msgspec.Struct):
    """One colour of a composite mask."""

    name: str | None = None


class Masks(msgspec.Struct):
    """Composite masks of a row of an import."""

    frames: list[KeyFrame] = []
    instances: list[Instance] = []


class FrameRange(msgspec.Struct):
    """Frames that an answer of an import holds on, both ends among them."""

    start: int = 0
    end: int = -1


class ImportRow(msgspec.Struct):
    """One row of an import: a label with its data row, by name or schema."""

    uuid: str | None = None
    name: str | None = None
    schema_id: str | None = msgspec.field(default=None, name="schemaId")
    data_row: DataRowKey | None = msgspec.field(default=None, name="dataRow")
    group: str | None = msgspec.field(default=None, name="groupKey")
    segments: list[Segment] | msgspec.UnsetType = msgspec.UNSET
    masks: Masks | msgspec.UnsetType = msgspec.UNSET
    answer: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    frames: list[FrameRange] = []
    relationship: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Corner(msgspec.Struct, gc=False):
    """A vertex in pixels."""

    x: float = math.nan
    y: float = math.nan


class Sides(msgspec.Struct, gc=False):
    """A box in pixels."""

    top: float = math.nan
    left: float = math.nan
    height: float = math.nan
    width: float = math.nan


class Object(msgspec.Struct, gc=False):
    """One object, or one frame of an object."""

    feature_id: str | None = None
    feature_schema_id: str | None = None
    name: str | None = None
    value: str | None = None
    annotation_kind: str | None = None
    classifications: msgspec.Raw = msgspec.Raw(b"[]")
    bounding_box: Sides | None = None
    point: Corner | None = None
    polygon: list[Corner] | None = None
    line: list[Corner] | None = None
    mask: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    composite_mask: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    color: str | None = None


class OldObject(msgspec.Struct, gc=False):
    """An object of v1, or a row of an import."""

    feature_id: str | None = msgspec.field(default=None, name="featureId")
    uuid: str | None = None
    schema_id: str | None = msgspec.field(default=None, name="schemaId")
    title: str | None = None
    name: str | None = None
    value: str | None = None
    color: str | None = None
    keyframe: bool | None = None
    classifications: msgspec.Raw = msgspec.Raw(b"[]")
    bbox: Sides | None = None
    point: Corner | None = None
    polygon: list[Corner] | None = None
    line: list[Corner] | None = None
    uri: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="instanceURI")
    mask: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET

    def as_object(self) -> Object:
        """Return the same as an object of v2; its kind is the key of its geometry."""
        found = {"bbox": self.bbox, "polygon": self.polygon, "line": self.line, "point": self.point}
        kind = next((key for key, value in found.items() if value is not None), None)
        mask = self.mask if self.uri is msgspec.UNSET else self.uri
        if kind is None and mask is not msgspec.UNSET:
            kind = "mask"
        return Object(
            feature_id=self.feature_id or self.uuid,
            feature_schema_id=self.schema_id,
            name=self.title or self.name,
            value=self.value,
            annotation_kind=kind,
            classifications=self.classifications,
            bounding_box=self.bbox,
            point=self.point,
            polygon=self.polygon,
            line=self.line,
            mask=mask if kind == "mask" else msgspec.UNSET,
            color=self.color,
        )


OBJECT = msgspec.json.Decoder(Object)
OLD_OBJECT = msgspec.json.Decoder(OldObject)
ROWS = msgspec.json.Decoder(Row)
ROW_LIST = msgspec.json.Decoder(list[Row])
