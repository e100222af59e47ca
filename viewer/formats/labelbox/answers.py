"""Answers changed: the classification record at a path, and the records of new questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from viewer.errors import CannotWrite
from viewer.formats.json_tools import is_list, is_object
from viewer.formats.labelbox.questions import answer_name
from viewer.formats.patches import GONE, Change, ListPatch, ObjectPatch, Put
from viewer.formats.style import JsonValue
from viewer.model.placement import Attribute, AttributeValue

# Makes a feature id from words that tell one new record from another.
NewId = Callable[..., str]
# Returns {"feature_schema_id", "value"} of an answer that the file has elsewhere, as far as known.
Known = Callable[[str, str], Mapping[str, str]]
_ANSWERS = {
    "choice": "radio_answer",
    "choices": "checklist_answers",
    "text": "text_answer",
}


def same_answers(before: Sequence[Attribute], after: Sequence[Attribute]) -> bool:
    """Whether two lists of attributes hold the same answers."""
    return _by_key(before) == _by_key(after)


def answers_patch(
    records: object,
    before: Sequence[Attribute],
    after: Sequence[Attribute],
    new_id: NewId,
    known: Known,
) -> ListPatch:
    """Return the patch of a list of classifications whose answers are changed.

    Raises:
        CannotWrite: a question that the records do not have, or an answer of another kind.
    """
    old, new = _by_key(before), _by_key(after)
    patch = ListPatch()
    redone: list[str] = []
    for key in sorted(set(old) | set(new), key=_path):
        if any(key.startswith(f"{done}/") for done in redone) or old.get(key) == new.get(key):
            continue
        redone.append(key)
        record, at = _down(records, patch, _path(key))
        if record is None:
            raise CannotWrite(f"the question {new[key][0]!r} is not asked in its record")
        if key not in new:
            at[0].at[at[1]] = GONE
        else:
            at[0].at[at[1]] = _answered(record, new[key][1], new_id, known)
    return patch


def _by_key(attributes: Iterable[Attribute]) -> dict[str, tuple[str, AttributeValue]]:
    return {one.key: (one.name, one.value) for one in attributes if one.key}


def _path(key: str) -> tuple[int, ...]:
    return tuple(int(step) for step in key.split("/")[1:] if step.isdecimal())


def _down(
    records: object, patch: ListPatch, path: tuple[int, ...]
) -> tuple[dict[str, object] | None, tuple[ListPatch, int]]:
    """Return the classification at a path, and the list patch and number that it stands at."""
    number = path[0] if path else -1
    record = records[number] if is_list(records) and 0 <= number < len(records) else None
    if not is_object(record):
        return None, (patch, number)
    if len(path) == 1:
        return record, (patch, number)
    here = _patched(patch, number)
    if "radio_answer" in record:
        answer, inner = record["radio_answer"], here.into("radio_answer")
    else:
        chosen, answers = record.get("checklist_answers"), here.list("checklist_answers")
        answer = chosen[path[1]] if is_list(chosen) and path[1] < len(chosen) else None
        inner = _patched(answers, path[1])
    nested = answer.get("classifications") if is_object(answer) else None
    return _down(nested, inner.list("classifications"), path[2:])


def _patched(patch: ListPatch, number: int) -> ObjectPatch:
    found = patch.at.get(number)
    if not isinstance(found, ObjectPatch):
        found = patch.at[number] = ObjectPatch()
    return found


def _answered(
    record: Mapping[str, object], value: AttributeValue, new_id: NewId, known: Known
) -> Change:
    """Return the patch of one classification with another answer."""
    question = str(record.get("feature_schema_id") or record.get("name") or "")
    patch = ObjectPatch()
    if "text_answer" in record and isinstance(value, str | None):
        patch.into("text_answer").members["content"] = Put(value or "")
    elif "radio_answer" in record and isinstance(value, str):
        was = record["radio_answer"]
        like = was if is_object(was) else {}
        patch.members["radio_answer"] = Put(_choice(like, question, value, new_id, known))
    elif "checklist_answers" in record and isinstance(value, tuple):
        patch.members["checklist_answers"] = _checked(record, question, value, new_id, known)
    else:
        raise CannotWrite(f"{value!r} is no answer to its question {record.get('name')!r}")
    return patch


def _checked(
    record: Mapping[str, object],
    question: str,
    names: Sequence[str],
    new_id: NewId,
    known: Known,
) -> Change:
    held = record["checklist_answers"]
    answers = [one for one in held if is_object(one)] if is_list(held) else []
    patch = ListPatch()
    for number, one in enumerate(answers):
        if answer_name(one) not in names:
            patch.at[number] = GONE
    had = {answer_name(one) for one in answers}
    like = answers[0] if answers else {}
    patch.added = [
        _choice(like, question, name, new_id, known) for name in names if name not in had
    ]
    return patch


def _choice(
    like: Mapping[str, object], question: str, name: str, new_id: NewId, known: Known
) -> dict[str, JsonValue]:
    """Return an answer with the keys of another one to the same question."""
    told = known(question, name)
    keys = [key for key in like if key in _OWN] or list(_OWN)
    values: dict[str, JsonValue] = {
        "feature_id": new_id(question, name),
        "feature_schema_id": told.get("feature_schema_id"),
        "name": name,
        "value": told.get("value", name.lower().replace(" ", "_")),
        "classifications": [],
    }
    return {key: values[key] for key in keys if values[key] is not None}


_OWN = ("feature_id", "feature_schema_id", "name", "value", "classifications")


def question_record(
    head: Mapping[str, JsonValue], attribute: Attribute, new_id: NewId, known: Known
) -> dict[str, JsonValue]:
    """Return a classification record that answers a question for the first time.

    Raises:
        CannotWrite: the answer is of no kind that Labelbox has.
    """
    key = _ANSWERS.get(attribute.kind)
    if key is None:
        raise CannotWrite(f"its answer to {attribute.name!r} is none that Labelbox holds")
    question = str(head.get("feature_schema_id") or head.get("name") or "")
    value = attribute.value
    if key == "text_answer":
        return {**head, key: {"content": value if isinstance(value, str) else ""}}
    if key == "radio_answer":
        name = value if isinstance(value, str) else ""
        return {**head, key: _choice({}, question, name, new_id, known)}
    names = value if isinstance(value, tuple) else ()
    return {**head, key: [_choice({}, question, name, new_id, known) for name in names]}
