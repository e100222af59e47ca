"""What a taxonomy asks of labels: attributes of its classes, and of studies, series and frames."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from viewer.formats.json_tools import is_list, is_object
from viewer.formats.redbrick.answers import Question
from viewer.formats.redbrick.shapes import Json
from viewer.formats.values import objects_in, shown_text
from viewer.model.placement import AttributeKind, AttributeValue

_KINDS: Mapping[str, AttributeKind] = {
    "BOOL": "boolean",
    "TEXT": "text",
    "NUMBER": "number",
    "SELECT": "choice",
    "MULTISELECT": "choices",
}


def questions_of(found: object) -> Iterator[Question]:
    """Yield the questions of a list of attributes; what has no name is passed over."""
    for each in list_in(found):
        if is_object(each) and text_of(each.get("name")):
            kind = _KINDS.get(text_of(each.get("attrType")), "shown")
            options = objects_in(each.get("options"))
            yield Question(
                name=text_of(each.get("name")),
                kind=kind,
                options=tuple(text_of(one.get("name")) for one in options),
                first=_first(kind, each.get("defaultValue"), options),
                low=_bound(each.get("minValue")),
                high=_bound(each.get("maxValue")),
                is_archived=each.get("archived") is True,
            )


def _first(kind: AttributeKind, value: object, options: Sequence[Json]) -> AttributeValue:
    """Return a default as an answer; of choices the file has their optionId, one or a list."""
    match kind:
        case "boolean":
            return value if isinstance(value, bool) else None
        case "number":
            return _bound(value)
        case "text":
            return text_of(value) or None
        case "choice" | "choices":
            ids = value if is_list(value) else [value]
            names = {_key(one.get("optionId")): text_of(one.get("name")) for one in options}
            chosen = tuple(names[key] for one in ids if (key := _key(one)) in names)
            return (chosen or None) if kind == "choices" else next(iter(chosen), None)
        case _:
            return None


def _key(id: object) -> str | None:
    """Return an optionId to look up; "1" means 1."""
    return None if isinstance(id, bool) or not isinstance(id, int | str) else str(id)


def _bound(value: object) -> float | None:
    """Return a number, which may be spelled as a text; None without one that is finite."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def text_of(value: object) -> str:
    """Return a text, "" for anything else."""
    return shown_text(value) if isinstance(value, str) else ""


def list_in(value: object) -> list[object]:
    """Return a list, an empty one for anything else."""
    return value if is_list(value) else []
