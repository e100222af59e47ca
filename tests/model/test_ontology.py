"""Classes of an export and the kinds of shapes."""

from __future__ import annotations

from typing import get_args

import numpy as np

from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline, Shape
from viewer.model.ontology import LabelClass, Ontology, ShapeKind, kind_of
from viewer.model.table import KINDS

RING = np.array([(0, 0), (1, 0), (0, 1)])
SHAPES = (
    Point(0, 0),
    Box(0, 0, 1, 1),
    Ellipse(0, 0, 1, 1),
    Polygon(RING),
    Polyline(RING),
    Mask.from_array(np.ones((1, 1), np.bool_)),
)


def test_every_shape_has_a_kind_of_its_own_that_the_columns_know():
    assert {type(shape) for shape in SHAPES} == set(get_args(Shape))
    kinds = [kind_of(shape) for shape in SHAPES]
    assert sorted(kinds) == sorted(get_args(ShapeKind))
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
