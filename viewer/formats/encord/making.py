"""New records: objects, classifications and their entries among the answers."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import cast

from viewer.errors import CannotWrite
from viewer.formats.encord.known import value_of
from viewer.formats.encord.numbers import GEOMETRY_KEYS
from viewer.formats.encord.ontology import Json
from viewer.formats.encord.shapes import record_of
from viewer.formats.encord.times import spelled_time
from viewer.formats.format import WriteJob
from viewer.formats.json_tools import BadJson
from viewer.formats.new_ids import digests
from viewer.formats.style import JsonValue
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import LabelClass
from viewer.model.placement import Origin

Record = dict[str, JsonValue]
_USUAL = (
    "objectHash", "featureHash", "name", "value", "color", "shape", "confidence", "createdBy",
    "createdAt", "lastEditedBy", "lastEditedAt", "manualAnnotation",
)  # fmt: skip
_NEEDED = ("objectHash", "featureHash", "name", "value", "color", "shape", "manualAnnotation")
_NOTHING: Json = MappingProxyType({})
ANSWERED = "classification"  # mode of classes that are answered


@dataclass(eq=False)
class Maker:
    """Makes the values of new records.

    Args:
        ids: of new annotations.
    """

    job: WriteJob
    ids: Mapping[AnnotationId, str]
    _values: dict[Origin, Json] = field(default_factory=dict[Origin, Json])

    def id_of(self, annotation: Annotation) -> str:
        """Return the id that an annotation has in the file."""
        return annotation.native_id or self.ids[annotation.id]

    def label(self, class_id: str) -> LabelClass:
        """Return a class of the export.

        Raises:
            CannotWrite: there is none with this id.
        """
        label = self.job.export.ontology.by_id.get(class_id)
        if label is None:
            raise CannotWrite(f"its class {class_id!r} is not in the export")
        return label

    def object(
        self, annotation: Annotation, geometry: Mapping[str, JsonValue], like: Json
    ) -> Record:
        """Return a new object.

        Args:
            geometry: its members.
            like: an object whose keys are followed; empty without.
        """
        time = spelled_time(annotation.created, like.get("createdAt"))
        own: Record = {
            "objectHash": self.id_of(annotation),
            **self.class_keys(annotation.class_id),
            "confidence": 1,
            "createdBy": annotation.author or None,
            "createdAt": time,
            "lastEditedBy": annotation.author or None,
            "lastEditedAt": time,
            "manualAnnotation": True,
        }
        held = [key for key in like if key in own or key in GEOMETRY_KEYS]
        names = held or [*_USUAL, "geometry"]
        names += [key for key in _NEEDED if key not in names]
        if not any(key in GEOMETRY_KEYS or key == "geometry" for key in names):
            names.append("geometry")
        made: Record = {}
        for name in names:
            if name in GEOMETRY_KEYS or name == "geometry":
                made.update(geometry)
            elif own.get(name) is not None or (name in held and name in own):
                made[name] = own[name]
        return made

    def following(
        self, like: Json, geometry: Mapping[str, JsonValue], annotation: Annotation
    ) -> Record:
        """Return a record that says what another one does, but for its geometry."""
        made: Record = {}
        for key, value in like.items():
            if key not in GEOMETRY_KEYS:
                made[key] = cast("JsonValue", value)
            elif not geometry.keys() & made.keys():
                made.update(geometry)
        made.update({key: made.get(key, value) for key, value in geometry.items()})
        return {**made, **self.class_keys(annotation.class_id)}

    def class_keys(self, class_id: str) -> Record:
        """Return what records of a class say of it."""
        label = self.label(class_id)
        like = self._samples.get(class_id, {})
        name = label.name
        said = like.get("value")
        color: Record = {"color": label.color} if label.color else {}
        return {
            "featureHash": class_id,
            "name": name,
            "value": said if isinstance(said, str) else value_of(name),
            **color,
            "shape": label.mode or "",
        }

    def classification(self, annotation: Annotation) -> Record:
        """Return a new entry of a frame's list of classifications."""
        label = self.label(annotation.class_id)
        time = spelled_time(annotation.created, None)
        return {
            "featureHash": annotation.class_id,
            "classificationHash": self.id_of(annotation),
            "name": label.name,
            "value": value_of(label.name),
            "confidence": 1,
            "createdBy": annotation.author or None,
            "createdAt": time,
            "lastEditedAt": time,
            "manualAnnotation": True,
        }

    def answer_entry(
        self, annotation: Annotation, ranges: JsonValue, spaces: JsonValue, answers: JsonValue
    ) -> Record:
        """Return what stands among the answers of a new classification."""
        time = spelled_time(annotation.created, None)
        return {
            "classificationHash": self.id_of(annotation),
            "featureHash": annotation.class_id,
            "range": ranges,
            "spaces": spaces,
            "createdBy": annotation.author or None,
            "createdAt": time,
            "lastEditedBy": annotation.author or None,
            "lastEditedAt": time,
            "confidence": 1,
            "manualAnnotation": True,
            "classifications": answers,
        }

    def value_at(self, origin: Origin) -> Json:
        """Return the value of a record; nothing where it is damaged."""
        if origin not in self._values:
            base = memoryview(self.job.export.sources[origin.source].base)
            try:
                self._values[origin] = record_of(base[origin.start : origin.end])
            except BadJson:
                self._values[origin] = {}
        return self._values[origin]

    def sample(self, class_id: str) -> Json:
        """Return the first record of a class, or else of any; empty without."""
        every = self._samples
        return every[class_id] if class_id in every else next(iter(every.values()), _NOTHING)

    @cached_property
    def _samples(self) -> Mapping[str, Json]:
        """The first record of each class of objects."""
        columns = self.job.base.columns
        found: dict[str, Json] = {}
        seen = set[int]()
        for row, code in enumerate(columns.class_codes.tolist()):
            if code not in seen:
                seen.add(code)
                span = int(columns.starts[row]), int(columns.ends[row])
                record = self.value_at(Origin(0, *span))
                if any(key in record for key in GEOMETRY_KEYS):
                    found[columns.classes[code]] = record
        return found


def ids_for(annotation: Annotation) -> Iterator[str]:
    """Yield ids of the vendor's form, eight letters and digits, from time, place and number."""
    first = annotation.placements[0].media if annotation.placements else None
    seed = f"{annotation.created}|{annotation.id.ordinal}|{first}|{annotation.class_id}"
    for digest in digests(seed):
        yield base64.b64encode(digest[:6]).decode()
