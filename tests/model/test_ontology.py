"""Classes of an export and the kinds of shapes."""

from __future__ import annotations

from typing import get_args

import numpy as np

from viewer.geometry.mask import Mask
from viewer.geometry.shapes import (
    Box,
    Ellipse,
    Point,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
)
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length, MaskVolume, Solid, masks_of
from viewer.model.ontology import (
    FlatKind,
    LabelClass,
    Ontology,
    SolidKind,
    Template,
    kind_of,
    words_of,
)
from viewer.model.table import KINDS, SOLID_KINDS

RING = np.array([(0, 0), (1, 0), (0, 1)])
SHAPES = (
    Point(0, 0),
    Box(0, 0, 1, 1),
    RotatedBox(0, 0, 1, 1, 1),
    Ellipse(0, 0, 1, 1),
    Polygon(RING),
    Regions((Polygon(RING),)),
    Polyline(RING),
    Skeleton(RING, ("visible",) * 3),
    Mask.from_array(np.ones((1, 1), np.bool_)),
    Landmark((0, 0, 0)),
    Length((0, 0, 0), (1, 1, 1)),
    Angle((0, 0, 0), (1, 1, 1), (2, 0, 0)),
    Cuboid((0, 0, 0), (1, 1, 1)),
    MaskVolume(masks_of({})),
)


def test_every_shape_has_a_kind_that_the_columns_know_and_regions_share_that_of_polygons():
    assert {type(shape) for shape in SHAPES} == {*get_args(Shape), *get_args(Solid)}
    kinds = [kind_of(shape) for shape in SHAPES]
    words = [*get_args(FlatKind), *get_args(SolidKind)]
    assert sorted(kinds) == sorted([*words, "polygon"])
    assert set(SOLID_KINDS) == set(get_args(SolidKind))
    assert set(kinds) < set(KINDS)


def test_a_group_stands_before_the_name_where_there_is_one():
    assert LabelClass("1", "nodule").title == "nodule"
    assert LabelClass("1", "nodule", "Reader A").title == "Reader A / nodule"


def test_classes_are_found_by_id_in_the_exports_order():
    ontology = Ontology((LabelClass("b", "one"), LabelClass("a", "two"), LabelClass("b", "three")))
    assert [(id, label.name) for id, label in ontology.by_id.items()] == [
        ("b", "one"),
        ("a", "two"),
    ]


def test_a_skeleton_is_drawn_anew_where_its_nodes_are_known_and_stands_in_the_box():
    bare = LabelClass("1", "Hand", kind="skeleton")
    template = Template(((0.0, 0.0), (1.0, 0.5)), ((0, 1),))
    known = LabelClass("1", "Hand", kind="skeleton", template=template)
    archived = LabelClass("1", "Hand", kind="box", is_archived=True)
    assert [one.is_drawn_anew for one in (bare, known, archived)] == [False, True, False]
    made = template.within(Box(10, 20, 30, 40))
    assert made.points.tolist() == [[10, 20], [40, 40]]
    assert (made.states, made.edges) == (("visible",) * 2, ((0, 1),))


def test_kinds_are_said_without_hyphens():
    assert words_of("rotated-box") == "rotated box"
    assert words_of("polygon") == "polygon"
