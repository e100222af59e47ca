"""Regions and holes of the selected polygon, and nodes of the selected skeleton."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from pointing import Hand

from viewer.formats import read_export
from viewer.geometry.shapes import Polygon, Regions, Skeleton
from viewer.model.ontology import Ontology
from viewer.model.project import Export, Project
from viewer.tools import HoleTool, RegionTool
from viewer.tools.offers import offers_at

OUTER = [(10, 10), (90, 10), (90, 90), (10, 90)]
HOLE = [(20, 20), (50, 20), (50, 50), (20, 50)]
ISLAND = [(30, 30), (40, 30), (40, 40), (30, 40)]
AWAY = [(120, 20), (150, 20), (150, 50)]
HOLDS = Export("1", "encord", "labels.json", (), Ontology(), has_regions=True)


class Ringed(Hand):
    """A hand over labels of an export that keeps regions."""

    @property
    def scene(self):
        return replace(super().scene, project=Project(MappingProxyType({"1": HOLDS})))

    def ring(self, corners):
        for x, y in corners:
            self.click(x, y)
        self.click(*corners[0])


def polygon(*rings):
    outer, *holes = (np.array(ring, dtype=float) for ring in rings)
    return Polygon(outer, tuple(holes))


def shape_of(it):
    (command,) = it.commands
    return command.shape


def rings_of(shape):
    parts = shape.parts if isinstance(shape, Regions) else (shape,)
    return [[ring.tolist() for ring in part.rings] for part in parts]


def lists(*rings):
    return [[list(map(float, pair)) for pair in ring] for ring in rings]


def test_a_ring_becomes_a_region_of_the_selected_label():
    it = Ringed(RegionTool(), polygon(OUTER), selected=0)
    it.ring(AWAY)
    assert rings_of(shape_of(it)) == [lists(OUTER), lists(AWAY)]


def test_a_ring_becomes_a_hole_of_the_smallest_region_around_it():
    it = Ringed(HoleTool(), Regions((polygon(OUTER), polygon(HOLE))), selected=0)
    it.ring(ISLAND)
    assert rings_of(shape_of(it)) == [lists(OUTER), lists(HOLE, ISLAND)]


@pytest.mark.parametrize("ring", [AWAY, HOLE, ISLAND, [(60, 60), (120, 60), (80, 80)]])
def test_a_hole_beyond_its_polygon_or_in_another_hole_is_refused(ring):
    it = Ringed(HoleTool(), polygon(OUTER, HOLE), selected=0)
    it.ring(ring)
    assert it.commands == []
    assert any("inside its polygon" in answer.hint for answer in it.answers)
    assert not it.tool.is_busy


@pytest.mark.parametrize(("hand", "words"), [
    (Ringed(RegionTool(), polygon(OUTER)), "Select one polygon"),
    (Ringed(RegionTool(), Skeleton(np.array(OUTER), ("visible",) * 4), selected=0), "Select one"),
    (Ringed(RegionTool(), polygon(OUTER), selected=0, locked="It is locked."), "It is locked."),
    (Hand(RegionTool(), polygon(OUTER), selected=0), "one ring a polygon"),
])  # fmt: skip
def test_why_no_ring_can_be_drawn_is_said(hand, words):
    hand.press(120, 20)
    assert words in hand.last.hint
    assert not hand.tool.is_busy


def test_a_drawing_stays_with_the_label_that_it_was_begun_for():
    it = Ringed(RegionTool(), polygon(OUTER), polygon(AWAY), selected=0)
    it.click(160, 60)
    it.click(180, 60)
    it.selection = frozenset({it.items[1].id})
    it.press(170, 80)
    assert "another label" in it.last.hint
    it.key("escape")
    assert not it.tool.is_busy
    assert it.commands == []


def offered(shape, x, y):
    return offers_at(Ringed(RegionTool(), shape, selected=0).scene, x, y, (1.0, 1.0))


@pytest.mark.parametrize(("at", "words", "left"), [
    ((22, 40), "Remove hole", [lists(OUTER), lists(AWAY)]),
    ((50, 35), "Remove hole", [lists(OUTER), lists(AWAY)]),
    ((80, 80), "Remove region", [lists(AWAY)]),
    ((140, 25), "Remove region", [lists(OUTER, HOLE)]),
])  # fmt: skip
def test_the_ring_under_the_pointer_can_be_removed(at, words, left):
    (offer,) = offered(Regions((polygon(OUTER, HOLE), polygon(AWAY))), *at)
    assert offer.words == words
    assert rings_of(offer.command.shape) == left


def test_nothing_is_removed_of_a_polygon_of_one_ring_or_beside_it():
    assert offered(polygon(OUTER), 40, 40) == ()
    assert offered(polygon(OUTER, HOLE), 15, 80) == ()
    assert offered(polygon(OUTER, HOLE), 180, 80) == ()


def test_each_state_of_the_node_under_the_pointer_is_offered():
    shape = Skeleton(np.array([(10, 10), (50, 50)]), ("visible", "occluded"), ((0, 1),))
    offers = offered(shape, 50, 50)
    words = [offer.words for offer in offers if offer.is_on]
    assert words == ["Node 2: occluded"]
    states = {offer.words: offer.command for offer in offers}
    assert states["Node 2: occluded"] is None
    changed = states["Node 2: invisible"].shape
    assert changed.states == ("visible", "invisible")
    assert changed.edges == shape.edges
    assert offered(shape, 30, 30) == ()


@pytest.mark.parametrize(("name", "tool", "is_held"), [
    ("seg", HoleTool, True),
    ("seg", RegionTool, False),
    ("car", HoleTool, False),
])  # fmt: skip
def test_holes_are_cut_where_the_class_alone_can_hold_them(tmp_path: Path, name, tool, is_held):
    ring = [{"x": x, "y": y} for x, y in OUTER]
    records = {"seg": {"image_segmentation": [ring]}, "car": {"polygon": ring}}
    kinds = {"seg": "image_segmentation", "car": "polygon"}
    task = {"internal_media_ID": "a", "labels": {name: [records[name]]}}
    classes = [{"class_name": name, "geometry_type": kinds[name]}]
    path = tmp_path / "export.json"
    path.write_text(json.dumps([{"label_classes": classes}, task]))
    project = read_export(path)

    class OverIt(Ringed):
        @property
        def scene(self):
            return replace(Hand.scene.fget(self), project=project)

    it = OverIt(tool(), polygon(OUTER), selected=0)
    it.ring(HOLE if tool is HoleTool else AWAY) if is_held else it.click(*HOLE[0])
    assert bool(it.commands) == is_held
    said = " ".join(answer.hint for answer in it.answers)
    assert ("one ring a polygon" in said) != is_held
