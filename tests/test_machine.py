"""A person at work by chance: edits, undo, redo, save, open again; and laws that always hold."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from composed import BOX, HEIGHT, RING, WIDTH, export_text, row, volume
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from viewer.formats import read_export, write_export
from viewer.geometry.measure import same_shape
from viewer.geometry.shapes import Box, Polygon, Shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Project
from viewer.review.matching import Matches, match
from viewer.session.commands import (
    ChangeClass,
    ChangeNote,
    Command,
    Reshape,
    Stamp,
    decoded,
    encoded,
)
from viewer.session.editing import deletion
from viewer.session.history import History
from viewer.session.making import Target, annotation_made, media_key_of
from viewer.tools.hits import handles_of
from viewer.tools.reshaping import moved, with_handle, with_vertex, without_vertex

SIZE = (WIDTH, HEIGHT)
EXPORT = "1"
MEDIA = (volume(),)
MADE = Stamp("2024-06-01T12:00:00.000Z", "Reader")
ROWS = (
    row(),
    row("L_ring", RING, 1, parentId="A_0"),
    row("L_free", RING, 1, note='a "quoted" n\u00f6te'),
    row("L_line", {"vertices": [[0, 0], [3.5, 4], [8, 2]]}, 2, parentId="A_1"),
    row("L_spot", {"x": 4.25, "y": 5}, 2, createdById="U_left"),
    row("L_round", {"cx": 5, "cy": 4, "rx": 3, "ry": 1.5}, 3),
    row("L_mask", {"foreground": [[[1, 1], [5, 1], [5, 6], [1, 6]]], "background": []}, 3),
    row("L_said", None, 4, note="blurred"),
    row("L_said", None, None),
    row("L_ring", None, 5),
    row("L_gone", BOX, 6, unknown={"kept": 1.10}),
    row("L_box", BOX, 40),
)
SAME_KIND = {"L_ring": "L_free", "L_free": "L_ring"}
places = st.floats(0, WIDTH, width=32)
steps = st.integers(0, 10**6)


class Work(RuleBasedStateMachine):
    """One export over the phantom; the history does what the window would have it do."""

    @initialize(rows=st.lists(st.sampled_from(ROWS), min_size=1, max_size=8))
    def open_export(self, rows):
        self.folder = tempfile.TemporaryDirectory()
        self.saves = 0
        path = Path(self.folder.name) / "opened.json"
        path.write_text(export_text([*rows]), encoding="utf-8")
        self.open(path)

    def open(self, path: Path) -> None:
        self.path = path
        self.history = History(read_export(path))
        self.matches = match(self.history.opened, MEDIA)

    def teardown(self):
        if hasattr(self, "folder"):
            self.folder.cleanup()

    @property
    def project(self) -> Project:
        return self.history.current

    def pick(self, number: int, fits: Callable[[Annotation], bool]) -> Annotation | None:
        """Choose one of the editable annotations that fit."""
        every = [self.project.annotations[id] for id in self.project.annotations]
        found = [each for each in every if each.locked_reason is None and fits(each)]
        return found[number % len(found)] if found else None

    def do(self, command: Command) -> None:
        again = decoded(encoded(command))
        assert encoded(decoded(encoded(again))) == encoded(again)
        before = self.project
        self.history.do(again)
        assert before.annotations.edits is not self.project.annotations.edits
        self.matches = self.matches.with_edits(self.project)

    @rule(number=steps, how=steps, x=places, y=places)
    def reshape(self, number, how, x, y):
        one = self.pick(number, _has_shape)
        if one is not None and (shape := _changed(one.placements[0].shape, how, x, y)) is not None:
            self.do(Reshape(one.id, 0, shape, MADE))

    @rule(number=steps)
    def change_class(self, number):
        one = self.pick(number, lambda each: each.class_id in SAME_KIND)
        if one is not None:
            self.do(ChangeClass(one.id, SAME_KIND[one.class_id], MADE))

    @rule(number=steps, note=st.none() | st.text(st.characters(codec="utf-8"), max_size=12))
    def change_note(self, number, note):
        one = self.pick(number, lambda each: True)
        if one is not None:
            self.do(ChangeNote(one.id, note, MADE))

    @rule(number=steps, with_children=st.booleans())
    def delete(self, number, with_children):
        one = self.pick(number, lambda each: True)
        if one is not None:
            self.do(deletion(self.project, [one.id], MADE, with_children=with_children))

    @rule(k=st.integers(0, 7), x=places, y=places, is_box=st.booleans())
    def add(self, k, x, y, is_box):
        shape = Box(x, y, 2.5, 3) if is_box else Polygon([(x, y), (x + 3, y), (x, y + 2.25)])
        label, kind = ("L_box", "box") if is_box else ("L_ring", "polygon")
        target = Target(EXPORT, label, kind, media_key_of(MEDIA[0], k), SIZE)
        self.do(annotation_made(self.project, target, shape, MADE))

    @rule()
    def undo(self):
        self.history.undo()
        self.matches = self.matches.with_edits(self.project)

    @rule()
    def redo(self):
        self.history.redo()
        self.matches = self.matches.with_edits(self.project)

    @rule()
    def undo_everything(self):
        while self.history.undo():
            pass
        assert self.project is self.history.opened
        self.matches = self.matches.with_edits(self.project)
        assert self.save().read_bytes() == self.path.read_bytes()

    @precondition(lambda self: self.saves < 6)
    @rule(goes_on=st.booleans())
    def save_and_open_again(self, goes_on):
        path = self.save()
        self.history.mark_saved()
        assert not self.history.is_modified
        if goes_on:
            self.open(path)

    def save(self) -> Path:
        self.saves += 1
        path = Path(self.folder.name) / f"saved-{self.saves}.json"
        write_export(self.history.opened, self.project, EXPORT, path)
        again = read_export(path)
        assert _told(again) == _told(self.project)
        assert _shown(match(again, MEDIA)) == _shown(self.matches)
        return path

    @invariant()
    def edited_matches_are_those_of_a_new_match(self):
        anew = match(self.project, MEDIA)
        assert self.matches.counts() == anew.counts()
        assert self.matches.labels_on_media(0) == anew.labels_on_media(0)
        for k in range(MEDIA[0].count):
            assert sorted(self.matches.on(0, k)) == sorted(anew.on(0, k))

    @invariant()
    def every_label_is_counted_once(self):
        assert sum(self.matches.counts().values()) == len(self.project.annotations)


def _has_shape(annotation: Annotation) -> bool:
    return annotation.placements[0].shape is not None


def _changed(shape: Shape | None, how: int, x: float, y: float) -> Shape | None:
    """Drag the whole, drag a handle, add a vertex or take one away."""
    assert shape is not None
    handles = handles_of(shape)
    if how % 4 == 0 or not len(handles.points):
        return moved(shape, x - 4, y - 4, SIZE)
    number = how % len(handles.points)
    if how % 4 == 1 and len(handles.after):
        return with_vertex(shape, int(handles.after[how % len(handles.after)]), x, y)
    if how % 4 == 2:
        return without_vertex(shape, number)
    return with_handle(shape, number, x, y, SIZE)


def _shown(matches: Matches) -> object:
    """Return what strips, lists and counts say of the one volume."""
    strip = {k: len({id for id, _ in matches.on(0, k)}) for k in matches.marks(0)}
    marks = {k: set(classes) for k, classes in matches.marks(0).items()}
    return matches.counts(), matches.labels_on_media(0), strip, marks, len(matches.whole(0))


class _Same:
    """A shape that equals another with the very same numbers."""

    def __init__(self, shape: Shape | None) -> None:
        self.shape = shape

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and same_shape(self.shape, other.shape)

    def __repr__(self) -> str:
        return repr(self.shape)

    __hash__ = None


def _told(project: Project) -> list[object]:
    """Return what a person would say of every annotation, in reading order."""
    order = {id: number for number, id in enumerate(project.annotations)}

    def told(id: AnnotationId) -> object:
        each = project.annotations[id]
        placed = [(p.media, p.size, _Same(p.shape)) for p in each.placements]
        parent = None if each.parent is None else order[each.parent]
        return each.class_id, each.author, each.note, each.created, parent, placed

    return [told(id) for id in order]


TestWork = Work.TestCase
if "OVERREAD_SOAK" not in os.environ:
    TestWork.settings = settings(max_examples=30, stateful_step_count=30)
