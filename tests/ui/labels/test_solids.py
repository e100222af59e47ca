"""Solids in the window: found in a job, then listed, drawn, gone to and described."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from solid_exports import project_of
from windows import Person

from viewer.errors import CannotRead
from viewer.geometry.mask import Mask
from viewer.geometry.solids import (
    Angle,
    ChangedMasks,
    Cuboid,
    Landmark,
    Length,
    MaskVolume,
)
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.subject import MediaKey
from viewer.model.table import KINDS
from viewer.review import label_rows
from viewer.review.label_rows import Cell
from viewer.review.matching import match
from viewer.session.commands import Reshape
from viewer.session.moving import moved_by
from viewer.ui.labels.cells import slice_text
from viewer.ui.labels.facts import geometry_rows, meta_line, subject_of
from viewer.ui.media.issues_panel import issues_of

DISC = Mask.from_array(np.hypot(*np.mgrid[-9:10, -9:10]) < 9, 80, 70)


class FileMasks:
    """Masks as a file holds them: notes the threads that decode them."""

    def __init__(self, slices: tuple[int, ...], damaged: bool = False) -> None:
        self.asked: set[int] = set()
        self._slices = slices
        self._damaged = damaged

    def slices(self) -> tuple[int, ...]:
        return self._slices

    def mask(self, k: int) -> Mask | None:
        self.asked.add(threading.get_ident())
        if self._damaged:
            raise CannotRead("b.nii.gz ends too early; the label is not shown.")
        return DISC if k in self._slices else None

    def with_slice(self, k: int, mask: Mask | None) -> ChangedMasks:
        return ChangedMasks(self).with_slice(k, mask)


def show(person: Person, *solids: object) -> list[AnnotationId]:
    media = person.session.media[0]
    key = MediaKey(media.facts.study_uid, media.facts.series_uid)
    made = [
        Annotation(AnnotationId("1", n), f"r{n}", "L", "Ada", (Placement(key, shape=solid),))
        for n, solid in enumerate(solids)
    ]
    project = project_of(made)
    matches = match(project, person.session.media)
    person.session.open(project, person.session.media, (), matches)
    person.bot.waitUntil(lambda: person.session.matches.solids is not None, timeout=20_000)
    return [one.id for one in made]


def test_each_kind_is_listed_with_its_slices_gone_to_and_described(person: Person) -> None:
    solids = (
        Landmark((90, 80, 12)),
        Length((60, 80, 12), (90, 80, 12)),
        Angle((60, 80, 12), (90, 80, 12), (90, 50, 12)),
        Cuboid((60, 60, 10), (69, 79, 14)),
        MaskVolume(FileMasks((9, 10, 12))),
    )
    ids = show(person, *solids)
    session = person.session
    media = session.media[0]
    dx, _ = media.spacing_mm
    rows = label_rows.rows_of(session.project, session.matches)
    spans = ["13", "13", "13", "11\N{EN DASH}15", "10\N{EN DASH}13"]
    kinds = ["landmark", "length", "angle", "cuboid", "volume"]
    sizes = [
        None,
        ("Length", f"{30 * dx:,.1f}"),
        ("Angle", "90.0\N{DEGREE SIGN}"),
        ("Volume", "1,000\N{THIN SPACE}voxels"),
        ("Volume", f"{3 * DISC.area:,}\N{THIN SPACE}voxels"),
    ]
    for number, id in enumerate(ids):
        assert slice_text(rows.line(number)) == spans[number]
        assert KINDS[rows.cell(number, Cell.KIND)] == kinds[number]
        session.viewing.set_crosshair((1.0, 1.0, 0.0))
        session.select({id})
        assert session.go_to(id)
        assert round(session.viewing.crosshair[2]) in session.matches.marks(0)
        person.bot.waitUntil(lambda id=id: id in drawn(person), timeout=20_000)
        subject = subject_of(session, id)
        assert meta_line(subject).lower().startswith(kinds[number])
        said = dict(geometry_rows(subject))
        assert said["Slices"] == f"{spans[number]} of {media.count}"
        if sizes[number] is not None:
            assert sizes[number][1] in said[sizes[number][0]]


def test_a_solid_is_not_moved_out_of_its_images(person: Person) -> None:
    session = person.session
    last = session.media[0].count - 1
    cuboid, landmark = show(
        person, Cuboid((60, 60, last - 4), (69, 79, last - 1)), Landmark((9, 9, last))
    )
    session.go_to(cuboid)
    command = moved_by(session, cuboid, 1)
    assert isinstance(command, Reshape)
    session.do(command)
    person.bot.waitUntil(lambda: session.matches.extents_of(cuboid) != (), timeout=20_000)
    assert moved_by(session, cuboid, 1) == "There is no slice beyond the end of this label."
    assert isinstance(moved_by(session, cuboid, -1), Reshape)
    session.go_to(landmark)
    assert moved_by(session, landmark, 1) == "There is no slice beyond this one."


def drawn(person: Person) -> set[AnnotationId]:
    picture = person.view().picture
    return set() if picture is None else {mark.id for mark in picture.marks}


def test_no_mask_of_a_file_is_decoded_on_the_main_thread(person: Person) -> None:
    masks = FileMasks(tuple(range(5, 15)))
    (id,) = show(person, MaskVolume(masks))
    person.session.go_to(id)
    person.bot.waitUntil(lambda: id in drawn(person), timeout=20_000)
    assert masks.asked
    assert threading.get_ident() not in masks.asked


def test_a_volume_that_cannot_be_read_is_said_and_the_rest_is_shown(person: Person) -> None:
    first, second = show(person, MaskVolume(FileMasks((3,), damaged=True)), Landmark((9, 9, 9)))
    assert [issue.code for issue in issues_of(person.session)] == ["solid-not-shown"]
    assert person.session.matches.extents_of(first) == ()
    assert person.session.go_to(second)
    said = dict(geometry_rows(subject_of(person.session, first)))
    assert "none" in said["Slices"]
    rows = label_rows.rows_of(person.session.project, person.session.matches)
    assert slice_text(rows.line(0)) == ""


@pytest.mark.parametrize("point", [(90, 80, -5), (-20, 80, 10), (1e9, 1e9, 1e9)])
def test_a_solid_outside_its_images_is_on_no_slice(person: Person, point) -> None:
    (id,) = show(person, Landmark(point))
    assert person.session.matches.marks(0) == {}
    assert dict(geometry_rows(subject_of(person.session, id)))["Slices"] == "outside the images"
    assert person.session.matches.whole(0) == ()
