"""The head of a DATAGYM export: its classes, what its tasks say, and what is odd about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from viewer.errors import Issue
from viewer.formats.datagym.gather import GLOBAL, Ordered, global_id
from viewer.formats.datagym.records import ClassRow, Task
from viewer.formats.datagym.shapes import TYPES
from viewer.formats.problems import few
from viewer.formats.tasks import stated
from viewer.formats.values import shown_text
from viewer.model.counted import counted
from viewer.model.ontology import LabelClass
from viewer.model.project import Entry
from viewer.model.task import Task as ModelTask

COUNTED = (
    "from the edge of the first pixel (taken: the format does not say; its centre can be chosen "
    "under Labels and images)"
)


def types_of(rows: Iterable[ClassRow]) -> dict[str, tuple[str, ...]]:
    """Return the types of each class; two trees may use one name.

    A segmentation stands under `classification_type`, as the platform writes it.
    """
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        name = shown_text(row.class_name or "")
        word = row.geometry_type or row.classification_type
        if name and word and word not in found.get(name, ()):
            found[name] = (*found.get(name, ()), word)
    return found


def classes_of(
    types: Mapping[str, Sequence[str]],
    used: Mapping[str, str],
    nested: Mapping[str, tuple[str, str]],
) -> tuple[LabelClass, ...]:
    """Return the classes that the list of classes and the labels tell.

    The list names nested classes and questions too, without saying what they are nested in: a
    geometry that labels hold only inside others is listed as they have it, and a question that is
    asked of no picture is none of the classes.

    Args:
        used: class ids of labels, each with what its geometry is called.
        nested: of class ids of nested geometries that of the outer one, and the class's key.
    """
    inside = {key for _, key in nested.values()}
    found: dict[str, LabelClass] = {}
    for name, several in types.items():
        is_root = name not in inside or (name in used and name not in nested)
        for word in several:
            if word in TYPES and is_root:
                found.setdefault(name, LabelClass(name, name, kind=TYPES[word], mode=word))
            elif word not in TYPES and global_id(name) in used:
                found.setdefault(global_id(name), _question(name, word))
    for id, name in used.items():
        if id not in found:
            found[id] = _inferred(id, name, nested.get(id))
    return tuple(found.values())


def _question(name: str, mode: str | None) -> LabelClass:
    return LabelClass(global_id(name), name, mode=mode, scope="series")


def _inferred(id: str, name: str, nested: tuple[str, str] | None) -> LabelClass:
    """Return the class that its id and a label of it alone tell."""
    if name == GLOBAL:
        return _question(id.removeprefix(f"{GLOBAL}/"), None)
    parent, key = nested or (None, id)
    mode = name if name in TYPES else None
    return LabelClass(id, key, kind=TYPES.get(name), mode=mode, parent=parent)


def key_of(label: LabelClass) -> str:
    """Return what files call a class."""
    if label.id.startswith(f"{GLOBAL}/"):
        return label.id.removeprefix(f"{GLOBAL}/")
    return label.id.removeprefix(f"{label.parent}/") if label.parent else label.id


def facts_of(
    tasks: Sequence[Task], types: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield named values for people."""
    yield "tasks", f"{len(tasks):,}"
    if types:
        yield "classes", f"{sum(map(len, types.values())):,}"
    yield "coordinates", COUNTED
    for status, count in Counter(shown_text(one.status) for one in tasks if one.status).items():
        yield f"status {status}", "1 task" if count == 1 else f"{count:,} tasks"
    videos = [one for one in tasks if one.video_frame_rate is not None]
    for task in videos[:20]:
        yield f"frame rate of {shown_text(task.name)}", frame_rate(str(task.video_frame_rate))


def tasks_of(tasks: Sequence[Task], entries: Sequence[Entry]) -> tuple[ModelTask, ...]:
    """Return the tasks of an export, each of which has an entry of its own."""
    return tuple(
        ModelTask(
            entry.id,
            entry.title,
            (entry.id,),
            status=shown_text(task.status),
            facts=tuple(stated([("labeler", shown_text(task.labeler))])),
        )
        for task, entry in zip(tasks, entries, strict=True)
    )


def frame_rate(text: str) -> str:
    """Return frames per second of a fraction such as "48633600/1622741"."""
    top, slash, bottom = shown_text(text).partition("/")
    try:
        rate = float(top) / float(bottom) if slash else float(top)
    except (ValueError, ZeroDivisionError, OverflowError):
        return f"{text[:40]} (no frame rate)"
    return f"{rate:.3f} frames per second ({text[:40]})"


def issues_of(found: Ordered, tasks: Sequence[Task]) -> Iterator[Issue]:
    """Yield what is odd about tasks and the objects of videos."""
    ids = Counter(one.id for one in tasks if one.id)
    twice = [shown_text(id) for id, count in ids.items() if count > 1]
    if twice:
        yield Issue(
            "warning",
            "repeated-task",
            f"{_count(len(twice), 'medium', 'media')} of several tasks ({few(twice)}); each task "
            "is listed by itself.",
            twice[0],
        )
    odd = found.rows.odd
    if odd:
        what = "once" if len(odd) == 1 else f"{len(odd):,} times"
        yield Issue(
            "warning",
            "no-list-of-labels",
            f"Something else than a list stands {what} where labels should be listed "
            f"({few(dict.fromkeys(odd))}); it is not shown, and stays in the file as it is.",
            odd[0],
        )
    if found.rows.by_form:
        yield _by_form(found.rows.by_form)
    objects = list(found.rows.objects.values())
    for code, names, what in (
        ("unseen-key-frame", [one.id for one in objects if one.unseen], _UNSEEN),
        ("never-drawn", [one.id for one in objects if one.lost], _LOST),
        ("odd-frame", [one.id for one in objects if one.odd], _ODD),
        ("no-key-frame", found.rows.nameless, _NAMELESS),
    ):
        if names:
            who = f"Object {names[0]}" if len(names) == 1 else f"{len(names):,} objects"
            more = f" ({few(names)})" if len(names) > 1 else ""
            yield Issue("warning", code, f"{who}{more}: {what}", names[0])


def _by_form(names: Counter[str]) -> Issue:
    old = "of the older format hold"
    who = counted(names.total(), f"label {old}s", f"labels {old}")
    sentence = (
        f"{who} points ({few(names)}), and no list says whether the class is of polygons, lines or "
        "points: by the form alone one place was taken for a point, two for a line, more for a "
        "polygon; open the export together with its label configuration where that is wrong."
    )
    return Issue("warning", "typed-by-form", sentence, next(iter(names)))


_UNSEEN = (
    "key frames lie where 'frames' does not show it; they are shown all the same, so check whether "
    "it belongs there."
)
_LOST = (
    "'frames' shows it on frames before any key frame of the stretch, where nothing says its place;"
    " it is not shown there."
)
_ODD = "keys of key frames are no frame numbers; what stands there is not shown and stays."
_NAMELESS = "it has no key frame, so that nothing says its place; it is not shown and stays."


def _count(number: int, one: str, many: str) -> str:
    return f"1 {one} is" if number == 1 else f"{number:,} {many} are"
