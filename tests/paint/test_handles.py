"""Handles and previews: screen sizes at any zoom, and no white clumps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scenes import painted

from viewer.paint.handles import Handles, Preview, whole_handles
from viewer.paint.nodes import NODE_PX
from viewer.paint.picture import ViewPicture

EMPTY = ViewPicture((300.0, 300.0), np.eye(2, 3), is_calibrated=False, bare=True)


def circle(count: int, radius: float) -> NDArray[np.float64]:
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return 150 + radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)


def white(handles: Handles, scale: float = 1.0) -> int:
    shown = replace(EMPTY, affine=np.eye(2, 3) * scale, handles=handles)
    return int((painted(shown) > 240).all(axis=2).sum())


def test_a_square_is_as_large_at_every_zoom() -> None:
    assert white(Handles(np.array([[150.0, 150.0]]))) == white(
        Handles(np.array([[15.0, 15.0]])), scale=10.0
    )
    assert white(Handles(np.array([[150.3, 150.3]]))) == 36  # 8 px with an edge of 1 px


def test_the_live_handle_is_larger_and_in_the_accent() -> None:
    shown = replace(EMPTY, handles=Handles(np.array([[150.0, 150.0], [50.0, 50.0]]), live=0))
    middle = painted(shown)[150, 150]
    assert middle.tolist() == [0x5E, 0xB0, 0xFF]


def test_nodes_stay_seen_and_only_the_live_one_is_a_square() -> None:
    nodes = np.array([[50.0, 50.0], [150.0, 150.0], [250.0, 50.0]])
    assert white(Handles(nodes, are_nodes=True)) == 0
    shown = replace(EMPTY, handles=Handles(nodes, live=1, are_nodes=True))
    assert painted(shown)[150, 150].tolist() == [0x5E, 0xB0, 0xFF]


def test_a_preview_has_a_ring_around_each_node() -> None:
    nodes = np.array([[100.0, 100.0], [200.0, 200.0]])
    pixels = painted(replace(EMPTY, preview=Preview("#ff0000", nodes=nodes)))
    y, x = np.mgrid[:300, :300] + 0.5
    red = (pixels[:, :, 0] > 200) & (pixels[:, :, 1] < 90)
    away = np.stack([np.hypot(x - p, y - q) for p, q in nodes]).min(axis=0)
    assert red[np.abs(away - NODE_PX / 2) < 0.5].all()
    assert not red[away > NODE_PX].any()


def test_a_ring_of_ten_thousand_vertices_does_not_turn_white() -> None:
    dense = Handles(circle(10_000, 100.0))
    assert not whole_handles(dense.squares, dense, EMPTY.affine).any()
    assert white(dense) < 0.2 * (2 * np.pi * 100 * 8)


def test_near_the_pointer_every_handle_is_whole() -> None:
    points = circle(400, 100.0)
    dense = Handles(points, pointer=(250.0, 150.0))
    whole = whole_handles(points, dense, EMPTY.affine)
    away = np.hypot(*(points - (250, 150)).T)
    assert np.array_equal(whole, away <= 40)


def test_dots_stand_between_vertices_that_are_apart() -> None:
    corners = np.array([(50.0, 50), (250, 50), (250, 250), (50, 250)])
    middles = (corners + np.roll(corners, -1, axis=0)) / 2
    assert white(Handles(corners, middles)) > white(Handles(corners)) + 4 * 3


def test_the_rotation_dot_is_tied_to_the_handle_below_it() -> None:
    corners = np.array([(50.0, 150), (150, 150), (250, 150)])
    shown = replace(EMPTY, handles=Handles(corners, rotation=(150.0, 100.0)))
    assert (painted(shown)[105:140, 149:151].max(axis=(1, 2)) > 100).all()


def test_a_preview_shows_the_new_edge_in_colour_and_the_old_one_in_dots() -> None:
    ring, old = circle(24, 60.0), circle(24, 100.0)
    preview = Preview("#ff0000", rings=(ring,), ghost=((old, True),), text="9 mm", at=(150, 150))
    pixels = painted(replace(EMPTY, preview=preview))
    y, x = np.mgrid[:300, :300] + 0.5
    radius = np.hypot(x - 150, y - 150)
    red = (pixels[:, :, 0] > 200) & (pixels[:, :, 1] < 60)
    assert (red & (np.abs(radius - 60) < 3)).sum() > 150
    dots = (pixels > 150).all(axis=2) & (np.abs(radius - 100) < 3)
    assert 60 < dots.sum() < 0.6 * 2 * np.pi * 100 * 1.25
    assert pixels[164:184, 164:200].max() > 150


def test_a_preview_of_points_and_open_lines_is_drawn() -> None:
    line = Preview("#ff0000", lines=(np.array([(20.0, 20), (280, 20)]),))
    point = Preview("#ff0000", points=np.array([[150.0, 150.0]]))
    assert painted(replace(EMPTY, preview=line))[20, 150].tolist() == [255, 0, 0]
    assert (painted(replace(EMPTY, preview=point))[140:160, 140:160, 0] > 200).sum() > 20
