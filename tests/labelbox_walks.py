"""Seeded walks of edits over an export, and what is shown of it before saving and after."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np

from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.geometry.mask import Mask
from viewer.geometry.measure import bounds, translated
from viewer.geometry.shapes import Box, Polygon, Polyline, Shape
from viewer.model.annotation import Annotation
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.track import Track
from viewer.session.commands import (
    AddAnnotation,
    ChangeAttribute,
    ChangeClass,
    Command,
    DeleteAnnotations,
    DeletePlacement,
    MovePlacement,
    Reshape,
    Stamp,
)

LAST = 24  # frame that edits reach
Shown = tuple[object, ...]


def walk(path: Path, seed: int, steps: int, check: Callable[[Path], object]) -> list[str]:
    """Edit an export and save it beside itself now and then; return what was done.

    What is saved is opened again and compared with what is shown; what cannot be saved is undone.

    Args:
        check: is called with each file that was saved.
    """
    chance = random.Random(seed)
    opened = project = read_export(path)
    past, done = [project], list[str]()
    for step in range(steps):
        if len(past) > 1 and chance.random() < 0.15:
            past.pop()
            done.append("undo")
        else:
            command = command_of(chance, past[-1], step)
            if command is None:
                continue
            past.append(command.apply(past[-1]))
            done.append(str(command))
        if chance.random() < 0.5 or step == steps - 1:
            past = past[: saved_as_shown(opened, past, done, check)]
    return done


def saved_as_shown(
    opened: Project, past: list[Project], done: list[str], check: Callable[[Path], object]
) -> int:
    """Save the last of some states that can be saved; check it, and return how many are left."""
    source = Path(opened.exports["1"].sources[0].path)
    target = source.with_name(f"walked {source.name}")
    for count in range(len(past), 0, -1):
        try:
            write_export(opened, past[count - 1], "1", target, overwrite=True)
        except CannotWrite as error:
            done.append(f"refused: {error}")
            continue
        differing = unlike(past[count - 1], read_export(target))
        assert not differing, "\n".join([*done, *differing])
        check(target)
        return count
    raise AssertionError("what was opened cannot be saved")


def unlike(one: Project, other: Project) -> list[str]:
    """Return what is shown of one project and not of the other."""
    here, there = (Counter(shown(project)) for project in (one, other))
    return [f"- {each}" for each in here - there] + [f"+ {each}" for each in there - here]


def shown(project: Project) -> list[Shown]:
    """Return all that is seen of each label, but for ids of new ones."""
    found: list[Shown] = []
    for id in project.annotations:
        one = project.annotations[id]
        label = project.exports["1"].ontology.by_id[one.class_id]
        places = sorted((_placed(each) for each in one.placements if not _is_bare(each)), key=str)
        reason = one.locked_reason
        found.append((label.name, label.kind, reason, _said(one.attributes), tuple(places)))
    return found


def _is_bare(placement: Placement) -> bool:
    """Whether a picture that others are in has nothing of a mask; then it is drawn nowhere."""
    return isinstance(placement.flat, Mask) and not placement.flat.area


def _placed(placement: Placement) -> Shown:
    flat = placement.flat
    numbers = None if flat is None else tuple(round(n, 6) + 0 for n in bounds(flat))
    area = flat.area if isinstance(flat, Mask) else type(flat).__name__
    where = (placement.media.entry, placement.plane, placement.index)
    return (*where, numbers, area, placement.is_key, _said(placement.attributes))


def _said(attributes: tuple[object, ...]) -> str:
    return str([(a.name, a.value, a.depth) for a in attributes])


def command_of(chance: random.Random, project: Project, step: int) -> Command | None:
    """Return an edit that the window could make; None where chance met nothing to edit."""
    ids = list(project.annotations)
    made = Stamp(f"2024-05-01T09:00:{step % 60:02d}.000Z", "reader")
    if not ids:
        return None
    id = chance.choice(ids)
    one = project.annotations[id]
    number = chance.randrange(len(one.placements))
    action = chance.choice(
        ["reshape"] * 3 + ["off"] * 3 + ["move"] * 3 + ["new", "class", "answer", "delete"]
    )
    if action == "delete":
        return DeleteAnnotations((id,), (), made)
    if one.locked_reason is not None:
        return None
    if action == "off":
        return DeletePlacement(id, number, made) if len(one.placements) > 1 else None
    if action == "class":
        return _class(chance, project, one, made)
    if action == "answer":
        return _answer(chance, one, made)
    return _drawn(chance, project, (one, number), action, made)


def _drawn(
    chance: random.Random,
    project: Project,
    at: tuple[Annotation, int],
    action: str,
    made: Stamp,
) -> Command | None:
    one, number = at
    placement, frame = one.placements[number], chance.randrange(LAST)
    if placement.flat is None:
        return None
    there = reshaped(chance, placement.flat)
    if action == "reshape":
        return Reshape(one.id, number, there, made)
    if action == "new":
        return _new(project, one, placement, there, frame, made)
    return _move(one, number, frame, made)


def reshaped(chance: random.Random, shape: Shape) -> Shape:
    """Return a shape that lies elsewhere, and of which one corner lies elsewhere yet."""
    x, y = chance.choice([-1, 0.5, 2]), chance.choice([0.25, 1, 3])
    if isinstance(shape, Mask):
        return Mask(shape.x, shape.y, 1, 1, np.array([0, 1])) if shape.width else shape
    if isinstance(shape, Box):
        return Box(shape.x + x, shape.y + y, shape.width + 1, shape.height)
    if isinstance(shape, Polygon | Polyline) and chance.random() < 0.4:
        points = [tuple(point) for point in shape.vertices.tolist()]
        return type(shape)([*points, (points[-1][0] + x + 3, points[-1][1] + y)])
    return translated(shape, x, y)


def _class(chance: random.Random, project: Project, one: Annotation, made: Stamp) -> Command | None:
    every = project.exports["1"].ontology
    own = every.by_id[one.class_id]
    alike = [c.id for c in every.classes if (c.kind, c.mode) == (own.kind, own.mode)]
    return ChangeClass(one.id, chance.choice(alike), made)


def _answer(chance: random.Random, one: Annotation, made: Stamp) -> Command | None:
    is_whole = one.placements[0].index is None
    number = None if is_whole else chance.randrange(len(one.placements))
    said = one.attributes if number is None else one.placements[number].attributes
    found = [a for a in said if a.key and a.kind == "text"]
    if not found:
        return None
    value = f"said {chance.randrange(9)}"
    return ChangeAttribute(one.id, number, chance.choice(found).key, value, made)


def _new(
    project: Project, like: Annotation, placement: Placement, shape: Shape, frame: int, made: Stamp
) -> Command:
    is_framed = placement.index is not None
    place = Placement(
        media=msgspec.structs.replace(placement.media, frame=frame if is_framed else None),
        plane=placement.plane,
        index=frame if is_framed else None,
        shape=shape,
        size=placement.size,
    )
    id = project.annotations.next_new("1")
    new = Annotation(id, "", like.class_id, like.author, (place,), created=made.time)
    return AddAnnotation(new, made)


def _move(one: Annotation, number: int, frame: int, made: Stamp) -> Command | None:
    placements = one.placements
    placement = placements[number]
    if placement.index is None or any(p.index == frame for p in placements):
        return None
    if isinstance(placements, Track) and not placements.keys[number]:
        return None
    media = msgspec.structs.replace(placement.media, frame=frame)
    return MovePlacement(one.id, number, placement.flat, media, frame, frame, made)
