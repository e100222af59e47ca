"""What a format leaves open is shown as a person chose, and goes back in the export's own way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from bound import film, scan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from labelbox_rows import image, sides, thing, video
from PIL import Image

from tests.telling import matched
from viewer import open_media
from viewer.formats import read_export, write_export
from viewer.geometry.measure import bounds
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Box, Ellipse, Shape
from viewer.geometry.solids import Cuboid
from viewer.media.loading import load
from viewer.media.volume import Media
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project, Reading
from viewer.model.track import Track
from viewer.paint.stage import stage_of
from viewer.render.overlay import every_label, marks_on
from viewer.review.binding import Choice, Choices
from viewer.review.centres import centre_slices
from viewer.review.matching import Matches
from viewer.review.solids import with_solids
from viewer.review.tracks import Stretch, frames_of_track
from viewer.review.turns import Turn
from viewer.session.commands import Reshape
from viewer.session.editing import target_of
from viewer.session.making import annotation_made
from viewer.session.session import Session
from viewer.tools.scene import scene_of
from viewer.ui.labels.facts import subject_of

Json = Any
CT = scan()
FIRST = AnnotationId("1", 0)
MANY = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
OF_ELLIPSES: tuple[Reading, ...] = ("pixel-centres", "radius-by-width", "counterclockwise")


def opened(
    path: Path, *readings: Reading, media: Media = CT, **more: Json
) -> tuple[Project, Matches]:
    project = read_export(path)
    choice = Choice(readings=dict.fromkeys(readings, True), **more)
    return project, matched(project, [media], {"1": Choices(choice)})


def redbrick(folder: Path, **labels: Json) -> Path:
    series = {"name": "1.2.3.4", "items": [f"{k}.dcm" for k in range(8)], **labels}
    path = folder / "tasks.json"
    path.write_text(json.dumps([{"taskId": "t", "name": "n", "series": [series]}]))
    return path


def shown(matches: Matches, project: Project) -> Shape:
    (place,) = matches.of(FIRST)
    assert place.media is not None
    media = matches.lookup.media[place.media]
    shape = project.annotations[FIRST].placements[0].flat
    assert shape is not None
    return matches.frame_of("1", 0, 2).shown(shape, (media.columns, media.rows))


def edited(project: Project, matches: Matches, shape: Shape) -> Project:
    """Give the label another shape as it is drawn, the way tools do."""
    media = matches.lookup.media[0]
    held = project.annotations[FIRST].placements[0].flat
    stored = matches.frame_of("1", 0, 2).stored(shape, (media.columns, media.rows), held)
    return Reshape(FIRST, 0, stored, Session().stamp()).apply(project)


ELLIPSE = {"pointCenter": {"xNorm": 0.5, "yNorm": 0.5}, "xRadiusNorm": 0.25, "yRadiusNorm": 0.125,
           "rotationRad": 0.3, "category": "e", "video": {"frameIndex": 3}}  # fmt: skip


def test_an_ellipse_is_read_as_chosen(tmp_path: Path):
    path = redbrick(tmp_path, ellipses=[ELLIPSE])
    width, height = CT.columns, CT.rows
    assert width != height
    project, matches = opened(path)
    taken = Ellipse(width / 2, height / 2, width / 4, height / 8, 0.3)
    assert shown(matches, project) == taken
    project, matches = opened(path, *OF_ELLIPSES)
    x, y = width / 2 + 0.5, height / 2 + 0.5
    numbers = msgspec.structs.astuple(shown(matches, project))
    assert numbers == pytest.approx((x, y, width / 4, width / 8, -0.3))
    said = {one.name: one.value for one in project.annotations[FIRST].attributes}
    assert said["second radius"] == "in parts of the width, as chosen under Labels and images"


@MANY
@given(
    readings=st.sets(st.sampled_from(OF_ELLIPSES)),
    numbers=st.tuples(*[st.floats(0.5, 9)] * 4, st.floats(-1.5, 1.5)),
    kept=st.sets(st.integers(0, 4), max_size=4),
)
def test_an_edited_ellipse_is_shown_again_and_what_stayed_keeps_its_digits(
    readings, numbers, kept, tmp_path: Path
):
    path = redbrick(tmp_path, ellipses=[ELLIPSE])
    project, matches = opened(path, *readings)
    before = msgspec.structs.astuple(shown(matches, project))
    after = Ellipse(*(before[at] if at in kept else numbers[at] for at in range(5)))
    saved = tmp_path / "saved.json"
    write_export(project, edited(project, matches, after), "1", saved, overwrite=True)
    project, matches = opened(saved, *readings)
    again = msgspec.structs.astuple(shown(matches, project))
    assert again == pytest.approx(msgspec.structs.astuple(after), abs=1e-9)
    (label,) = json.loads(saved.read_bytes())[0]["series"][0]["ellipses"]
    for key in ("xNorm", "yNorm"):
        if {0, 1} <= kept:
            assert label["pointCenter"][key] == ELLIPSE["pointCenter"][key]
    for at, key in ((2, "xRadiusNorm"), (3, "yRadiusNorm"), (4, "rotationRad")):
        if at in kept:
            assert label[key] == ELLIPSE[key]


def test_a_stated_area_goes_before_what_was_chosen(tmp_path: Path):
    headers = {"dimensions": [12, 10, 8], "affine": np.eye(4).tolist()}
    area = float(np.pi * 12 / 4 * 10 / 8)
    label = {**ELLIPSE, "stats": {"area": area}}
    path = redbrick(tmp_path, ellipses=[label], imageHeaders=headers)
    project, _ = opened(path, "radius-by-width")
    assert project.exports["1"].entries[0].left_open == ("pixel-centres", "counterclockwise")
    (placement,) = project.annotations[FIRST].placements
    assert isinstance(placement.shape, Ellipse)
    assert placement.shape.ry == 10 / 8


CUBOID = {"point1": {"i": 1, "j": 2, "k": 3}, "point2": {"i": 4, "j": 6, "k": 3}, "category": "c"}


def test_a_cuboid_counted_by_edges_is_shown_reshaped_and_drawn_anew(tmp_path: Path):
    path = redbrick(tmp_path, cuboids=[CUBOID])
    project, matches = opened(path, "cuboid-edges")
    assert project.exports["1"].entries[0].left_open == ("cuboid-edges",)
    matches, _ = with_solids(matches)
    session = Session()
    session.open(project, [CT], (), matches)
    assert session.go_to(FIRST)
    scene = scene_of(session, None)
    assert scene is not None
    (item,) = scene.items
    assert item.shape == Box(1, 2, 3, 4)  # without edges 4 x 5
    stored = item.stored(Box(1, 2, 2, 4), (CT.columns, CT.rows))
    session.do(Reshape(FIRST, 0, stored, session.stamp()))
    target = target_of(session, ("1", project.annotations[FIRST].class_id))
    assert target is not None
    session.do(annotation_made(session.project, target, Box(5, 5, 2, 1), session.stamp()))
    saved = tmp_path / "saved.json"
    write_export(project, session.project, "1", saved)
    first, made = json.loads(saved.read_bytes())[0]["series"][0]["cuboids"]
    assert first["point1"] == CUBOID["point1"]
    assert first["point2"] == {"i": 3, "j": 6, "k": 3}
    assert list(made["point1"].values())[:2] == [5, 5]
    assert list(made["point2"].values())[:2] == [7, 6]
    _, again = opened(saved, "cuboid-edges")
    again, _ = with_solids(again)
    for id in (FIRST, AnnotationId("1", 1)):
        (extent,) = again.extents_of(id)
        assert isinstance(extent.solid, Cuboid)
    assert again.extents_of(FIRST)[0].solid.corners == ((1, 2, 3), (2, 5, 3))
    (made_again,) = again.extents_of(AnnotationId("1", 1))
    assert made_again.solid.corners == ((5, 5, 3), (6, 5, 3))


STORED = (7, 5)  # width and height


def turned_picture(folder: Path, orientation: int) -> Media:
    """A picture with one bright rectangle, x 1 to 3 and y 2 to 3, whose EXIF tag turns it."""
    values = np.zeros(STORED[::-1], np.uint8)
    values[2:3, 1:4] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(values).save(folder / "a.png", exif=exif)
    (media,) = open_media(folder / "a.png").media
    load(media)
    return media


def turned_row(folder: Path, orientation: int, size: tuple[int, int] | None = None) -> Path:
    row = image(thing("f", "ImageBoundingBox", sides(2, 1, 1, 3)))
    row["data_row"]["external_id"] = "a.png"
    row["media_attributes"] = {"mime_type": "image/png", "exif_rotation": str(orientation)}
    if size:
        row["media_attributes"] |= {"width": size[0], "height": size[1]}
    path = folder / "x.ndjson"
    path.write_text(json.dumps(row))
    return path


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("size", [None, STORED])
def test_a_box_on_a_stored_picture_lies_on_the_same_pixels_however_it_is_turned(
    orientation: int, size, tmp_path: Path
):
    media = turned_picture(tmp_path, orientation)
    path = turned_row(tmp_path, orientation, size)
    project, matches = opened(path, "stored-picture", media=media)
    assert not matches.of(FIRST)[0].reason
    box = shown(matches, project)
    picture = media.picture(0)
    assert picture is not None
    bright = (picture if picture.ndim == 2 else picture[..., 0]) > 0
    mask = rasterised(box, media.columns, media.rows)
    drawn = np.zeros(bright.shape, dtype=bool)
    drawn[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    assert np.array_equal(drawn, bright)
    assert isinstance(box, Box)
    moved = Box(0, 0, 1, 2)
    saved = tmp_path / "saved.ndjson"
    write_export(project, edited(project, matches, moved), "1", saved)
    project, matches = opened(saved, "stored-picture", media=media)
    assert shown(matches, project) == moved
    session = Session()
    session.open(project, [media], (), matches)
    target = target_of(session, ("1", project.annotations[FIRST].class_id))
    assert target is not None
    made = annotation_made(project, target, moved, session.stamp()).annotation
    assert same_box(made.placements[0].shape, project.annotations[FIRST].placements[0].shape)
    assert made.placements[0].size == STORED


@pytest.mark.parametrize("orientation", [1, 2, 3, 6])
def test_views_tools_and_inspector_have_a_turned_label_of_a_picture_at_one_place(
    orientation: int, tmp_path: Path
):
    media = turned_picture(tmp_path, orientation)
    path = turned_row(tmp_path, orientation)
    flipped = {"planes": {"acquired": Turn(flip_x=True)}}
    project, matches = opened(path, "stored-picture", media=media, **flipped)
    box = shown(matches, project)
    session = Session()
    session.open(project, [media], (), matches)
    assert session.go_to(FIRST)
    scene, stage = scene_of(session, None), stage_of(session, "axial")
    assert scene is not None
    assert stage is not None
    (item,) = scene.items
    assert item.shape == box
    (mark,) = marks_on(project, matches, stage.section, every_label)
    x0, y0, x1, y1 = bounds(box)
    corners = np.concatenate(mark.drawn.rings)
    assert corners.min(axis=0).tolist() == [x0, y0]
    assert corners.max(axis=0).tolist() == [x1, y1]
    assert subject_of(session, FIRST).shape == box
    assert centre_slices(project, matches, FIRST) == {"frame": 0}


def same_box(one: object, other: object) -> bool:
    return isinstance(one, Box) and one == other


def test_the_size_of_the_stored_picture_says_where_labels_count_until_a_person_does(
    tmp_path: Path,
):
    media = turned_picture(tmp_path, 6)
    for size, is_stored in ((STORED, True), (STORED[::-1], False), (None, False)):
        path = turned_row(tmp_path, 6, size)
        project, matches = opened(path, media=media)
        (binding,) = matches.lookup.bindings["1"].bindings
        assert ("stored-picture" in binding.readings) == is_stored
        assert any("as its picture is stored" in one for one in binding.mismatches) == is_stored
        assert not matches.of(FIRST)[0].reason
        choice = Choice(readings={"stored-picture": False})
        matches = matched(project, [media], {"1": Choices(choice)})
        (binding,) = matches.lookup.bindings["1"].bindings
        assert binding.readings == frozenset()
        assert binding.mismatches == ()
        assert not matches.of(FIRST)[0].reason
        assert shown(matches, project) == Box(1, 2, 3, 1)


def test_between_key_frames_an_object_is_worked_out_or_held(tmp_path: Path):
    rows = video({"1": {"f": sides(0)}, "5": {"f": sides(8)}}, {"f": [[1, 6]]})
    path = tmp_path / "x.ndjson"
    path.write_text(json.dumps(rows))
    project = read_export(path)
    (entry,) = project.exports["1"].entries
    assert entry.left_open == ("pixel-centres", "held-between-keys")
    media = film("d", 6)

    def tops(choice: Choice, after: Project = project) -> list[float]:
        matched(project, [media], {"1": Choices(choice)})
        shapes = [one.shape for one in after.annotations[FIRST].placements]
        return [shape.y for shape in shapes if isinstance(shape, Box)]

    held = Choice(readings={"held-between-keys": True})
    track = project.annotations[FIRST].placements
    assert isinstance(track, Track)
    moved = Box(2, 4, 4, 3)
    changed = track.with_(0, msgspec.structs.replace(track[0], shape=moved))
    annotation = msgspec.structs.replace(project.annotations[FIRST], placements=changed)
    after = project.with_annotation(annotation)
    assert tops(Choice()) == [0, 2, 4, 6, 8, 8]
    assert tops(Choice(), after) == [4, 5, 6, 7, 8, 8]
    assert tops(held) == [0, 0, 0, 0, 8, 8]
    assert tops(held, after) == [4, 4, 4, 4, 8, 8]
    for choice, kind in ((Choice(), "derived"), (held, "held")):
        matches = matched(after, [media], {"1": Choices(choice)})
        parts = frames_of_track(matches, FIRST, 0).stretches
        assert parts[0] == Stretch(0, 5 if kind == "held" else 4, kind)
    write_export(project, after, "1", tmp_path / "saved.ndjson")
    saved = json.loads((tmp_path / "saved.ndjson").read_bytes())
    (label,) = saved["projects"]["p"]["labels"]
    assert label["annotations"]["segments"] == {"f": [[1, 6]]}
    assert list(label["annotations"]["frames"]) == ["1", "5"]
