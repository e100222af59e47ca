"""What decoders are told: by telling, and nothing of one telling gets into another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import msgspec
from bound import drawn, project_of

from viewer.errors import Issue
from viewer.geometry.shapes import Box
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Entry, Project
from viewer.model.table import Base
from viewer.model.told import Grid, Tellings, Told, ToldOfEntry

ID = AnnotationId("1", 0)
NAMES = ("mask.nii",)


def sized(width: int) -> Mapping[str, ToldOfEntry]:
    return {"a": ToldOfEntry(size=(width, 10))}


def on(slices: int) -> Mapping[str, ToldOfEntry]:
    return {"a": ToldOfEntry(grid=Grid((slices, 10, 10)))}


def of_one_that_shows_others_meanwhile(told: Told, seen: list[int]) -> Project:
    """A label as wide as its picture; while it is decoded first, a wider picture is shown."""
    project = project_of([Entry("a", "a")], [drawn("a")])
    bare = project.annotations.bases["1"]

    def decode(ordinal: int) -> Annotation:
        if not seen:
            told.show(told.next(sized(20), None))
        (width, _), found = told.of("a").size or (0, 0), bare.decode(ordinal)
        seen.append(width)
        placement = msgspec.structs.replace(found.placements[0], shape=Box(0, 0, width, 1))
        return msgspec.structs.replace(found, placements=(placement,))

    base = Base("1", bare.columns, decode, told=told)
    return replace(project, annotations=replace(project.annotations, bases={"1": base}))


def test_a_record_read_while_other_pictures_are_shown_is_kept_for_neither() -> None:
    told, seen = Told(), list[int]()
    first = told.next(sized(10), None)
    told.show(first)
    annotations = of_one_that_shows_others_meanwhile(told, seen).annotations
    annotations[ID]
    assert annotations[ID].placements[0].shape == Box(0, 0, 20, 1)
    with Tellings({told: first}).in_effect():
        assert annotations[ID].placements[0].shape == Box(0, 0, 10, 1)


def test_what_is_found_while_others_are_told_does_no_harm() -> None:
    told = Told()

    class Late(dict[str, ToldOfEntry]):
        def get(self, key: str, default: object = None, /) -> ToldOfEntry:  # type: ignore[override]
            told.found(f"{key} and another one")
            return super().get(key) or ToldOfEntry()

    told.show(told.next(on(3), None))
    told.found("a").notes[NAMES] = (Issue("warning", "code", "A sentence."),)
    told.show(told.next(Late({**on(4), "b": ToldOfEntry()}), None))


def test_what_was_found_in_files_holds_while_their_grid_does() -> None:
    told = Told()
    told.show(told.next(on(3), None))
    told.found("a").problems[NAMES] = "It does not fit."
    told.show(told.next({"a": replace(on(3)["a"], readings=frozenset({"other"}))}, None))
    assert told.found("a").problems
    told.show(told.next(on(4), None))
    assert not told.found("a").problems


def test_of_one_entry_another_size_can_be_gone_by_for_a_moment() -> None:
    told = Told()
    told.show(told.next({**sized(10), "b": ToldOfEntry(size=(7, 7))}, None))
    before = told.version
    with told.with_size("a", (30, 10)).in_effect():
        assert (told.of("a").size, told.of("b").size) == ((30, 10), (7, 7))
        assert told.version != before
    assert told.of("a").size == (10, 10)
    assert told.version == before
