"""A model's outputs: who made them, and what their records say besides their geometry."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.formats.json_tools import is_list, is_object
from viewer.formats.mdai.records import Document, Model, Output, OutputDetails, Record
from viewer.model.answers import Attribute

OUTPUT = "it is a model's output, and MD.ai takes back annotations only"
_MOST = 100  # probabilities of one output that are shown one by one
_LONGEST = 300  # characters of a value


def is_output(reason: str | None) -> bool:
    """Whether a record that is locked for this reason is a model's output."""
    return reason is not None and reason.endswith(OUTPUT)


class ModelNames:
    """Names of the models that made records.

    Attributes:
        used: those that some record has, in order of appearance.
    """

    def __init__(self, document: Document) -> None:
        self._names = {model.id: model.name or model.id for model in document.models if model.id}
        self._versions = {
            version.id: _versioned(model, version.version_number)
            for model in document.models
            for version in model.versions
            if version.id
        }
        self._known: dict[tuple[object, object], str] = {}

    @property
    def used(self) -> tuple[str, ...]:
        """Every name that was asked for."""
        return tuple(dict.fromkeys(self._known.values()))

    def name_of(self, record: Record) -> str | None:
        """Return the author of a record that a model made; None where it names no model."""
        version = record.model_version_id if isinstance(record, Output) else None
        if not record.model_id and not version:
            return None
        key = (record.model_id, str(version or ""))
        if key not in self._known:
            self._known[key] = self._name(*key)
        return self._known[key]

    def _name(self, model: str | None, version: str) -> str:
        known = self._versions.get(version)
        if known is not None:
            return known
        name = f"model {self._names.get(model or '', model or '')}".rstrip()
        return f"{name}, version {version}" if version else name


def _versioned(model: Model, number: float | str | None) -> str:
    name = f"model {model.name or model.id or ''}".rstrip()
    if number is None:
        return name
    spelled = f"{number:.12g}" if isinstance(number, float) else str(number)
    return f"{name} v{spelled.removeprefix('v')}"


def attributes_of_output(details: OutputDetails) -> tuple[Attribute, ...]:
    """Return what a model's output says besides its geometry; nothing of it can be edited."""
    return tuple(_attributes(details))


def _attributes(details: OutputDetails) -> Iterator[Attribute]:
    yield from _probabilities(details.probability)
    if details.type not in (None, "ANNOTATION"):
        yield Attribute("type", _text(details.type))
    note = details.note
    if is_object(note):
        yield from (Attribute(f"note: {key}", _text(value)) for key, value in note.items())


def _probabilities(value: object) -> Iterator[Attribute]:
    """Yield one probability, or a list of them one below the other."""
    if value is None:
        return
    if not is_list(value):
        yield Attribute("probability", _value(value))
        return
    yield Attribute("probability", f"{len(value):,} values")
    for number, item in enumerate(value[:_MOST], 1):
        if is_object(item):
            words = ", ".join(f"{key}: {_text(one)}" for key, one in item.items())
            yield Attribute(f"{number}", words[:_LONGEST], depth=1)
        else:
            yield Attribute(f"{number}", _value(item), depth=1)


def _value(value: object) -> str | float | bool:
    return value if isinstance(value, bool | int | float) else _text(value)


def _text(value: object) -> str:
    return Attribute("", value if isinstance(value, int | float) else str(value)).text[:_LONGEST]


def attribute_of(name: str, value: object) -> Iterator[Attribute]:
    """Yield a value that is shown only, if it says anything."""
    if value is not None and value != 0 and value != "":
        yield Attribute(name, _value(value))
