"""Looks tell the labels of several exports apart, and change nothing else of a mark."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.model.annotation import AnnotationId
from viewer.render.lines import Lines
from viewer.render.looks import PLAIN_LOOK, WEIGHTS, ExportLook, dressed, told_apart
from viewer.render.overlay import Mark
from viewer.render.palette import PALETTE
from viewer.render.pens import PLAIN_PEN

LOOKS = st.builds(
    ExportLook,
    hidden=st.booleans(),
    color=st.none() | st.sampled_from(PALETTE),
    weight=st.sampled_from(list(WEIGHTS)),
    broken=st.booleans(),
    opacity=st.floats(0.1, 1.0),
    hidden_authors=st.lists(st.text(max_size=5), max_size=3).map(tuple),
)


def mark(export: str) -> Mark:
    ring = np.array([(0.0, 0.0), (4.0, 0.0), (4.0, 4.0)])
    return Mark(AnnotationId(export, 0), 0, "#ffff00", "one", Lines(rings=(ring,)))


@given(LOOKS)
def test_a_look_dresses_the_marks_of_its_own_export_alone(look: ExportLook) -> None:
    mine, other = mark("1"), mark("2")
    first, second = dressed((mine, other), (("1", look),))
    assert second is other
    assert first.pen == look.pen
    assert first.color == (look.color or "#ffff00")
    assert replace(first, color=mine.color, pen=PLAIN_PEN).drawn is mine.drawn


@given(LOOKS)
def test_the_same_marks_and_looks_give_the_same_answer_so_that_layers_are_kept(
    look: ExportLook,
) -> None:
    marks = (mark("1"),)
    assert dressed(marks, (("1", look),)) is dressed(marks, (("1", look),))
    assert dressed(marks, ()) is marks
    assert dressed(marks, (("1", ExportLook(hidden=True)),)) is marks


@pytest.mark.parametrize("count", range(2, 6))
def test_exports_told_apart_differ_in_colour_and_their_outlines_do_not_cover_each_other(
    count: int,
) -> None:
    exports = [str(number) for number in range(count)]
    looks = told_apart(exports, {"1": ExportLook(hidden=True, opacity=0.5)})
    assert len({look.color for look in looks.values()}) == count
    assert len({look.weight for look in looks.values()}) == min(count, len(WEIGHTS))
    assert looks["1"].hidden
    assert looks["1"].opacity == 0.5


@pytest.mark.parametrize(
    "text", ['{"color": "red"}', '{"opacity": 0}', '{"opacity": 2}', '{"weight": "fat"}']
)
def test_a_look_that_is_none_is_not_taken(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=ExportLook)
    assert msgspec.json.decode("{}", type=ExportLook) == PLAIN_LOOK
