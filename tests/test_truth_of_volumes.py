"""From a NIfTI file to the screen: in all 48 orientations the painted patient is the right one.

Where voxels lie is worked out by nibabel's affine (RAS); what is compared are painted pixels and
the letters at the edges.
"""

from __future__ import annotations

from itertools import permutations, product
from pathlib import Path

import cv2
import nibabel
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from truths import letters_of

from viewer import open_media
from viewer.geometry.views import PlaneName
from viewer.media import load
from viewer.media.volume import Volume, Window
from viewer.model.project import Project
from viewer.paint.compose import Extras, view_picture
from viewer.paint.framing import px_per_mm
from viewer.paint.look import look_of
from viewer.paint.picture import paint_view
from viewer.render.planes import planes_of
from viewer.review.matching import match
from viewer.session.session import Session

SIZE = (360, 360)
SHAPE = (7, 6, 5)
STEPS = np.array([1.5, 2.0, 3.0])
BRIGHT = 10_000
CORNER = (1, 1, 1)
ENDS = ((5, 1, 1), (1, 4, 1), (1, 1, 3))  # along i, j and k
SHARES = (0.7, 0.5, 0.35)
TURNS = [
    np.eye(3)[:, order] * signs
    for order in permutations(range(3))
    for signs in product((1.0, -1.0), repeat=3)
]
SKEW = nibabel.eulerangles.euler2mat(0.15, -0.2, 0.1)
RAS_TO_LPS = np.array([-1.0, -1.0, 1.0])


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    assert qapp is not None


STANDING = {"axial": ("R", "A"), "sagittal": ("A", "H"), "coronal": ("R", "H")}  # left, top


def opened(folder: Path, axes: NDArray[np.float64]) -> tuple[Session, Volume]:
    """A volume with four bright voxels whose axes run along the columns of `axes` (RAS)."""
    data = np.zeros(SHAPE, np.int16)
    data[CORNER] = BRIGHT
    for end, share in zip(ENDS, SHARES, strict=True):
        data[end] = BRIGHT * share
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = axes * STEPS, (-20, 30, 40)
    nibabel.save(nibabel.Nifti1Image(data, affine), folder / "v.nii.gz")
    found = open_media(folder)
    (volume,) = found.media
    assert isinstance(volume, Volume)
    load(volume)
    session = Session()
    session.open(Project(), found.media, (), match(Project(), found.media))
    session.viewing.set_look(smooth=False)
    return session, volume


def lights(session: Session, plane: PlaneName, index: int) -> NDArray[np.float64]:
    """The middles (n, 2) of what shines on a view, the brightest first, in px."""
    session.viewing.set_window(Window(BRIGHT / 2, BRIGHT))
    view = view_picture(session, plane, SIZE, Extras(index=index, bare=True, labels=False))
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        paint_view(painter, view, look_of("dark"))
    painted = np.asarray(image.constBits(), dtype=np.uint8).reshape(SIZE[1], SIZE[0], 4)
    light = painted[..., 0].astype(np.float64)
    light[light < 60] = 0  # the ground
    count, _parts, stats, middles = cv2.connectedComponentsWithStats((light > 0).astype(np.uint8))
    peaks = [float(light[_parts == part].max()) for part in range(1, count)]
    assert stats is not None
    return middles[1:][np.argsort(peaks)[::-1]] + 0.5


@pytest.mark.some(36)
@pytest.mark.parametrize("turn", range(len(TURNS)))
@pytest.mark.parametrize("skew", [np.eye(3), SKEW], ids=["straight", "oblique"])
def test_the_patient_is_neither_mirrored_nor_stretched_and_the_letters_are_right(
    turn: int, skew: NDArray[np.float64], tmp_path: Path
) -> None:
    axes = skew @ TURNS[turn]
    session, volume = opened(tmp_path, axes)
    place = (CORNER[0], CORNER[1], volume.slice_of[("v.nii.gz", CORNER[2])])
    for plane, view in planes_of(volume.stack).items():
        ends = [axis for axis in range(3) if axis != view.axis]
        start, *others = lights(session, plane, view.index_of(place))
        assert len(others) == 2
        steps = [np.array(ENDS[axis]) - CORNER for axis in ends]
        in_patient = np.array([axes @ (STEPS * step) * RAS_TO_LPS for step in steps])
        right, down = np.linalg.solve(np.array(others) - start, in_patient)
        words = view_picture(session, plane, SIZE).letters
        scale = px_per_mm(
            view_picture(session, plane, SIZE, Extras(bare=True, labels=False)).affine
        )
        assert np.allclose(np.linalg.norm([right, down], axis=1) * scale, 1, atol=0.03)
        assert abs(right @ down) * scale**2 < 0.03
        expected = [letters_of(way * scale) for way in (-right, right, -down, down)]
        assert [words.left, words.right, words.top, words.bottom] == expected


@pytest.mark.some(24)
@pytest.mark.parametrize("turn", range(len(TURNS)))
def test_every_plane_stands_as_radiologists_look_at_it(turn: int, tmp_path: Path) -> None:
    session, volume = opened(tmp_path, TURNS[turn])
    for plane in planes_of(volume.stack):
        words = view_picture(session, plane, SIZE).letters
        assert (words.left, words.top) == STANDING[plane]
