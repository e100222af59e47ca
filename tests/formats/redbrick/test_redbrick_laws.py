"""Whatever may be done to labels of every kind is what is read again, and nothing else changes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from format_cases import LAYOUTS, Layout
from hypothesis import given
from hypothesis import strategies as st
from redbrick_edits import edited
from redbrick_trees import records

from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.geometry.shapes import Shape
from viewer.geometry.solids import Solid, points_of_solid
from viewer.model.annotation import Annotation
from viewer.model.project import Project

Json = Any
DATA = Path(__file__).parents[2] / "data"
TASKS = DATA / "redbrick" / "tasks.json"
TAXONOMY = DATA / "redbrick_taxonomy" / "taxonomy.json"
SLACK = 1e-9


def opened_as(folder: Path, layout: Layout) -> Project:
    path = folder / "tasks.json"
    path.write_bytes(layout.dumped(json.loads(TASKS.read_bytes())))
    return read_export(path)


def numbers_of(shape: Shape | Solid | None) -> Json:
    """What a shape's numbers are, as one array."""
    if isinstance(shape, Solid):
        return np.array(points_of_solid(shape))  # type: ignore[arg-type]
    if shape is None:
        return np.zeros(0)
    if hasattr(shape, "vertices"):
        return shape.vertices
    return np.array([getattr(shape, name) for name in shape.__struct_fields__])


def facts_of(one: Annotation) -> tuple[object, ...]:
    """What a label says; what is shown only and unanswered questions aside."""
    said = {each.key: each.value for each in one.attributes if each.key and each.value is not None}
    places = [
        (place.media.entry, place.media.item, place.index, place.is_key, type(place.shape))
        for place in one.placements
    ]
    return one.class_id, one.group, said, places


def assert_same(wanted: list[Annotation], found: list[Annotation]) -> None:
    """Both have the same labels, new ones in any order."""

    def key(one: Annotation) -> str:
        return repr(facts_of(one))

    assert sorted(map(key, wanted)) == sorted(map(key, found))
    for mine, theirs in zip(sorted(wanted, key=key), sorted(found, key=key), strict=True):
        for one, other in zip(mine.placements, theirs.placements, strict=True):
            pairs = numbers_of(one.shape), numbers_of(other.shape)
            if sum(key(each) == key(mine) for each in wanted) == 1:
                assert np.allclose(*pairs, rtol=SLACK, atol=SLACK)


@given(data=st.data(), layout=st.sampled_from(LAYOUTS), has_taxonomy=st.booleans())
def test_edits_of_every_kind_are_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    layout: Layout,
    has_taxonomy: bool,
):
    folder = tmp_path_factory.mktemp("laws")
    if has_taxonomy:
        (folder / "taxonomy.json").write_bytes(TAXONOMY.read_bytes())
    opened = opened_as(folder, layout)
    current = data.draw(edited(opened))
    target = folder / "saved.json"
    write_export(opened, current, "1", target)
    again = read_export(target)
    wanted = [current.annotations[id] for id in current.annotations]
    assert_same(wanted, [again.annotations[id] for id in again.annotations])
    written = target.read_bytes()
    assert written == layout.dumped(json.loads(written.decode("utf-8-sig")))


@given(data=st.data())
def test_records_of_labels_that_were_not_edited_stay_to_the_byte(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("laws")
    opened = opened_as(folder, LAYOUTS[2])
    current = data.draw(edited(opened))
    write_export(opened, current, "1", folder / "saved.json")
    written = (folder / "saved.json").read_bytes()
    base = bytes(opened.exports["1"].sources[0].base)
    at = 0
    for id in opened.annotations:
        for place in (
            opened.annotations[id].placements if id not in current.annotations.edits else ()
        ):
            (origin,) = place.origins
            at = written.index(base[origin.start : origin.end])
    assert at >= 0


@given(data=st.data())
def test_the_vendors_own_export_keeps_what_was_not_edited(tmp_path_factory, shared: Path, data):
    folder = tmp_path_factory.mktemp("laws") / "in"
    shutil.copytree(shared / "data" / "exports" / "redbrick" / "all_labels" / "standard", folder)
    opened = read_export(folder / "tasks.json")
    ids = list(opened.annotations)
    gone = data.draw(st.sets(st.sampled_from(ids), max_size=3))
    current = opened
    for id in gone:
        current = current.without_annotations([id])
    (folder.parent / "out").mkdir()
    write_export(opened, current, "1", folder.parent / "out")
    before, after = (
        records(json.loads((one / "tasks.json").read_bytes()))
        for one in (folder, folder.parent / "out")
    )
    kept = [_plain(record) for each in before for record in each]
    left = [_plain(record) for each in after for record in each]
    assert len(left) == len(kept) - len(gone)
    assert all(record in kept for record in left)


def _plain(record: Json) -> Json:
    """A record without the overlaps that it shares with others, which may be gone."""
    shared_keys = {"overlappingGroups"}
    if isinstance(record, list):
        return record
    return {key: value for key, value in record.items() if key not in shared_keys}


@pytest.mark.parametrize("class_id", ["boundingBoxes/unheard of", "nothing/a", "polygons/box"])
def test_a_class_that_the_open_taxonomy_lacks_is_refused_by_name(tmp_path: Path, class_id: str):
    opened = read_export(TASKS, TAXONOMY)
    found = next(
        one for id in opened.annotations if (one := opened.annotations[id]).native_id == "b0"
    )
    current = opened.with_annotation(msgspec.structs.replace(found, class_id=class_id))
    with pytest.raises(CannotWrite, match="b0"):
        write_export(opened, current, "1", tmp_path / "out.json")
    assert not (tmp_path / "out.json").exists()
