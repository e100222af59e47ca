"""From files to the screen: the patient stands as in the headers, masks cover their pixels."""

from __future__ import annotations

from itertools import cycle, product
from pathlib import Path

import cv2
import numpy as np
import pytest
from composed import row
from numpy.typing import NDArray
from phantoms import ALL_SERIES, BRIGHT, dark, lit
from PySide6.QtWidgets import QApplication
from truths import (
    PLANES,
    SEEN,
    SIZE,
    TURNS,
    UNSEEN,
    Picture,
    Seen,
    Study,
    assert_together,
    change,
    letters_of,
    middle,
    pictured,
    seen,
    study,
    zoomed,
)

from viewer.geometry.views import Edges, PlaneName
from viewer.model.annotation import AnnotationId
from viewer.paint.compose import Extras, view_picture
from viewer.paint.framing import px_per_mm
from viewer.render.planes import planes_of


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    assert qapp is not None


CORNER, ALONG_ROW, ALONG_COLUMN, ALONG_STACK = (2, 2, 1), (8, 2, 1), (2, 6, 1), (2, 2, 6)
SHARES = {CORNER: 1.0, ALONG_ROW: 0.5, ALONG_COLUMN: 0.25, ALONG_STACK: 0.1}  # of the brightness


def blobs(light: Picture) -> NDArray[np.float64]:
    """The middles (n, 2) of everything that shines, the brightest first."""
    count, parts = cv2.connectedComponents((light > 0).astype(np.uint8))
    alone = [np.where(parts == part, light, 0.0) for part in range(1, count)]
    return np.array([middle(one) for one in sorted(alone, key=lambda one: -one.sum())])


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
    strength = change(light, black)
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
