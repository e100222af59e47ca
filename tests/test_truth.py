"""From files to the screen: a label on a bright point is seen on its brightness, in every plane.

Series and exports are written as files; where labels belong is worked out here from the raw tags
(DICOM PS3.3 C.7.6.2.1.1); what is compared are the pixels that were painted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, product
from pathlib import Path

import cv2
import numpy as np
import pytest
from composed import Row, export_text, row
from numpy.typing import NDArray
from phantoms import ALL_SERIES, BRIGHT, Tags, dark, enhanced_written, lit, written
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from viewer import open_media, read_export
from viewer.geometry.views import Edges, PlaneName
from viewer.media import load
from viewer.media.volume import Volume, Window
from viewer.model.annotation import AnnotationId
from viewer.paint.compose import Extras, view_picture
from viewer.paint.framing import Framing, px_per_mm
from viewer.paint.look import look_of
from viewer.paint.picture import ViewPicture, paint_view
from viewer.render.planes import planes_of
from viewer.review.matching import match
from viewer.session.session import Session

Picture = NDArray[np.float64]  # (height, width) strength of what was looked for
PLANES: tuple[PlaneName, ...] = ("axial", "sagittal", "coronal")
SIZE = (480, 480)
NEAR = 0.05  # of a voxel
SEEN = Window(BRIGHT / 2, BRIGHT)  # black to white
UNSEEN = Window(1e9, 1.0)  # everything is black
BAND_END = 5  # px: half the tick at the end of a band, and half a line
Voxel = tuple[float, float, int]

# Mode and voxel (fractions where the mode can say them) of labelled points. Those of one group
# share no column, row or file, so that each is alone in every plane.
GROUPS: tuple[tuple[tuple[str, Voxel], ...], ...] = (
    (("location", (1.3, 3.75, 0)), ("bbox", (4.25, 6.4, 3)), ("polygon", (8.7, 1.3, 6))),
    (("mask", (9, 6, 1)), ("ellipse", (5.7, 3.65, 4)), ("freeform", (2.35, 1.2, 7))),
    (("location", (7.6, 1.4, 5)), ("line", (5, 4, 2)), ("grid", (2, 7, 7))),
)
TURNS = {
    "as it is": np.eye(2),
    "flipped left to right": np.diag([-1.0, 1.0]),
    "flipped top to bottom": np.diag([1.0, -1.0]),
    "half round": -np.eye(2),
    "to the right": np.array([[0.0, -1.0], [1.0, 0.0]]),
    "to the left": np.array([[0.0, 1.0], [-1.0, 0.0]]),
    "to the right, flipped": np.array([[0.0, 1.0], [1.0, 0.0]]),
    "to the left, flipped": np.array([[0.0, -1.0], [-1.0, 0.0]]),
}


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    assert qapp is not None


@dataclass(frozen=True, eq=False)
class Study:
    """A written series with its export, opened."""

    session: Session
    tags: Tags

    @property
    def volume(self) -> Volume:
        (volume,) = self.session.media
        assert isinstance(volume, Volume)
        return volume

    def slice_of_file(self, k: int) -> int:
        """The slice that shows file k."""
        shown = self.volume.instances
        if shown[0].frame is not None:
            return [one.frame for one in shown].index(k)
        return [one.sop_uid for one in shown].index(f"1.2.3.{k}")

    def index(self, plane: PlaneName, voxel: Voxel) -> int:
        """The slice of a plane that goes through a voxel of a file."""
        i, j, k = voxel
        by_axis = (round(i), round(j), self.slice_of_file(k))
        return by_axis[planes_of(self.volume.stack)[plane].axis]


def study(
    folder: Path,
    tags: Tags,
    pixels: NDArray[np.float64],
    rows: Sequence[Row],
    write: Callable[[Path, Tags, NDArray[np.float64]], Path] = written,
) -> Study:
    """Write series and export, and open them as the program does."""
    series = write(folder / "series", tags, pixels)
    export = folder / "labels.json"
    export.write_text(export_text(rows), encoding="utf-8")
    found = open_media(series)
    assert len(found.media) == 1
    load(found.media[0])
    assert found.media[0].ready.all()
    project = read_export(export)
    matches = match(project, found.media)
    assert matches.counts() == ({"": len(rows)} if rows else {})
    session = Session()
    session.open(project, found.media, (), matches)
    return Study(session, tags)


def labelled(tags: Tags, mode: str, voxel: Voxel) -> Row:
    """A record around a voxel, its numbers worked out from patient mm and the raw tags."""
    x, y = tags.corner_based(tags.patient_of(voxel), voxel[2])
    column, line = round(x - 0.5), round(y - 0.5)
    grid = np.zeros((tags.rows, tags.columns), dtype=int)
    grid[line - 1 : line + 2, column - 1 : column + 2] = 1
    ring = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    label, data = {
        "location": ("L_spot", {"x": x, "y": y}),
        "bbox": ("L_box", {"x": x - 1.5, "y": y - 1, "width": 3, "height": 2}),
        "polygon": ("L_ring", {"vertices": [[x - 2, y], [x, y - 1.5], [x + 2, y], [x, y + 1.5]]}),
        "freeform": ("L_free", {"vertices": [x - 1.5, y, x, y - 2, x + 1.5, y, x, y + 2]}),
        "ellipse": ("L_round", {"cx": x, "cy": y, "rx": 2.25, "ry": 1.5}),
        "line": ("L_line", {"vertices": [[x - 1.5, y - 2], [x + 1.5, y + 2]]}),
        "mask": (
            "L_mask",
            {"foreground": [[[column + a, line + b] for a, b in ring]], "background": []},
        ),
        "grid": ("L_mask", {"mask": grid.tolist()}),
    }[mode]
    return row(label, data, voxel[2])


def pictured(session: Session, plane: PlaneName, extras: Extras) -> tuple[ViewPicture, Picture]:
    """What one view shows, and its painted pixels (height, width, 3)."""
    view = view_picture(session, plane, SIZE, extras)
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        paint_view(painter, view, look_of("dark"))
    painted = np.asarray(image.constBits(), dtype=np.uint8).reshape(SIZE[1], SIZE[0], 4)
    return view, painted[:, :, :3].astype(np.float64)


@dataclass(frozen=True, eq=False)
class Seen:
    """What a view shows: brightness and labels, each alone, as (height, width) strengths."""

    view: ViewPicture
    light: Picture
    label: Picture

    @property
    def apart(self) -> NDArray[np.float64]:
        """Screen px from the middle of the brightness to the middle of the label."""
        return middle(self.label) - middle(self.light)


def seen(session: Session, plane: PlaneName, framing: Framing, index: int | None = None) -> Seen:
    """Look at one view."""
    plain = Extras(framing=framing, index=index, bare=True, labels=False)
    session.viewing.set_window(UNSEEN)
    _, black = pictured(session, plane, plain)
    with_label = Extras(framing=framing, index=index, bare=True)
    view, label = pictured(session, plane, with_label)
    session.viewing.set_window(SEEN)
    _, light = pictured(session, plane, plain)
    return Seen(view, np.abs(light - black).sum(axis=2), np.abs(label - black).sum(axis=2))


def middle(strength: Picture) -> NDArray[np.float64]:
    """The centroid (x, y) in px from the picture's corner."""
    assert strength.sum() > 0, "nothing is seen"
    down, right = np.mgrid[0.5 : strength.shape[0], 0.5 : strength.shape[1]]
    return np.array([(strength * right).sum(), (strength * down).sum()]) / strength.sum()


def zoomed(made: Study, plane: PlaneName, voxel: Voxel) -> Framing:
    """Twenty-four px to the shorter side of a pixel, the voxel in the middle."""
    i, j, k = voxel
    p, q = planes_of(made.volume.stack)[plane].place((i, j, made.slice_of_file(k)))[0].tolist()
    return Framing(24 / min(made.tags.pixel_spacing), (p, q))


def voxel_px(made: Study, plane: PlaneName, view: ViewPicture) -> NDArray[np.float64]:
    """Size on the screen, right and down, of one voxel in a plane (the smallest step of slices)."""
    between_rows, between_columns = made.tags.pixel_spacing
    steps = np.diff(made.volume.stack.positions_mm)
    step = float(steps.min()) if len(steps) else 3.0
    sides = {0: (between_rows, step), 1: (between_columns, step), 2: made.tags.pixel_spacing[::-1]}
    of_plane = sides[planes_of(made.volume.stack)[plane].axis]
    turned = np.abs(np.sign(np.round(view.affine[:, :2], 9)))
    return turned @ np.array(of_plane) * px_per_mm(view.affine)


def assert_together(made: Study, plane: PlaneName, shown: Seen) -> None:
    """The label lies on the brightness: within 0.05 voxel; from slice to slice within its strip.

    Where steps differ a slice is shown farther than its label reaches, so middles differ there.
    """
    near = NEAR * voxel_px(made, plane, shown.view)
    apart = np.abs(shown.apart)
    if made.tags.is_even or planes_of(made.volume.stack)[plane].is_acquired:
        assert (apart <= near).all(), (plane, apart / near * NEAR)
        return
    along = int(np.argmax(np.abs(shown.view.affine[:, 1])))  # screen axis from slice to slice
    assert apart[1 - along] <= near[1 - along]
    label = np.flatnonzero(shown.label.any(axis=along))
    light = np.flatnonzero(shown.light.any(axis=along))
    assert light.min() - BAND_END <= label.min()
    assert label.max() <= light.max() + BAND_END


def study_of_points(folder: Path, tags: Tags, group: int) -> tuple[Study, list[Voxel]]:
    """Lit and labelled points; their labels have the numbers of the list."""
    pixels = dark(tags)
    points = GROUPS[group]
    if tags.count == 1:
        mode, (i, j, _) = points[0]
        points = ((mode, (i, j, 0)),)
    for _, voxel in points:
        lit(pixels, voxel)
    rows = [labelled(tags, mode, voxel) for mode, voxel in points]
    return study(folder, tags, pixels, rows), [voxel for _, voxel in points]


def assert_painted_on_the_point(made: Study, number: int, voxel: Voxel) -> None:
    """Go to a label as a person does, and look at all three planes."""
    id = AnnotationId("1", number)
    made.session.display.set_solo(id)
    assert made.session.go_to(id)
    is_inside = made.tags.is_even and 2 <= voxel[2] <= 5
    made.session.viewing.set_look(smooth=is_inside)  # at the ends smoothing is lopsided
    for plane in PLANES:
        shown = seen(made.session, plane, zoomed(made, plane, voxel))
        assert_together(made, plane, shown)


@pytest.mark.parametrize("group", range(len(GROUPS)))
@pytest.mark.parametrize("name", ALL_SERIES)
def test_a_label_is_painted_on_its_bright_point_in_all_planes(
    name: str, group: int, tmp_path: Path
) -> None:
    made, voxels = study_of_points(tmp_path, ALL_SERIES[name], group)
    for number, voxel in enumerate(voxels):
        assert_painted_on_the_point(made, number, voxel)


@pytest.mark.parametrize("name", ["axial", "oblique, not square", "tilted", "feet first, prone"])
def test_labels_on_frames_of_one_object_are_painted_on_their_bright_points(
    name: str, tmp_path: Path
) -> None:
    tags, points = ALL_SERIES[name], GROUPS[1]
    pixels = dark(tags)
    for _, voxel in points:
        lit(pixels, voxel)
    rows = [
        {**labelled(tags, mode, voxel), "SOPInstanceUID": "1.2.3.0", "frameNumber": voxel[2]}
        for mode, voxel in points
    ]
    made = study(tmp_path, tags, pixels, rows, enhanced_written)
    for number, (_, voxel) in enumerate(points):
        assert_painted_on_the_point(made, number, voxel)


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("name", ["axial", "sagittal, not square", "double oblique", "tilted"])
def test_flips_and_rotations_carry_the_label_along(name: str, turn: str, tmp_path: Path) -> None:
    made, voxels = study_of_points(tmp_path, ALL_SERIES[name], 0)
    for plane in PLANES:
        made.session.viewing.turn_by(plane, TURNS[turn])
    for number, voxel in enumerate(voxels):
        assert_painted_on_the_point(made, number, voxel)


@pytest.mark.parametrize("name", ["axial", "coronal", "oblique, not square", "tilted", "uneven"])
def test_a_label_is_seen_on_exactly_the_slices_where_its_pixels_are(
    name: str, tmp_path: Path
) -> None:
    tags, voxel = ALL_SERIES[name], (7, 2, 3)
    pixels = dark(tags)
    lit(pixels, voxel)
    x, y = tags.corner_based(tags.patient_of(voxel), voxel[2])
    box = {"x": x - 0.5, "y": y - 0.5, "width": 1, "height": 1}
    ring = {"foreground": [[[7, 2]]], "background": []}
    rows = (
        row("L_spot", {"x": x, "y": y}, 3),
        row("L_box", box, 3),
        row("L_mask", ring, 3),
    )
    made = study(tmp_path, tags, pixels, rows)
    for plane, number in product(PLANES, range(len(rows))):
        made.session.display.set_solo(AnnotationId("1", number))
        framing = zoomed(made, plane, voxel)
        count = planes_of(made.volume.stack)[plane].count
        views = [seen(made.session, plane, framing, index) for index in range(count)]
        lit_on = [index for index, view in enumerate(views) if view.light.any()]
        labelled_on = [index for index, view in enumerate(views) if view.label.any()]
        assert lit_on == labelled_on == [made.index(plane, voxel)]


CORNER, ALONG_ROW, ALONG_COLUMN, ALONG_STACK = (2, 2, 1), (8, 2, 1), (2, 6, 1), (2, 2, 6)
SHARES = {CORNER: 1.0, ALONG_ROW: 0.5, ALONG_COLUMN: 0.25, ALONG_STACK: 0.1}  # of the brightness


def blobs(light: Picture) -> NDArray[np.float64]:
    """The middles (n, 2) of everything that shines, the brightest first."""
    count, parts = cv2.connectedComponents((light > 0).astype(np.uint8))
    alone = [np.where(parts == part, light, 0.0) for part in range(1, count)]
    return np.array([middle(one) for one in sorted(alone, key=lambda one: -one.sum())])


def letters_of(direction: NDArray[np.float64]) -> str:
    """The letters of a patient direction (LPS): the largest part first, none under 15 degrees."""
    names = [("L", "R"), ("P", "A"), ("H", "F")]
    order = sorted(range(3), key=lambda axis: -abs(direction[axis]))
    limit = np.sin(np.radians(15))
    return "".join(names[a][int(direction[a] < 0)] for a in order if abs(direction[a]) > limit)


@pytest.mark.parametrize(("name", "turn"), list(zip(ALL_SERIES, cycle(TURNS), strict=False)))
def test_the_patient_is_neither_mirrored_nor_stretched_and_the_letters_are_right(
    name: str, turn: str, tmp_path: Path
) -> None:
    tags = ALL_SERIES[name]
    if tags.count == 1:
        tags = ALL_SERIES["axial"]
    pixels = dark(tags)
    for voxel, share in SHARES.items():
        lit(pixels, voxel, share * BRIGHT)
    made = study(tmp_path, tags, pixels, [])
    made.session.viewing.set_look(smooth=False)
    for plane, view in planes_of(made.volume.stack).items():
        made.session.viewing.turn_by(plane, TURNS[turn])
        ends = {
            0: (ALONG_COLUMN, ALONG_STACK),
            1: (ALONG_ROW, ALONG_STACK),
            2: (ALONG_ROW, ALONG_COLUMN),
        }[view.axis]
        shown = seen_light(made, plane, made.index(plane, CORNER))
        start, *others = blobs(shown.light)
        on_screen = np.array(others) - start
        in_patient = np.array([tags.patient_of(end) - tags.patient_of(CORNER) for end in ends])
        # The patient directions, in mm per px, of screen right and screen down, as painted.
        right, down = np.linalg.solve(on_screen, in_patient)
        scale = px_per_mm(shown.view.affine)
        # Painted pixels end at whole px; strips of uneven steps lie lopsided about their slice.
        shortest = float(np.linalg.norm(on_screen, axis=1).min())
        exact = (1.0 if tags.is_even else 0.04 * shortest) / shortest
        assert np.allclose(np.linalg.norm([right, down], axis=1) * scale, 1, atol=exact)
        assert abs(right @ down) * scale**2 < exact
        expected = [letters_of(way * scale) for way in (-right, right, -down, down)]
        assert edges_of(made, plane) == Edges(*expected)


def seen_light(made: Study, plane: PlaneName, index: int) -> Seen:
    """The whole plane without labels."""
    extras = Extras(index=index, bare=True, labels=False)
    made.session.viewing.set_window(UNSEEN)
    _, black = pictured(made.session, plane, extras)
    made.session.viewing.set_window(SEEN)
    view, light = pictured(made.session, plane, extras)
    strength = np.abs(light - black).sum(axis=2)
    return Seen(view, strength, np.zeros_like(strength))


def edges_of(made: Study, plane: PlaneName) -> Edges:
    """The letters that stand at the edges of a view."""
    words = view_picture(made.session, plane, SIZE).letters
    return Edges(words.left, words.right, words.top, words.bottom)


LETTER_F = np.array([[1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0]])


@pytest.mark.parametrize("turn", ["as it is", "to the left", "to the right, flipped"])
@pytest.mark.parametrize("name", ["axial", "sagittal", "oblique, not square", "tilted, not square"])
def test_a_mask_without_symmetry_covers_its_pixels_and_no_others(
    name: str, turn: str, tmp_path: Path
) -> None:
    tags = ALL_SERIES[name]
    pixels = dark(tags)
    grid = np.zeros((tags.rows, tags.columns), dtype=int)
    grid[2:7, 3:7] = LETTER_F
    pixels[3] = grid * BRIGHT
    rings = [[[3, 2], [6, 2]], [[3, 3], [3, 6]], [[4, 4], [5, 4]]]
    rows = (
        row("L_mask", {"mask": grid.tolist()}, 3),
        row("L_mask", {"foreground": rings, "background": []}, 3),
        row("L_mask", {"foreground": [[[3, 2], [6, 2], [6, 6], [3, 6]]], "background": [
            [[4, 3], [6, 3]], [[6, 4], [6, 4]], [[4, 5], [6, 5], [6, 6], [4, 6]]]}, 3),
    )  # fmt: skip
    made = study(tmp_path, tags, pixels, rows)
    made.session.viewing.set_look(smooth=False)
    made.session.display.set_style(style="fill")
    for plane, number in product(PLANES, range(len(rows))):
        if number == 0:
            made.session.viewing.turn_by(plane, TURNS[turn])
        made.session.display.set_solo(AnnotationId("1", number))
        at = (5, 4, 3)
        shown = seen(made.session, plane, zoomed(made, plane, at), made.index(plane, at))
        assert_together(made, plane, shown)
        if name != "tilted, not square" or planes_of(made.volume.stack)[plane].is_acquired:
            # Strips of a tilted stack are mixed of two pixels: there are no sharp edges.
            light, label = shown.light > shown.light.max() / 2, shown.label > 0
            assert (light != label).sum() <= 0.03 * light.sum(), plane
