"""DATAGYM's label configuration: the one file that says colours, texts, options and nesting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from viewer.errors import Issue
from viewer.formats.datagym.answers import KINDS
from viewer.formats.datagym.gather import global_id
from viewer.formats.datagym.shapes import TYPES
from viewer.formats.json_tools import BadJson, Bytes, is_object, value_of
from viewer.formats.values import objects_in, shown_text, text_in
from viewer.model.answers import Attribute
from viewer.model.ontology import LabelClass

Json = Mapping[str, object]
Questions = Mapping[str, Mapping[str, Attribute]]  # by class id and path
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_DEEPEST = 20  # the platform allows four


@dataclass(frozen=True, eq=False)
class Configuration:
    """What a label configuration says.

    Args:
        classes: roots and the geometries nested in them; the id of a nested one is "outer/key".
        types: of each key, as a list of classes has them.
        issues: what is odd about it.
    """

    classes: tuple[LabelClass, ...] = ()
    types: Mapping[str, tuple[str, ...]] | None = None
    issues: tuple[Issue, ...] = ()


def configuration_of(data: Bytes) -> Configuration:
    """Return what a label configuration says; a damaged one says nothing but that."""
    try:
        value = value_of(bytes(data))
    except BadJson as error:
        sentence = f"The label configuration is damaged: {error}; its colours are not used."
        return Configuration(issues=(Issue("warning", "configuration-damaged", sentence),))
    roots = objects_in(value)
    types: dict[str, tuple[str, ...]] = {}
    for root in roots:
        _note_types(root, types, 0)
    classes = [label for root in roots for label in _classes(root)]
    return Configuration(tuple(classes), types)


def _note_types(entry: Json, types: dict[str, tuple[str, ...]], depth: int) -> None:
    key, word = _key(entry), _type(entry)
    if word not in types.get(key, ()):
        types[key] = (*types.get(key, ()), word)
    for child in _children(entry) if depth < _DEEPEST else ():
        _note_types(child, types, depth + 1)


def _classes(root: Json) -> Iterator[LabelClass]:
    word, key = _type(root), _key(root)
    if word in KINDS:
        asked = tuple(_questions(root, "", 0))
        yield LabelClass(global_id(key), _title(root), mode=word, scope="series", questions=asked)
        return
    yield _geometry(root, key, None)
    for child in _children(root):
        if _type(child) in TYPES:
            yield _geometry(child, f"{key}/{_key(child)}", key)


def _geometry(entry: Json, id: str, parent: str | None) -> LabelClass:
    word, color = _type(entry), entry.get("color")
    is_color = isinstance(color, str) and _COLOR.fullmatch(color)
    asked = [one for child in _children(entry) for one in _questions(child, "", 0)]
    return LabelClass(
        id,
        _title(entry),
        color=str(color).lower() if is_color else None,
        kind=TYPES.get(word),
        mode=word,
        parent=parent,
        questions=tuple(asked),
    )


def _questions(entry: Json, path: str, depth: int) -> Iterator[Attribute]:
    """Yield a question and those below it; nothing for a geometry."""
    word = _type(entry)
    if word not in KINDS or depth > _DEEPEST:
        return
    kind, at = KINDS[word], f"{path}/{quote(_key(entry), safe='')}"
    options = entry.get("options")
    names = tuple(shown_text(one) for one in options) if is_object(options) else ()
    value = () if kind == "choices" else None
    yield Attribute(_title(entry), value, at, kind, names, depth)
    for child in _children(entry):
        yield from _questions(child, at, depth + 1)


def _children(entry: Json) -> Sequence[Json]:
    return objects_in(entry.get("children"))


def _key(entry: Json) -> str:
    return text_in(entry, "entryKey")


def _title(entry: Json) -> str:
    return text_in(entry, "entryValue") or _key(entry)


def _type(entry: Json) -> str:
    """Return the type of an entry, which exports write in capitals and the library in small."""
    return text_in(entry, "type").lower()


def joined(
    found: Configuration, known: Sequence[LabelClass], used: Sequence[str]
) -> tuple[tuple[LabelClass, ...], Questions]:
    """Return the classes of an export with what a configuration says of them, and its questions.

    Args:
        known: classes as the export alone tells them.
        used: ids of those that have labels.
    """
    by_id = {one.id: one for one in known}
    ids = {one.id: _own_id(one, by_id, found.classes) for one in found.classes}
    classes: dict[str, LabelClass] = {}
    for one in found.classes:
        classes.setdefault(ids[one.id], msgspec.structs.replace(one, id=ids[one.id]))
    for id in used:
        if id not in classes and id in by_id:
            classes[id] = by_id[id]
    asked = {id: {each.key: each for each in one.questions} for id, one in classes.items()}
    return tuple(classes.values()), asked


def _own_id(one: LabelClass, known: Mapping[str, LabelClass], others: Sequence[LabelClass]) -> str:
    """Return the id that an export has for a class of a configuration."""
    if one.parent is None or one.id in known:
        return one.id
    key = one.id.removeprefix(f"{one.parent}/")
    if key in known and known[key].parent == one.parent:
        return key
    same = [other for other in others if other.id == key or other.id.endswith(f"/{key}")]
    is_root = key in known and known[key].parent is None and known[key].mode == one.mode
    return key if len(same) == 1 and (key not in known or is_root) else one.id
