"""New records: objects and classifications that follow the file's own keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from viewer.errors import CannotWrite
from viewer.formats.format import WriteJob
from viewer.formats.json_tools import BadJson, Span, is_list, is_object, value_of
from viewer.formats.labelbox.answers import Answers
from viewer.formats.labelbox.questions import answer_name, asked_tree
from viewer.formats.new_ids import digests
from viewer.formats.style import JsonValue
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import LabelClass, ShapeKind
from viewer.model.placement import Attribute

TAILS: Mapping[ShapeKind, str] = {
    "box": "BoundingBox",
    "point": "Point",
    "polygon": "Polygon",
    "polyline": "Polyline",
    "mask": "SegmentationMask",
}
USUAL_KEYS = (
    "feature_id", "feature_schema_id", "name", "value", "annotation_kind", "classifications",
)  # fmt: skip
USUAL_OLD_KEYS = (
    "featureId", "schemaId", "title", "value", "color", "keyframe", "classifications",
)  # fmt: skip
GEOMETRY_KEYS = (
    "bounding_box", "bbox", "point", "polygon", "line", "mask", "composite_mask", "instanceURI",
)  # fmt: skip
_ANSWERS = ("radio_answer", "checklist_answers", "text_answer", "answer", "answers")
_LOOKED_AT = 20_000  # records that are searched for what an answer is called elsewhere


@dataclass(eq=False)
class Maker:
    """Makes the values of new records.

    Args:
        ids: of new annotations.
        is_old: new records are spelled as v1 does.
    """

    job: WriteJob
    ids: Mapping[AnnotationId, str]
    is_old: bool = False
    _taken: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        self._taken.update(self.ids.values())

    def object(
        self,
        annotation: Annotation,
        geometry: tuple[str, JsonValue],
        kind: str,
        like: Mapping[str, object],
    ) -> dict[str, JsonValue]:
        """Return a new object record.

        Args:
            geometry: its key and value.
            kind: such as "ImagePolygon".
            like: an object whose keys are followed; empty without.
        """
        id = annotation.native_id or self.ids[annotation.id]
        key, value = geometry
        if self.is_old and key == "bounding_box":
            key = "bbox"
        usual = USUAL_OLD_KEYS if self.is_old else USUAL_KEYS
        own: dict[str, JsonValue] = {
            **({"featureId": id} if self.is_old else {"feature_id": id, "annotation_kind": kind}),
            "classifications": [],
            **self.class_keys(annotation.class_id),
        }
        names = [key if name in GEOMETRY_KEYS else name for name in (like or usual)]
        names = [*names, *(name for name in usual if name not in names), key]
        if self.is_old and not kind.startswith("Image"):
            own["keyframe"] = True
        made = {**own, key: value}
        return {name: made[name] for name in dict.fromkeys(names) if name in made}

    def question(self, annotation: Annotation) -> dict[str, JsonValue]:
        """Return a new classification record.

        Raises:
            CannotWrite: it has no answer.
        """
        attributes = annotation.attributes or annotation.placements[0].attributes
        asked = asked_tree(attributes)
        if not asked or not asked[0].is_answered:
            raise CannotWrite("a classification needs an answer")
        id = annotation.native_id or self.ids[annotation.id]
        id_key = "featureId" if self.is_old else "feature_id"
        return self.written.record(asked[0], {id_key: id, **self.class_keys(annotation.class_id)})

    @cached_property
    def written(self) -> Answers:
        """What writes answers in the spelling of new records."""
        return Answers(self.new_id, self.known, "v1" if self.is_old else "v2")

    def class_keys(self, class_id: str) -> dict[str, JsonValue]:
        """Return what records of a class say of it: schema id, name and value, as far as known."""
        label = self.label(class_id)
        found = self._samples.get(class_id, {})
        names = ("feature_schema_id", "name", "value", "schemaId", "title", "color")
        if found:
            return {key: str(found[key]) for key in names if isinstance(found.get(key), str)}
        if self.is_old:
            return {"title": label.name, "value": label.name.lower().replace(" ", "_")}
        return {"name": label.name, "value": label.name.lower().replace(" ", "_")}

    def label(self, class_id: str) -> LabelClass:
        """Return a class of the export.

        Raises:
            CannotWrite: there is none with this id.
        """
        label = self.job.export.ontology.by_id.get(class_id)
        if label is None:
            raise CannotWrite(f"its class {class_id!r} is not in the export")
        return label

    @cached_property
    def _samples(self) -> Mapping[str, dict[str, object]]:
        """The first record of each class."""
        columns = self.job.base.columns
        found: dict[str, dict[str, object]] = {}
        for row in range(columns.count):
            name = columns.class_of(row)
            if name not in found:
                found[name] = self._record(row)
                if len(found) == len(columns.classes):
                    break
        return found

    def answers(self, attributes: Sequence[Attribute]) -> list[JsonValue]:
        """Return the classifications of a new object."""
        return [self.written.record(one) for one in asked_tree(attributes) if one.is_answered]

    def _record(self, ordinal: int) -> dict[str, object]:
        columns = self.job.base.columns
        span = Span(int(columns.starts[ordinal]), int(columns.ends[ordinal]))
        return self.value_at(span, int(columns.sources[ordinal]))

    def value_at(self, span: Span, source: int = 0) -> dict[str, object]:
        """Return the value of a record; nothing where it is damaged."""
        base = self.job.export.sources[source].base
        try:
            value = value_of(base[span.start : span.end])
        except BadJson:
            return {}
        return value if is_object(value) else {}

    def new_id(self, *words: str) -> str:
        """Return a feature id that nothing in the export has, from words alone."""
        made = next(id for id in ids_from("|".join(words)) if self._is_free(id))
        self._taken.add(made)
        return made

    def _is_free(self, id: str) -> bool:
        return id not in self._taken and id.encode() not in self.job.base.columns.native_ids.text

    def known(self, question: str, name: str) -> Mapping[str, str]:
        """Return schema id and value of an answer that the export has elsewhere.

        Args:
            question: its schema id or name.
            name: of the answer; "" for those of the question.
        """
        return self._known_answers.get((question, name), {})

    @cached_property
    def _known_answers(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        found: dict[tuple[str, str], Mapping[str, str]] = {}
        for ordinal in range(min(self.job.base.columns.count, _LOOKED_AT)):
            record = self._record(ordinal)
            is_question = any(key in record for key in _ANSWERS)
            nested = record.get("classifications")
            for names, answer_names, said in _answers_in([record] if is_question else nested):
                for question in names:
                    found.setdefault((question, answer_names), said)
        return found


def _answers_in(
    records: object,
) -> Iterator[tuple[tuple[str, ...], str, Mapping[str, str]]]:
    """Yield (schema id and name of the question, name of the answer, what it says of itself).

    Of classifications, nested ones too; of each question itself with "" for the answer.
    """
    for record in records if is_list(records) else ():
        if not is_object(record):
            continue
        keys = ("feature_schema_id", "schemaId", "name", "title")
        names = tuple(str(record[key]) for key in keys if record.get(key))
        yield names, "", _said(record)
        for key in _ANSWERS:
            value = record.get(key)
            for answer in value if is_list(value) else (value,):
                if is_object(answer):
                    yield names, answer_name(answer), _said(answer)
                    yield from _answers_in(answer.get("classifications"))


def _said(record: Mapping[str, object]) -> Mapping[str, str]:
    """Return schema id and value of a question or an answer, as far as it says them."""
    found = {
        "feature_schema_id": record.get("feature_schema_id", record.get("schemaId")),
        "value": record.get("value"),
    }
    return {key: value for key, value in found.items() if isinstance(value, str)}


def ids_for(annotation: Annotation) -> Iterator[str]:
    """Yield feature ids from time, place and number alone."""
    first = annotation.placements[0].media if annotation.placements else None
    return ids_from(f"{annotation.created}|{annotation.id.ordinal}|{first}|{annotation.class_id}")


def ids_from(seed: str) -> Iterator[str]:
    """Yield ids of the vendor's form, a "c" and 24 letters and digits, that follow from `seed`."""
    for digest in digests(seed):
        number = int.from_bytes(digest[:16], "big")
        letters: list[str] = []
        for _ in range(24):
            number, digit = divmod(number, 36)
            letters.append("0123456789abcdefghijklmnopqrstuvwxyz"[digit])
        yield "c" + "".join(letters)
