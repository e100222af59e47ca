"""MD.ai's records as the fast parser and the forgiving one see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, get_args

import msgspec

from viewer.errors import Issue
from viewer.formats.json_tools import BadJson, Bytes, members, value_of
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.values import shown_text
from viewer.model.table import Ints

NULL = msgspec.Raw(b"null")
Number = int | float | None


class Record(msgspec.Struct, gc=False, rename="camel"):
    """One annotation; geometry stays bytes. Keys beyond these are never touched.

    The fields stand in the order in which MD.ai writes them, which is the quickest to decode.
    """

    id: str | None = None
    parent_id: str | None = None
    is_interpolated: object = None
    cloned_from_model_output_id: object = None
    created_by_id: str | None = None
    model_id: str | None = None
    label_id: str | None = None
    height: Number = None
    width: Number = None
    data: msgspec.Raw = NULL
    frame_number: Number = None
    study_uid: str | None = msgspec.field(default=None, name="StudyInstanceUID")
    series_uid: str | None = msgspec.field(default=None, name="SeriesInstanceUID")
    instance_uid: str | None = msgspec.field(default=None, name="SOPInstanceUID")

    @property
    def made_from(self) -> str | None:
        """The id of the model's output that it was copied from; None for every other value."""
        cloned = self.cloned_from_model_output_id
        return cloned if isinstance(cloned, str) and cloned else None


class Details(Record, rename="camel"):
    """A record with what only its own row shows.

    What is shown and never asked for may be anything.
    """

    note: str | None = None
    group_id: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    updated_by_id: str | None = None
    timestamp: object = None
    reviews_positive_count: object = None
    reviews_negative_count: object = None

    @property
    def reviews(self) -> tuple[int, int]:
        """How many reviews are in favour and against; what is no count is none."""
        return _count(self.reviews_positive_count), _count(self.reviews_negative_count)


class Output(Record, rename="camel"):
    """A model's output, as a table row needs it."""

    model_version_id: object = None


class OutputDetails(Output, rename="camel"):
    """A model's output with what only its own row shows, which may be anything."""

    type: object = None
    created_at: object = None
    note: object = None
    probability: object = None
    model_task_id: object = None


class Study(msgspec.Struct, rename="camel"):
    """An exam as listed by a dataset."""

    study_uid: str | None = msgspec.field(default=None, name="StudyInstanceUID")
    number: int | float | str | None = None
    findings: str | None = None


class Label(msgspec.Struct, rename="camel"):
    """A label of a label group."""

    id: str | None = None
    parent_id: str | None = None
    name: str | None = None
    short_name: str | None = None
    description: str | None = None
    color: str | None = None
    type: str | None = None
    scope: str | None = None
    annotation_mode: str | None = None


class Group(msgspec.Struct, rename="camel"):
    """A label group."""

    name: str | None = None
    labels: list[Label] = []


class User(msgspec.Struct, rename="camel"):
    """An entry of the table of users."""

    id: str | None = None
    name: str | None = None


class Version(msgspec.Struct, rename="camel"):
    """A version of a model."""

    id: str | None = None
    version_number: int | float | str | None = None


class Model(msgspec.Struct, rename="camel"):
    """A model of an export of its outputs."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    versions: list[Version] = []


class Dataset(msgspec.Struct, rename="camel"):
    """A dataset whose records stay bytes."""

    id: str | None = None
    name: str | None = None
    studies: list[Study] = []
    annotations: list[msgspec.Raw] = []
    model_outputs: list[msgspec.Raw] | None = None


class Document(msgspec.Struct, rename="camel"):
    """The whole export; absent keys are empty.

    `model` and `labels` are what the file of an exported model has instead of the other lists.
    """

    id: str | None = None
    name: str | None = None
    description: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    label_groups: list[Group] = []
    users: list[User] = []
    models: list[Model] = []
    datasets: list[Dataset] = []
    model: Model | None = None
    labels: list[Label] = []


@dataclass(frozen=True, eq=False)
class Parsed:
    """A document and its annotations in file order.

    Args:
        chunks: the records, some megabytes at once, so that none has to be kept.
        starts, ends: byte span of each record.
        outputs: numbers of those that are a model's outputs, rising.
        damage: reasons why a record is locked, by its number.
    """

    document: Document
    chunks: Iterable[Sequence[Record]]
    starts: Ints
    ends: Ints
    outputs: Ints
    damage: dict[int, str] = field(default_factory=dict[int, str])
    issues: Sequence[Issue] = ()


def _count(value: object) -> int:
    return value if type(value) is int and value > 0 else 0


RECORDS = msgspec.json.Decoder(Record)
DETAILS = msgspec.json.Decoder(Details)
OUTPUTS = msgspec.json.Decoder(Output)
OUTPUT_DETAILS = msgspec.json.Decoder(OutputDetails)
DOCUMENT = msgspec.json.Decoder(Document)
_R = TypeVar("_R", bound=Record)


def record_of(record: Bytes) -> tuple[Record, tuple[str, ...]]:
    """Return what a table row needs of a record and, for each key with a wrong type, a sentence.

    Such a key counts as absent.

    Raises:
        BadJson: the record is no object.
    """
    return _decoded(record, RECORDS, Record)


def output_of(record: Bytes) -> tuple[Output, tuple[str, ...]]:
    """Do what `record_of` does for a model's output.

    Raises:
        BadJson: the record is no object.
    """
    return _decoded(record, OUTPUTS, Output)


def output_details_of(record: Bytes) -> tuple[OutputDetails, tuple[str, ...]]:
    """Do what `record_of` does for all that is known of a model's output.

    Raises:
        BadJson: the record is no object.
    """
    return _decoded(record, OUTPUT_DETAILS, OutputDetails)


def details_of(record: Bytes) -> tuple[Details, tuple[str, ...]]:
    """Do what `record_of` does for all that is known of a record.

    Raises:
        BadJson: the record is no object.
    """
    return _decoded(record, DETAILS, Details)


def _decoded(
    record: Bytes, decoder: msgspec.json.Decoder[_R], kind: type[_R]
) -> tuple[_R, tuple[str, ...]]:
    try:
        return decoder.decode(record), ()
    except FAST_REFUSES:
        return _forgiven(record, kind())


def _forgiven(record: Bytes, found: _R) -> tuple[_R, tuple[str, ...]]:
    known = {field.encode_name: field for field in msgspec.structs.fields(found)}
    wrong: list[str] = []
    for member in members(record):
        field = known.get(member.key)
        if field is None:
            continue
        token = bytes(record[member.start : member.end])
        if field.name == "data":
            found.data = msgspec.Raw(token)
        elif not set_bytes(found, field, token):
            wrong.append(f"{member.key} is {token[:40].decode('utf-8', 'replace')}")
    return found, tuple(wrong)


def set_bytes(target: msgspec.Struct, field: msgspec.structs.FieldInfo, token: bytes) -> bool:
    """Set a field from its JSON text if that holds a value of its type; return whether it does.

    Characters that UTF-8 cannot hold (lone surrogates, bytes that are no UTF-8) are spelled as
    escapes, so that every string of the model can be shown and sent.
    """
    try:
        value = value_of(token)
    except BadJson:
        return False
    if isinstance(value, str):
        if field.type is not object and str not in get_args(field.type):
            return False
        value = shown_text(value)
    try:
        setattr(target, field.name, msgspec.convert(value, field.type))
    except msgspec.ValidationError:
        return False
    return True
