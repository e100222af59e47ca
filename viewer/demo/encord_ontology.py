"""The ontology that the demo's labels follow at Encord."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from viewer.demo.cine import ANSWERS
from viewer.demo.encord_shapes import WORDS
from viewer.demo.ontology import VALVE, WALL_MOTION
from viewer.demo.vendors import Mark, made_up_id

Json = dict[str, Any]
Said = Mapping[str, Mapping[str, str]]  # answers by question, by label id


@dataclass(frozen=True)
class ObjectClass:
    """One class of objects: what they are called and drawn as, and which texts are asked of them.

    Args:
        shape: Encord's word.
    """

    name: str
    shape: str
    color: str
    asked: tuple[str, ...] = ()


VALVES = ObjectClass(VALVE.name, "bounding_box", VALVE.color.upper())


def classes_of(drawn: Iterable[Mark], answers: Said) -> dict[str, ObjectClass]:
    """Return the class of each kind of label, by name and reader."""
    found: dict[str, ObjectClass] = {}
    for mark in drawn:
        old = found.get(mark.full_name)
        asked = dict.fromkeys((*(old.asked if old else ()), *answers.get(mark.id, ())))
        word = WORDS[mark.mode or ""]
        one = ObjectClass(mark.full_name, word, mark.color.upper(), tuple(asked))
        found[mark.full_name] = one
    return found


def feature(*names: str) -> str:
    """Return the hash of an object, a question or an option of the ontology."""
    return made_up_id("encord feature", *names, length=8)


def value_of(name: str) -> str:
    """Return how a name is spelled among values."""
    return name.lower().replace(" ", "_")


def structure(classes: Sequence[ObjectClass], said: Iterable[Mark]) -> Json:
    """Return the ontology as it is downloaded.

    Args:
        classes: of objects.
        said: classifications.
    """
    questions = {mark.full_name: mark for mark in said}
    return {
        "objects": [_object(number, one) for number, one in enumerate(classes, 1)],
        "classifications": [*_questions(questions.values())],
    }


def _object(number: int, one: ObjectClass) -> Json:
    attributes = [
        _text(f"{number}.{at}", name, feature(one.name, name))
        for at, name in enumerate(one.asked, 1)
    ]
    return {
        "id": str(number),
        "name": one.name,
        "color": one.color,
        "shape": one.shape,
        "required": False,
        **({"attributes": attributes} if attributes else {}),
        "featureNodeHash": feature(one.name),
    }


def _text(id: str, name: str, hash: str) -> Json:
    rest = {"required": False, "dynamic": False, "featureNodeHash": hash}
    return {"id": id, "name": name, "type": "text", **rest}


def _questions(said: Iterable[Mark]) -> Iterator[Json]:
    """Yield the classifications; those of a series or exam hold for all of its slices."""
    number = 0
    for number, mark in enumerate(said, 1):
        level = {} if mark.scope == "INSTANCE" else {"level": "global"}
        root = _text(f"{number}.1", mark.full_name, feature(mark.full_name, "answer"))
        own = {"featureNodeHash": feature(mark.full_name), "attributes": [root]}
        yield {"id": str(number), **level, **own}
    place = f"{number + 1}.1"
    options = [
        {"id": f"{place}.{at}", "label": one, "value": one, "featureNodeHash": feature(one)}
        for at, one in enumerate(ANSWERS, 1)
    ]
    root = _text(place, WALL_MOTION.name, feature(WALL_MOTION.name, "answer"))
    yield {
        "id": str(number + 1),
        "featureNodeHash": feature(WALL_MOTION.name),
        "attributes": [{**root, "type": "radio", "options": options}],
    }
