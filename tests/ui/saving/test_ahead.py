"""What a save would do is known before it is done, without the main thread working for it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelbox_rows import image, read, sides, thing
from twofold import twofold, twofold_known

from viewer.errors import Cancelled
from viewer.formats import read_export
from viewer.formats.writing import write_export
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.session.jobs import JobControl
from viewer.ui.saving.ahead import FINEST, Foresight, Place, merged
from viewer.ui.saving.span_strip import ByteSpan

__all__ = ["twofold_known"]

SIZE = 100_000


def boxes(count: int, folder: Path) -> Project:
    things = [thing(f"a{at}", "ImageBoundingBox", sides(at)) for at in range(count)]
    return read(image(*things), folder)


def moved(project: Project, which: AnnotationId | None = None) -> Project:
    """The same with one box a pixel lower."""
    id = which or next(iter(project.annotations))
    found = project.annotations[id]
    shape = found.placements[0].shape
    lower = msgspec.structs.replace(shape, y=shape.y + 1)
    placement = msgspec.structs.replace(found.placements[0], shape=lower)
    return project.with_annotation(msgspec.structs.replace(found, placements=(placement,)))


def test_it_foresees_what_is_then_written(tmp_path: Path) -> None:
    opened = boxes(3, tmp_path)
    current, target = moved(opened), tmp_path / "copy.json"
    found = Foresight(opened, current, "1").at(Place(str(target)), JobControl())
    assert found.outcome is not None
    assert found.planned is not None
    assert [row.verb for row in found.planned.rows] == ["changed"]
    assert not target.exists()
    report = write_export(opened, current, "1", target)
    assert report.size_bytes == found.outcome.items[0].size_bytes
    assert report.changed == found.planned.plan.changed
    assert b"".join(found.outcome.items[0].pieces()) == target.read_bytes()


def test_another_place_costs_no_other_plan(tmp_path: Path) -> None:
    opened = boxes(3, tmp_path)
    ahead = Foresight(opened, moved(opened), "1")
    one = ahead.at(Place(str(tmp_path / "one.json")), JobControl())
    two = ahead.at(Place(str(tmp_path / "two.json")), JobControl())
    assert one.planned is two.planned
    assert one.outcome is not None
    assert two.outcome is not None
    assert one.outcome.plans["1"] is two.outcome.plans["1"]


def test_a_place_that_cannot_be_written_is_a_sentence_and_the_other_one_is_proposed(
    tmp_path: Path,
) -> None:
    opened = boxes(1, tmp_path)
    ahead = Foresight(opened, opened, "1")
    missing = str(tmp_path / "no" / "copy.json")
    refused = ahead.at(Place(missing), JobControl())
    assert refused.outcome is None
    assert "does not exist" in refused.refusal
    assert refused.planned is not None
    other = str(tmp_path / "new" / "copy.json")
    place = Place(str(tmp_path / "n" / "o" / "c.json"), tmp_path / "new", other)
    found = ahead.at(place, JobControl())
    assert (found.path, found.refusal) == (other, "")
    assert place.makes_folder(other)
    assert not Path(other).parent.exists()


def test_without_a_place_the_changes_are_known(tmp_path: Path) -> None:
    opened = boxes(2, tmp_path)
    found = Foresight(opened, moved(opened), "1").at(Place(""), JobControl())
    assert found.planned is not None
    assert len(found.planned.rows) == 1
    assert found.outcome is None
    assert not found.refusal


@pytest.mark.usefixtures("twofold_known")
def test_what_replacing_the_opened_file_writes_beside_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "tasks.json").write_bytes(twofold([["a.ndjson"]], ["mask.png"]))
    (tmp_path / "a.ndjson").write_bytes(b"{}")
    (tmp_path / "mask.png").write_bytes(b"as opened")
    opened = read_export(tmp_path / "tasks.json")
    id = next(iter(opened.annotations))
    noted = msgspec.structs.replace(opened.annotations[id], note="seen")
    place = Place(str(tmp_path / "out" / "tasks.json"), tmp_path / "out")
    for current, names in ((opened, ()), (opened.with_annotation(noted), ("mask.png", "a.ndjson"))):
        found = Foresight(opened, current, "1").at(place, JobControl())
        assert found.planned is not None
        assert sorted(found.planned.beside) == sorted(names)


def test_an_answer_that_is_no_longer_wanted_ends(tmp_path: Path) -> None:
    opened = boxes(2, tmp_path)
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        Foresight(opened, opened, "1").at(Place(str(tmp_path / "copy.json")), control)


@given(
    st.lists(st.tuples(st.integers(0, SIZE), st.integers(0, 50), st.integers(0, 9)), max_size=400)
)
def test_what_is_shown_of_very_many_changes_covers_them_and_stays_few(
    drawn: list[tuple[int, int, int]],
) -> None:
    spans = [ByteSpan(start, start + length, new) for start, length, new in drawn]
    shown = merged(spans, SIZE)
    assert len(shown) <= min(len(spans), 3 * (FINEST + 1))
    assert sum(span.new for span in shown) == sum(span.new for span in spans)
    for span in spans:
        assert any(
            one.start <= span.start and span.end <= one.end and one.token == span.token
            for one in shown
        )
    place = SIZE / FINEST
    assert all(one.end - one.start <= place + 51 for one in shown)
