"""Series and exports written as files, opened and painted: where light and label are seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from composed import Row, export_text, row
from numpy.typing import NDArray
from phantoms import BRIGHT, Tags, dark, lit, written
from PySide6.QtGui import QImage, QPainter

from tests.telling import matched
from viewer import open_media, read_export
from viewer.geometry.views import PlaneName
from viewer.media import load
from viewer.media.volume import Volume, Window
from viewer.model.annotation import AnnotationId
from viewer.paint.compose import Extras, view_picture
from viewer.paint.framing import Framing, px_per_mm
from viewer.paint.look import look_of
from viewer.paint.picture import ViewPicture, paint_view
from viewer.render.planes import planes_of
from viewer.session.session import Session

Painted = NDArray[np.uint8]  # (height, width, 3) levels of colours
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
    matches = matched(project, found.media)
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


def levels_of(image: QImage) -> Painted:
    """The colours of an image."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    lines = np.asarray(plain.constBits(), dtype=np.uint8)
    return cv2.cvtColor(lines.reshape(plain.height(), plain.width(), 4), cv2.COLOR_BGRA2BGR)


def change(one: Painted, other: Painted) -> Picture:
    """How much every pixel differs, summed over its colours."""
    apart = cv2.absdiff(one, other)
    return apart[..., 0] + apart[..., 1].astype(np.float64) + apart[..., 2]


def pictured(session: Session, plane: PlaneName, extras: Extras) -> tuple[ViewPicture, Painted]:
    """What one view shows, and its painted pixels."""
    view = view_picture(session, plane, SIZE, extras)
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        paint_view(painter, view, look_of("dark"))
    return view, levels_of(image)


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
    return Seen(view, change(light, black), change(label, black))


def middle(strength: Picture) -> NDArray[np.float64]:
    """The centroid (x, y) in px from the picture's corner."""
    of_columns, of_rows = strength.sum(axis=0), strength.sum(axis=1)
    whole = of_rows.sum()
    assert whole > 0, "nothing is seen"
    right, down = (np.arange(len(sums)) + 0.5 for sums in (of_columns, of_rows))
    return np.array([of_columns @ right, of_rows @ down]) / whole


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


def letters_of(direction: NDArray[np.float64]) -> str:
    """The letters of a patient direction (LPS): the largest part first, none under 15 degrees."""
    names = [("L", "R"), ("P", "A"), ("H", "F")]
    order = sorted(range(3), key=lambda axis: -abs(direction[axis]))
    limit = np.sin(np.radians(15))
    return "".join(names[a][int(direction[a] < 0)] for a in order if abs(direction[a]) > limit)


def assert_painted_on_every_plane(made: Study, id: AnnotationId, voxel: Voxel) -> None:
    """A label that is shown alone is where the one bright voxel is."""
    session = made.session
    session.display.set_solo(id)
    assert session.go_to(id)
    for plane in PLANES:
        shown = seen(session, plane, zoomed(made, plane, voxel))
        assert shown.light.any()
        assert shown.label.any(), plane
        near = NEAR * voxel_px(made, plane, shown.view)
        assert (np.abs(shown.apart) <= near).all(), (plane, shown.apart, near)


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
