"""Colour means one thing at a time."""

from __future__ import annotations

import pytest
from studies import demo

from viewer.model.verdict import Verdict
from viewer.render.coloring import NO_AUTHOR, Coloring, color_of, color_of_many, legend_of
from viewer.render.overlay import color_of_class
from viewer.render.palette import NEUTRAL, VERDICT_COLORS


def test_labels_of_one_author_share_a_colour_and_others_have_another() -> None:
    project, _ = demo()
    colors: dict[str, set[str]] = {}
    for id in project.annotations:
        author = project.annotations[id].author
        colors.setdefault(author, set()).add(color_of(project, id, Coloring("author")))
    assert all(len(one) == 1 for one in colors.values())
    assert len(set.union(*colors.values())) == len(colors)
    legend = {words: tint for tint, words in legend_of(project, Coloring("author"), {})}
    assert all(legend[name] in tints for name, tints in colors.items() if name)
    assert legend[NO_AUTHOR] == NEUTRAL


def test_a_verdict_colours_its_label_alone() -> None:
    project, _ = demo()
    first, second = list(project.annotations)[:2]
    judged = project.with_verdicts([(first, Verdict("rejected"))])
    by = Coloring("verdict")
    assert color_of(judged, first, by) == VERDICT_COLORS["rejected"]
    assert color_of(judged, second, by) == NEUTRAL


@pytest.mark.parametrize("by", ["author", "track", "verdict", "answer"])
def test_what_stands_for_a_class_is_grey_where_its_labels_differ(by: str) -> None:
    project, _ = demo()
    id = next(iter(project.annotations))
    class_id = project.annotations[id].class_id
    assert color_of_many(project, id.export, class_id, Coloring(by)) == NEUTRAL  # type: ignore[arg-type]
    usual = color_of_class(project, id.export, class_id)
    assert color_of_many(project, id.export, class_id, Coloring()) == usual
