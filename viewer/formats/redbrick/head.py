"""The head of a RedBrick AI export: what it says of itself, and the classes that labels name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from viewer.errors import Issue
from viewer.formats.problems import few
from viewer.formats.redbrick.categories import list_of, parts_of, path_of
from viewer.formats.redbrick.entries import holders_of, is_mammography
from viewer.formats.redbrick.lists import CODE_OF, LISTS
from viewer.formats.redbrick.records import NULL, Holder, Series, Task
from viewer.formats.redbrick.tasks import tasks_of
from viewer.formats.table_bytes import Head
from viewer.formats.values import shown_text
from viewer.model.counted import counted
from viewer.model.ontology import LabelClass, Ontology
from viewer.model.project import Entry

_CARRIED = {"heat maps": "heat_maps", "transforms": "transforms", "centerlines": "centerline"}
_NOTHING = (b"null", b"[]")


def head_of(
    tasks: Sequence[Task],
    entries: Sequence[Entry],
    numbers: Sequence[Sequence[int]],
    classes: Sequence[str],
    issues: Sequence[Issue],
) -> Head:
    """Return the head of an export.

    Args:
        numbers: for each task the number of the entry of each of its series.
        classes: class ids that labels have.
        issues: what reading has found so far.
    """
    found = (*issues, *_mammography(tasks, entries, numbers))
    return Head(
        ontology=Ontology(tuple(inferred(id) for id in classes)),
        entries=tuple(entries),
        tasks=tasks_of(tasks, entries, numbers),
        facts=tuple(_facts(tasks, entries)),
        issues=found,
    )


def inferred(class_id: str) -> LabelClass:
    """Return the class that a class id alone tells."""
    place, category = parts_of(class_id)
    found = LISTS[CODE_OF[list_of(place)]]
    path = path_of(category)
    mode, kind = found.mode, found.kind
    if place.endswith(".angle"):
        mode, kind = "ANGLE", "angle"
    return LabelClass(
        id=class_id,
        name=path[-1] if path else found.word.capitalize(),
        group=" / ".join(path[:-1]),
        kind=kind,
        mode=mode or None,
        scope=found.scope,
    )


# What the format does not say, and is taken.
COUNTED = (
    "from the edge of the first pixel; voxels at their centres, a cuboid's last voxels within it;"
    " ellipses turned clockwise, their second radius in parts of the height unless an area shows"
    " otherwise (taken: the format leaves it open; the other readings can be chosen under Labels"
    " and images)"
)


def _facts(tasks: Sequence[Task], entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    yield "tasks", f"{len(tasks):,}"
    yield "series", f"{len(entries):,}"
    yield "coordinates", COUNTED
    for name, values in (
        ("stage", [shown_text(task.current_stage_name) for task in tasks]),
        ("status", [shown_text(task.status) for task in tasks]),
    ):
        for value, count in Counter(filter(None, values)).items():
            yield f"{name} {value}", counted(count, "task")
    series = list(_series(tasks))
    for name, field in _CARRIED.items():
        values = (getattr(one, field) for one in series)
        count = sum(value is not NULL and bytes(value) not in _NOTHING for value in values)
        if count:
            yield name, f"in {count:,} series; kept, not shown"
    for task in tasks:
        yield from _scores(task)


def _series(tasks: Sequence[Task]) -> Iterator[Series]:
    for task in tasks:
        for holder, _ in holders_of(task):
            yield from holder.series or ()


def _scores(task: Task) -> Iterator[tuple[str, str]]:
    """Yield how well annotators agree on a task, as the export says it, 0 to 100."""
    name = shown_text(task.name) or shown_text(task.task_id)
    if task.consensus_score is not None:
        yield f"{name}: consensus score", f"{task.consensus_score:g}"
    for holder, author in holders_of(task):
        for user, score in _pairs(holder):
            yield f"{name}: {author} and {user}", score


def _pairs(holder: Holder) -> Iterator[tuple[str, str]]:
    for score in holder.scores or ():
        user = shown_text(score.secondary_user or score.secondary_user_email) or "another"
        yield user, "no score" if score.score is None else f"{score.score:g}"


def _mammography(
    tasks: Sequence[Task], entries: Sequence[Entry], numbers: Sequence[Sequence[int]]
) -> Iterator[Issue]:
    titles = [
        entries[number].title
        for task, mine in zip(tasks, numbers, strict=True)
        for series, number in zip(task.series or (), mine, strict=False)
        if is_mammography(series)
    ]
    if titles:
        what = "1 series is" if len(titles) == 1 else f"{len(titles):,} series are"
        yield Issue(
            "warning",
            "mammography-origin",
            f"{what} mammography ({few(titles)}), where RedBrick AI counts from the right edge, "
            "and so labels are shown; how it tells such images is not known. If they lie on the "
            "wrong side, take the flip back under Labels and images.",
            titles[0],
        )
