"""What is compared goes on together: through the patient, by number, or by relative place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bound import film, scan
from hypothesis import given
from hypothesis import strategies as st
from stacks import STACKS, H, P, built, oblique

from viewer.geometry.oblique import patient_between
from viewer.geometry.stack import Stack
from viewer.media.volume import Media, SeriesFacts, Volume, Window
from viewer.model.project import Project
from viewer.review.matching import match
from viewer.session.comparing import LEFT, RIGHT, Comparison, Side
from viewer.session.linking import NOT_WHILE_TURNED, moved_on, nearest_voxel
from viewer.session.proposals import proposal, series_beside
from viewer.session.session import Session
from viewer.session.turning import swung


def placed(series: str, stack: Stack | str, frame: str = "1.9", modality: str = "CT") -> Volume:
    """A series in a frame of reference."""
    made = scan(series, stack=stack)
    facts = SeriesFacts("1.2", series, modality, frame_of_reference_uid=frame)
    return replace(made, facts=facts)


def shown(*media: Media) -> Session:
    session = Session()
    session.open(Project(), media, (), match(Project(), media))
    session.viewing.show(0)
    return session


def compared(*media: Media) -> Session:
    session = shown(*media)
    session.linking.start(Comparison(Side(0), Side(1)))
    return session


def patient_at(session: Session, number: int) -> np.ndarray:
    media = session.media[number]
    assert isinstance(media, Volume)
    return patient_between(media.stack, [session.viewing.crosshair_of(number)])[0]


def notes(session: Session) -> tuple[str, ...]:
    return tuple(pane.note for pane in session.panes)


@given(st.sampled_from(sorted(STACKS)), st.data())
def test_a_place_of_a_stack_is_found_again_through_the_patient(name: str, data: st.DataObject):
    stack = STACKS[name]
    k = data.draw(st.integers(0, stack.count - 1))
    voxel = (data.draw(st.floats(-2, 12)), data.draw(st.floats(-2, 12)), float(k))
    place = stack.patient_of_voxel([voxel])[0]
    assert nearest_voxel(stack, place) == pytest.approx(voxel, abs=1e-9)


@pytest.mark.parametrize("other", ["uneven", "gapped", "not square"])
def test_the_other_one_shows_the_slice_nearest_in_the_patient(other: str) -> None:
    session = compared(placed("1", "axial"), placed("2", other))
    beside = session.media[1]
    assert isinstance(beside, Volume)
    for k in range(8):
        session.viewing.set_crosshair((3.5, 2.0, float(k)))
        here, there = patient_at(session, 0), patient_at(session, 1)
        away = np.abs(beside.stack.positions_mm - here @ beside.stack.normal)
        assert abs((there - here)[2]) == pytest.approx(away.min())
        assert there[:2] == pytest.approx(here[:2])
    assert notes(session)[0] == "linked by patient position"


def test_planes_of_other_acquisitions_are_found_by_their_direction() -> None:
    session = compared(placed("1", "axial"), placed("2", built(P, H, spacing=(1.0, 1.0))))
    left, right = session.panes
    assert (left.plane, right.plane) == ("axial", "axial")
    session.viewing.set_crosshair((4.0, 3.0, 2.0))
    assert patient_at(session, 1)[1:] == pytest.approx(patient_at(session, 0)[1:])


def test_planes_that_are_far_from_parallel_are_not_linked_and_the_picture_says_so() -> None:
    session = compared(placed("1", "axial"), placed("2", oblique(40)))
    before = session.viewing.crosshair_of(1)
    session.viewing.set_crosshair((4.0, 3.0, 5.0))
    assert session.viewing.crosshair_of(1) == before
    assert notes(session) == ("not linked: the planes are 24\N{DEGREE SIGN} apart",) * 2


def test_series_of_other_frames_of_reference_go_by_number_or_by_relative_place() -> None:
    by_number = compared(placed("1", "axial", ""), placed("2", "axial in reverse order", ""))
    by_number.viewing.set_crosshair((4.0, 3.0, 5.0))
    assert by_number.viewing.crosshair_of(1) == (4.0, 3.0, 5.0)
    assert notes(by_number) == ("linked by slice number",) * 2
    films = compared(film("a", 11), film("b", 21))
    films.viewing.set_crosshair((4.0, 3.0, 5.0))
    assert films.viewing.crosshair_of(1) == (4.0, 3.0, 10.0)
    assert notes(films) == ("linked by relative place",) * 2
    other = compared(placed("1", "axial", "1"), placed("2", "sagittal", "2"))
    assert notes(other) == ("not linked: one is axial, the other sagittal",) * 2


@pytest.mark.parametrize("steps", [2, -1])
def test_one_moved_alone_keeps_its_offset_in_both_directions(steps: int) -> None:
    session = compared(placed("1", "axial"), placed("2", "axial"))
    session.viewing.set_crosshair((4.0, 3.0, 3.0))
    session.linking.move_alone(1, (4.0, 3.0, 3.0 + steps))
    assert session.viewing.crosshair_of(0)[2] == 3
    session.viewing.set_crosshair((4.0, 3.0, 4.0), 0)
    assert session.viewing.crosshair_of(1)[2] == 4 + steps
    session.viewing.set_crosshair((4.0, 3.0, 3.0), 1)
    assert session.viewing.crosshair_of(0)[2] == 3 - steps
    sign = "+2 slices" if steps > 0 else "\N{MINUS SIGN}1 slice"
    assert notes(session) == (
        "linked by patient position",
        f"linked by patient position, {sign}",
    )
    session.linking.align()
    assert len({session.viewing.crosshair_of(number)[2] for number in (0, 1)}) == 1
    assert len(set(notes(session))) == 1


def test_unlinked_each_goes_alone_and_linked_again_they_stay_as_they_stand() -> None:
    session = compared(placed("1", "axial"), placed("2", "axial"))
    session.linking.set_linked(False)
    session.viewing.set_crosshair((4.0, 3.0, 1.0), 0)
    session.viewing.set_crosshair((4.0, 3.0, 4.0), 1)
    assert session.viewing.crosshair_of(0)[2] == 1
    assert notes(session) == ("not linked (U links)",) * 2
    session.linking.set_linked(True)
    assert [session.viewing.crosshair_of(number)[2] for number in (0, 1)] == [1, 4]
    session.viewing.set_crosshair((4.0, 3.0, 2.0), 0)
    assert session.viewing.crosshair_of(1)[2] == 5


def test_a_slice_far_from_the_one_beside_it_says_how_far() -> None:
    session = compared(placed("1", "uneven"), placed("2", "one slice"))
    session.viewing.set_crosshair((4.0, 3.0, 7.0))
    assert notes(session)[1] == "linked by patient position, 20.1 mm away"


def test_a_window_is_shared_by_values_of_one_kind_alone() -> None:
    for modality, is_shared in (("CT", True), ("MR", False)):
        media = (placed("1", "axial"), placed("2", "axial", modality=modality))
        session = compared(*media)
        session.viewing.set_window(Window(7.0, 70.0))
        assert (session.viewing.window_of(1) == Window(7.0, 70.0)) is is_shared
    session = compared(placed("1", "axial"), placed("2", "axial"))
    assert session.viewing.compared is not None
    session.viewing.compare(replace(session.viewing.compared, shares_window=False))
    session.viewing.set_window(Window(7.0, 70.0))
    assert session.viewing.window_of(1) is None


def test_another_series_takes_the_place_of_the_one_in_hand() -> None:
    session = compared(placed("1", "axial"), placed("2", "axial"), placed("3", "axial"))
    session.viewing.set_look(active=RIGHT)
    session.viewing.show(2)
    assert [pane.media for pane in session.panes] == [0, 2]
    assert session.active_pane.id == RIGHT
    session.viewing.show(0)
    session.viewing.set_look(active=LEFT)
    session.viewing.show(1)
    assert [pane.media for pane in session.panes] == [1, 2]


def test_what_is_proposed_lies_in_the_same_frame_of_reference() -> None:
    media = (placed("1", "axial"), placed("2", "axial", "2"), placed("3", "sagittal"))
    session = shown(*media)
    found = proposal(session)
    assert found is not None
    assert found.media == (0, 2)
    assert series_beside(session, 0) is None
    assert proposal(shown(media[0])) is None


def test_of_two_compared_one_stands_alone_and_comes_back() -> None:
    session = compared(placed("1", "axial"), placed("2", "axial"))
    session.viewing.set_look(active=RIGHT, layout="single")
    session.viewing.show(1)
    (alone,) = session.panes
    assert (alone.id, alone.media) == (RIGHT, 1)
    session.viewing.set_look(layout=session.viewing.several)
    assert [pane.media for pane in session.panes] == [0, 1]


def test_opening_others_ends_a_comparison() -> None:
    session = compared(placed("1", "axial"), placed("2", "axial"))
    media = (placed("7", "axial"),)
    session.open(Project(), media, (), match(Project(), media))
    assert session.viewing.compared is None
    assert [pane.media for pane in session.panes] == [None] * 3


def test_turned_planes_are_linked_where_they_are_nearly_parallel_and_say_so_where_not() -> None:
    session = compared(placed("1", "axial"), placed("2", "axial"))
    viewing = session.viewing
    viewing.set_crosshair((4.0, 3.0, 4.0))

    def turn(degrees: float, media: int) -> None:
        viewing.show(media)
        planes = viewing.planes_shown(media)
        viewing.take_turned(swung(planes, "coronal", viewing.crosshair, np.radians(degrees)))

    turn(8.0, 0)
    assert notes(session)[0] == "linked by patient position, planes 8\N{DEGREE SIGN} apart"
    turn(8.0, 1)
    assert notes(session) == ("linked by patient position",) * 2
    for leading, voxel in ((0, (5.3, 2.2, 3.6)), (1, (2.1, 4.4, 2.3))):
        viewing.set_crosshair(voxel, leading)
        assert patient_at(session, 1 - leading) == pytest.approx(patient_at(session, leading))
    session.linking.move_alone(1, moved_on(viewing.planes_shown(1)["axial"], voxel, 2))
    assert session.linking.offset == 2
    turn(40.0, 1)
    before = viewing.crosshair_of(0)
    viewing.set_crosshair((5.0, 5.0, 5.0), 1)
    assert viewing.crosshair_of(0) == before
    assert notes(session) == ("not linked: the planes are 40\N{DEGREE SIGN} apart",) * 2
    by_number = compared(placed("1", "axial", ""), placed("2", "axial", ""))
    by_number.viewing.take_turned(
        swung(by_number.viewing.planes_shown(0), "coronal", (4.0, 3.0, 4.0), 0.1)
    )
    assert notes(by_number) == (NOT_WHILE_TURNED,) * 2
