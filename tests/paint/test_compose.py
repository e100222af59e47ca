"""A session as views: the right picture, labels, words, crosshair and states."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from composed import project_of_rows, row, volume
from scenes import frames, new_id, painted, phantom, project_of, rgb_of, session_of
from stacks import STACKS

from viewer.geometry.shapes import Box, Polygon
from viewer.geometry.views import PlaneName
from viewer.media.volume import PatientFacts, Window
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.subject import MediaKey
from viewer.paint.compose import EMPTY, Extras, view_affine, view_picture
from viewer.paint.framing import on_screen
from viewer.paint.layout import grid_rects, render_panes
from viewer.paint.look import look_of
from viewer.paint.stage import stage_of
from viewer.paint.states import Loading
from viewer.paint.words import day_of, number_text
from viewer.render.coloring import Coloring
from viewer.render.palette import NEUTRAL
from viewer.render.planes import planes_of
from viewer.session.arranging import planes_around
from viewer.session.drawn import drawn_on
from viewer.session.panes import pane_of
from viewer.session.session import Session

SIZE = (420.0, 380.0)
PLANES: tuple[PlaneName, ...] = ("axial", "sagittal", "coronal")
BOX = Polygon([(2, 3), (6, 3), (6, 6), (2, 6)])  # type: ignore[arg-type]


def lit(name: str, voxel: tuple[int, int, int]) -> Session:
    """A session over a phantom with one bright voxel at the crosshair."""
    volume = phantom(STACKS[name])
    volume.pixels[voxel[2], voxel[1], voxel[0]] = 255
    session = session_of(volume)
    session.viewing.set_crosshair((float(voxel[0]), float(voxel[1]), float(voxel[2])))
    return session


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize("plane", PLANES)
def test_a_bright_voxel_is_painted_where_the_crosshair_meets(name: str, plane: PlaneName) -> None:
    k = min(4, STACKS[name].count - 1)
    session = lit(name, (7, 3, k))
    session.viewing.set_look(smooth=False, show_crosshair=True)
    picture = view_picture(session, plane, SIZE, Extras(bare=True))
    bright = painted(replace(picture, gaps=()))[:, :, 0].astype(float)
    y, x = np.mgrid[: bright.shape[0], : bright.shape[1]] + 0.5
    centre = np.array([(bright * x).sum(), (bright * y).sum()]) / bright.sum()
    view = planes_of(STACKS[name])[plane]
    p, q = view.place((7.0, 3.0, float(k)))[0]
    if not view.is_acquired:
        q = view.q_spans[k].mean()  # a slab between unequal neighbours is off its slice
    place = on_screen(picture.affine, np.array([[p, q]]))[0]
    voxel = abs(picture.affine[:, :2]) @ (min(STACKS[name].spacing_mm), STACKS[name].step_mm)
    assert (np.abs(centre - place) <= 0.05 * voxel + 0.5).all()  # blocks end at whole pixels


def test_the_loading_card_is_on_reformats_and_missing_slices_only() -> None:
    media = phantom()
    media.ready[:] = False
    media.ready[3] = True
    session = session_of(media)
    loading = Extras(loading=Loading(1, media.count))
    for k, plane, is_carded in ((3, "axial", False), (4, "axial", True), (3, "coronal", True)):
        session.viewing.set_crosshair((4.0, 4.0, float(k)))
        shown = view_picture(session, plane, SIZE, loading).loading  # type: ignore[arg-type]
        assert (shown is not None) == is_carded, (k, plane)


def test_letters_turn_and_flip_with_the_picture() -> None:
    session = session_of(phantom())
    before = view_picture(session, "axial", SIZE).letters
    assert (before.left, before.right, before.top, before.bottom) == ("R", "L", "A", "P")
    session.viewing.turn_by("axial", np.array([[-1.0, 0.0], [0.0, 1.0]]))
    flipped = view_picture(session, "axial", SIZE).letters
    assert (flipped.left, flipped.right, flipped.top) == ("L", "R", "A")
    session.viewing.turn_by("axial", np.array([[0.0, -1.0], [1.0, 0.0]]))
    turned = view_picture(session, "axial", SIZE).letters
    assert (turned.top, turned.right, turned.left) == ("L", "A", "P")


@pytest.mark.parametrize("plane", PLANES)
def test_a_turn_carries_labels_and_picture_along(plane: PlaneName) -> None:
    volume = phantom()
    volume.pixels[3, 3:6, 2:6] = 255
    session = session_of(volume, project_of({3: [("yellow", BOX)]}))
    session.viewing.set_crosshair((4.0, 4.0, 3.0))
    for turn in (np.eye(2), np.array([[0.0, -1.0], [1.0, 0.0]]), np.diag([-1.0, 1.0])):
        session.viewing.turn_by(plane, turn)
        bare = Extras(bare=True)
        picture = painted(view_picture(session, plane, SIZE, replace(bare, labels=False)))[:, :, 0]
        labelled = painted(view_picture(session, plane, SIZE, bare))
        yellow = (labelled[:, :, 0] - labelled[:, :, 2]) > 120
        spots = [np.argwhere(part).mean(axis=0) for part in (picture > 128, yellow)]
        assert np.abs(spots[0] - spots[1]).max() < 3


def test_crosshair_lines_stand_for_the_other_two_planes() -> None:
    session = session_of(phantom())
    crosses = {plane: view_picture(session, plane, SIZE).cross for plane in PLANES}
    assert crosses["axial"] is not None
    assert (crosses["axial"].p_plane, crosses["axial"].q_plane) == ("sagittal", "coronal")
    assert crosses["sagittal"] is not None
    assert (crosses["sagittal"].p_plane, crosses["sagittal"].q_plane) == ("coronal", "axial")
    assert crosses["coronal"] is not None
    assert (crosses["coronal"].p_plane, crosses["coronal"].q_plane) == ("sagittal", "axial")


def test_corner_texts_say_who_what_where_and_how() -> None:
    volume = phantom(STACKS["tilted"])
    patient = PatientFacts("DOE^JANE", "42", "F", "061Y")
    volume.facts = replace(
        volume.facts, patient=patient, study_date="20240311", slice_thickness_mm=3.0
    )
    session = session_of(volume)
    session.viewing.set_window(Window(-40.5, 400.0))
    texts = view_picture(session, "axial", SIZE).corners
    assert texts.top_left == ("DOE JANE", "42", "F 061Y", "2024-03-11", "phantom")
    assert texts.top_right == ("Axial", "tilt 18.5°, as acquired")
    assert texts.bottom_left[0] == "W 400 L \u221240"
    assert texts.bottom_right[0] == "slice 5 / 8"
    assert texts.bottom_right[1].endswith(" mm")
    assert texts.bottom_right[2] == "3.0\u2009mm thick"
    assert view_picture(session, "sagittal", SIZE).corners.bottom_right[0] == "column 6 / 11"


@pytest.mark.parametrize(
    ("kind", "acquired", "reformatted"),
    [
        ("tilted", "tilt 18.5°, as acquired", "tilt 18.5°"),
        ("uneven", "uneven spacing 2.2 to 3.5 mm", "uneven spacing"),
        ("gapped", "2 of 11 slices are missing between 3 and 4", "2 slices missing"),
    ],
)
def test_a_reformat_says_shortly_what_the_acquired_plane_says_with_numbers(
    kind: str, acquired: str, reformatted: str
) -> None:
    session = session_of(phantom(STACKS[kind]))
    first, second = (
        view_picture(session, plane, SIZE).corners.top_right[1] for plane in ("axial", "sagittal")
    )
    assert first.startswith(acquired)
    assert second == reformatted


def test_hidden_patients_are_named_nowhere_at_any_text_level() -> None:
    volume = phantom()
    volume.facts = replace(volume.facts, patient=PatientFacts("DOE^JANE", "42", "F", "061Y"))
    session = session_of(volume)
    for level in ("all", "essential", "none"):
        session.viewing.set_look(text=level)
        texts = view_picture(session, "axial", SIZE, Extras(patient_hidden=True)).corners
        assert texts.top_left[0] == "Patient hidden"
        assert not any("DOE" in line or "42" in line for line in texts.top_left)
    assert view_picture(session, "axial", SIZE).corners.top_left == ()


def test_a_small_view_says_the_essential_only() -> None:
    session = session_of(phantom())
    assert len(view_picture(session, "axial", (200.0, 200.0)).corners.bottom_right) == 2
    assert len(view_picture(session, "axial", SIZE).corners.bottom_right) > 1


def test_uncalibrated_pixels_have_no_scale_bar_and_say_so() -> None:
    session = session_of(frames(np.zeros((3, 20, 30), dtype=np.uint8)))
    picture = view_picture(session, "axial", SIZE)
    assert not picture.is_calibrated
    assert "not calibrated: lengths in px" in picture.corners.top_right
    assert picture.letters.left == ""
    assert picture.corners.bottom_right == ("frame 1 / 3",)


def test_a_frame_stack_shows_its_frame_in_colour_whatever_plane_is_asked_for() -> None:
    pixels = np.zeros((2, 20, 30, 3), dtype=np.uint8)
    pixels[1] = (200, 100, 50)
    session = session_of(frames(pixels))
    session.viewing.set_crosshair((0.0, 0.0, 1.0))
    for plane in PLANES:
        shown = painted(view_picture(session, plane, SIZE, Extras(bare=True)))
        assert shown[190, 200].tolist() == [200, 100, 50]


def test_inverting_exchanges_black_and_white_and_monochrome1_starts_inverted() -> None:
    volume = phantom(value=255)
    session = session_of(volume)
    bare = Extras(bare=True)
    assert painted(view_picture(session, "axial", SIZE, bare))[190, 200, 0] >= 254
    session.viewing.invert()
    assert painted(view_picture(session, "axial", SIZE, bare))[190, 200, 0] <= 1
    volume.is_inverted = True
    assert painted(view_picture(session, "axial", SIZE, bare))[190, 200, 0] >= 254


def test_without_media_the_view_says_what_to_do() -> None:
    picture = view_picture(Session(), "axial", SIZE)
    assert picture.message is EMPTY
    assert view_affine(Session(), "axial", SIZE) is None
    assert painted(picture).max() > 150


def test_a_slice_that_cannot_be_decoded_is_said_and_never_a_stale_picture() -> None:
    volume = phantom(value=255)
    volume.slice_errors[4] = "4.dcm stops after 12 of 99 bytes."
    session = session_of(volume)
    picture = view_picture(session, "axial", SIZE)
    assert picture.image is None
    assert picture.message is not None
    assert "Slice 5" in picture.message.title
    assert picture.message.text.startswith("4.dcm")
    assert view_picture(session, "axial", SIZE, Extras(index=3)).message is None


def test_a_slice_that_is_not_loaded_yet_is_black() -> None:
    volume = phantom(value=255)
    volume.ready[4] = False
    session = session_of(volume)
    bare = Extras(bare=True)
    assert painted(view_picture(session, "axial", SIZE, bare)).max() == 0
    volume.ready[4] = True
    assert painted(view_picture(session, "axial", SIZE, bare)).max() > 250


def test_a_gap_is_said_on_reformats_only() -> None:
    session = session_of(phantom(STACKS["gapped"]))
    assert view_picture(session, "axial", SIZE).gaps == ()
    gaps = view_picture(session, "coronal", SIZE).gaps
    assert [gap.text for gap in gaps] == [
        "gap: 2 slices missing, 9.0 mm",
        "gap: 1 slice missing, 6.0 mm",
    ]


def test_selected_and_hovered_labels_stand_out_and_held_ones_vanish() -> None:
    project = project_of({4: [("yellow", BOX), ("plain", Box(1, 1, 2, 2))]})
    session = session_of(phantom(), project)
    session.select([new_id(1)])
    picture = view_picture(session, "axial", SIZE, Extras(hovered=new_id(0)))
    assert [mark.state for mark in picture.standing] == ["hovered", "selected"]
    session.display.set_style(held_hidden=True)
    assert view_picture(session, "axial", SIZE).marks == ()
    stage = stage_of(session, "axial")
    assert stage is not None
    assert drawn_on(session, stage.section, stage.pane.exports, stage.within) == ()
    session.display.set_style(held_hidden=False)
    assert view_picture(session, "axial", SIZE, Extras(labels=False)).marks == ()


def test_the_strip_counts_the_planes_slices_and_knows_where_labels_are() -> None:
    session = session_of(phantom(), project_of({2: [("yellow", BOX), ("plain", BOX)]}))
    strip = view_picture(session, "axial", SIZE).strip
    assert strip is not None
    assert (strip.count, strip.current, strip.top_first) == (8, 4, False)
    assert [slice for slice, _ in strip.colors] == [2]
    assert strip.colors[0][1][0] == "#ffff00"
    session.display.set_coloring(Coloring("author"))  # a class has no one colour then
    strip = view_picture(session, "axial", SIZE).strip
    assert strip is not None
    assert strip.colors == ((2, (NEUTRAL,)),)
    side = view_picture(session, "sagittal", SIZE).strip
    assert side is not None
    assert side.count == 11


def test_edit_mode_frames_every_view_and_view_mode_the_active_one() -> None:
    session = session_of(phantom())
    assert view_picture(session, "axial", SIZE).frame == "active"
    assert view_picture(session, "coronal", SIZE).frame == "none"
    session.set_mode("edit")
    assert view_picture(session, "axial", SIZE).frame == "edit"
    assert view_picture(session, "coronal", SIZE).frame == "edit-dim"


def test_an_index_outside_the_slices_is_drawn_as_the_last_one() -> None:
    stage = stage_of(session_of(phantom()), "axial", 99)
    assert stage is not None
    assert stage.index == 7


def test_the_layout_gives_axial_sixty_percent_and_leaves_no_pixel_uncovered() -> None:
    panes = planes_around("axial")
    assert [pane.plane for pane in panes] == ["axial", "sagittal", "coronal"]
    axial, sagittal, coronal = grid_rects((1280, 800), [pane.cell for pane in panes])
    assert axial == (0, 0, 767, 800)
    assert sagittal[:2] == (769, 0)
    assert coronal[1] == sagittal[3] + 2
    assert coronal[1] + coronal[3] == 800
    assert grid_rects((90, 50), [pane_of("coronal").cell]) == [(0, 0, 90, 50)]


def test_a_single_bare_picture_fills_the_image_and_is_the_windows_own_drawing() -> None:
    session = session_of(phantom(value=255))
    bare = Extras(bare=True)
    image = render_panes(session, (330, 270), [pane_of("axial")], look_of(), bare)
    pixels = rgb_of(image)
    assert pixels.shape == (270, 330, 3)
    assert pixels.min() > 250
    assert np.array_equal(pixels, painted(view_picture(session, "axial", (330, 270), bare)))


def test_three_views_are_drawn_side_by_side_each_its_own_slice() -> None:
    volume = phantom()
    volume.pixels[6] = 255
    session = session_of(volume)
    session.viewing.set_crosshair((0.0, 0.0, 6.0))
    bare = Extras(bare=True)
    pixels = rgb_of(render_panes(session, (600, 400), planes_around("axial"), look_of(), bare))
    assert pixels[200, 180, 0] > 250
    assert pixels[:, 359:361].max() < 80
    assert pixels[100, 480, 0] < 5


def test_numbers_and_dates_are_written_as_people_read_them() -> None:
    assert [number_text(value) for value in (400.0, -600.4, 2.5, 0.1234)] == [
        "400",
        "\u2212600",
        "2.5",
        "0.123",
    ]
    assert day_of("20240311") == "2024-03-11"
    assert day_of("March") == "March"


def test_labels_of_another_study_carry_a_warning_that_no_key_takes_away(tmp_path: Path) -> None:
    project = project_of_rows(tmp_path, [row(StudyInstanceUID="1.99"), row(k=1)], ("1.2", "1.99"))
    session = session_of(volume(), project)
    session.viewing.set_look(text="none")
    for plane in ("axial", "sagittal", "coronal"):
        assert "1 label here names another study" in view_picture(session, plane, SIZE).warning
    session.display.set_style(held_hidden=True)
    assert "another study" in view_picture(session, "axial", SIZE).warning


def test_a_view_says_when_the_eye_of_every_export_on_it_is_closed() -> None:
    session = session_of(phantom(), project_of({3: [("yellow", Box(2, 3, 4, 3))]}))
    (export,) = session.project.exports
    assert view_picture(session, "axial", SIZE).warning == ""
    session.display.set_export_hidden(export, hidden=True)
    assert view_picture(session, "axial", SIZE).warning.startswith("Labels are hidden")
    session.display.set_export_hidden(export, hidden=False)
    assert view_picture(session, "axial", SIZE).warning == ""


def test_labels_of_another_export_on_other_images_do_not_silence_the_closed_eye() -> None:
    project = project_of({3: [("yellow", Box(2, 3, 4, 3))]})
    (id,) = project.annotations.edits
    second = replace(project.exports[id.export], id="2")
    project = replace(project, exports={**project.exports, "2": second})
    (place,) = project.annotations[id].placements
    there = msgspec.structs.replace(place, media=MediaKey("1.7", "1.7.8", "1.7.8.9"))
    other = Annotation(AnnotationId("2", 0, new=True), "", "", "", (there,))
    session = session_of(phantom(), project.with_annotation(other))
    session.display.set_export_hidden(id.export, hidden=True)
    assert view_picture(session, "axial", SIZE).warning.startswith("Labels are hidden")
    here = msgspec.structs.replace(other, placements=(place,))
    session = session_of(phantom(), project.with_annotation(here))
    session.display.set_export_hidden(id.export, hidden=True)
    assert view_picture(session, "axial", SIZE).warning == ""


def test_a_radiograph_is_drawn_in_the_window_of_its_own_header() -> None:
    stack = frames(np.zeros((2, 5, 6), np.uint8))
    stack.pixels[:] = 100
    stack.ready[:] = True
    stack.windows = (Window(100.5, 101.0),)
    stack.frame_windows = (stack.windows, (Window(1000.0, 10.0),))
    session = session_of(stack)
    levels: list[int] = []
    for k in range(2):
        session.viewing.set_crosshair((0.0, 0.0, float(k)))
        image = view_picture(session, "axial", SIZE, Extras(bare=True)).image
        assert image is not None
        levels.append(int(image.max()))
    assert levels in ([127, 0], [128, 0])
