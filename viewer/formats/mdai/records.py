"""MD.ai's records as the fast parser and the forgiving one see them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from viewer.formats.json_tools import Bytes, members, value_of

NULL = msgspec.Raw(b"null")
Number = int | float | None


class Record(msgspec.Struct, gc=False):
    """One annotation; geometry stays bytes. Keys beyond these are never touched."""

    id: str | None = None
    parentId: str | None = None
    labelId: str | None = None
    createdById: str | None = None
    modelId: str | None = None
    frameNumber: Number = None
    height: Number = None
    width: Number = None
    data: msgspec.Raw = NULL
    StudyInstanceUID: str | None = None
    SeriesInstanceUID: str | None = None
    SOPInstanceUID: str | None = None


class Details(Record):
    """A record with what only its own row shows."""

    note: str | None = None
    groupId: str | None = None
    createdAt: str | None = None
    updatedAt: str | None = None
    updatedById: str | None = None


class Study(msgspec.Struct):
    """An exam as listed by a dataset."""

    StudyInstanceUID: str | None = None
    number: int | float | str | None = None
    findings: str | None = None


class Label(msgspec.Struct):
    """A label of a label group."""

    id: str | None = None
    parentId: str | None = None
    name: str | None = None
    shortName: str | None = None
    description: str | None = None
    color: str | None = None
    type: str | None = None
    scope: str | None = None
    annotationMode: str | None = None


class Group(msgspec.Struct):
    """A label group."""

    name: str | None = None
    labels: list[Label] = []


class User(msgspec.Struct):
    """An entry of the table of users."""

    id: str | None = None
    name: str | None = None


class Dataset(msgspec.Struct):
    """A dataset whose annotations stay bytes."""

    id: str | None = None
    name: str | None = None
    studies: list[Study] = []
    annotations: list[msgspec.Raw] = []


class Document(msgspec.Struct):
    """The whole export; absent keys are empty."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    createdAt: str | None = None
    updatedAt: str | None = None
    labelGroups: list[Group] = []
    users: list[User] = []
    datasets: list[Dataset] = []


RECORDS = msgspec.json.Decoder(Record)
DETAILS = msgspec.json.Decoder(Details)
DOCUMENT = msgspec.json.Decoder(Document)
_FIELDS = {field.name: field for field in msgspec.structs.fields(Details)}
_NUMBERS = frozenset(("frameNumber", "height", "width"))


def details_of(record: Bytes) -> tuple[Details, tuple[str, ...]]:
    """Return a record and, for each key with a wrong type, a sentence; such a key counts as absent.

    Raises:
        BadJson: the record is no object.
    """
    try:
        return DETAILS.decode(record), ()
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return _forgiven(record)


def _forgiven(record: Bytes) -> tuple[Details, tuple[str, ...]]:
    found: dict[str, object] = {}
    for key, span in _known(record):
        token = bytes(record[span[0] : span[1]])
        found[key] = msgspec.Raw(token) if key == "data" else value_of(token)
    wrong: list[str] = []
    for key, value in tuple(found.items()):
        wanted = (int, float) if key in _NUMBERS else (str, msgspec.Raw)
        if value is not None and (isinstance(value, bool) or not isinstance(value, wanted)):
            wrong.append(f"{key} is {str(value)[:40]!r}")
            del found[key]
    return Details(**found), tuple(wrong)  # pyright: ignore[reportArgumentType]


def _known(record: Bytes) -> Iterator[tuple[str, tuple[int, int]]]:
    for member in members(record):
        if member.key in _FIELDS:
            yield member.key, (member.start, member.end)
