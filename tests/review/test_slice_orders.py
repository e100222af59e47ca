"""An export that names some of its slices is counted as those say; one that names none is asked."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from bound import drawn, project_of, scan
from hypothesis import given
from hypothesis import strategies as st

from viewer.media.instance import FileRef
from viewer.media.pixel_data.decoding import frames_of_instances
from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.model.project import Anchor, Entry
from viewer.model.subject import MediaKey
from viewer.review.binding import Choice, Choices, SliceOrder
from viewer.review.entry_keys import entry_key_of
from viewer.review.matching import Matches, match

SLICES = scan().count
ORDERS = st.permutations(range(SLICES))


def numbered(numbers: list[int] | None, names: list[int] | None = None) -> Volume:
    """Return a series whose slice k has Instance Number numbers[k] and a name by names[k]."""
    made = scan()
    instances = tuple(
        msgspec.structs.replace(
            one,
            number=None if numbers is None else numbers[k],
            file=FileRef(f"/data/ct/IM{names[k] if names else k}.dcm"),
        )
        for k, one in enumerate(made.instances)
    )
    return replace(made, instances=instances, reader=frames_of_instances(instances))


def uid(k: int) -> str:
    return f"1.2.3.4.{k}"


def shown(media: Volume, anchors: tuple[Anchor, ...], choice: Choice | None = None) -> Matches:
    """Return the matches of one label on each slice of an export that names these."""
    entry = Entry("s", "chest", series="1.2.3.4", anchors=anchors)
    labels = [drawn("s", frame=n) for n in range(SLICES)]
    return match(project_of([entry], labels), [media], {"1": Choices(choice or Choice())})


def slices(matches: Matches) -> list[int | None]:
    return [matches.of(AnnotationId("1", n))[0].slice for n in range(SLICES)]


@given(ORDERS)
def test_every_named_slice_is_the_image_that_it_names(order):
    anchors = tuple(Anchor(number, uid(k)) for number, k in enumerate(order))
    matches = shown(numbered(None), anchors)
    assert slices(matches) == list(order)
    assert not matches.lookup.bindings["1"].bindings[0].mismatches


@given(ORDERS, st.sets(st.integers(0, SLICES - 1), min_size=1))
def test_some_named_slices_choose_the_order_and_stand_where_they_say(order, named):
    anchors = tuple(Anchor(number, uid(order[number])) for number in sorted(named))
    numbers = np.argsort(order).tolist()  # slice order[n] has Instance Number n
    matches = shown(numbered(numbers), anchors)
    found = slices(matches)
    assert found == list(order)
    binding = matches.lookup.bindings["1"].bindings[0]
    is_whole = len(named) == SLICES
    assert ("each slice named" if is_whole else "slices by Instance Number") in binding.evidence
    plain = ([*range(SLICES)], [*range(SLICES)][::-1])
    alike = [one for one in plain if one != order and all(one[n] == order[n] for n in named)]
    said = any("which is a guess" in one for one in binding.mismatches)
    assert said == bool(alike and not is_whole)


@pytest.mark.parametrize(
    ("order", "media"),
    [
        ("names", numbered(None, [3, 1, 20, 0, 100, 7, 5, 12])),
        ("reversed", numbered(None)),
        ("stack", numbered([8, 3, 5, 1, 2, 7, 6, 4], [3, 1, 20, 0, 100, 7, 5, 12])),
    ],
)
def test_the_order_that_agrees_is_taken_whichever_it_is(order: SliceOrder, media: Volume) -> None:
    ways = {"names": [3, 1, 0, 6, 5, 7, 2, 4], "reversed": [*range(8)][::-1], "stack": [*range(8)]}
    way = ways[order]
    matches = shown(media, tuple(Anchor(n, uid(way[n])) for n in (1, 4, 6)))
    assert matches.lookup.bindings["1"].bindings[0].slice_order == order
    assert slices(matches) == way


def test_without_a_named_slice_it_is_a_guess_that_stays_in_sight_until_somebody_chooses() -> None:
    media = numbered([8, 7, 6, 5, 4, 3, 2, 1])
    matches = shown(media, ())
    binding = matches.lookup.bindings["1"].bindings[0]
    assert slices(matches) == [*range(8)][::-1]
    assert binding.is_open_question
    assert "taken to count them by Instance Number, which is a guess" in binding.mismatches[0]
    chosen = shown(media, (), Choice(slice_order="stack"))
    assert slices(chosen) == [*range(8)]
    assert not chosen.lookup.bindings["1"].bindings[0].mismatches


def test_images_that_no_usual_order_explains_stand_where_they_say_and_the_others_are_doubtful():
    matches = shown(numbered([*range(8)]), (Anchor(0, uid(5)), Anchor(1, uid(2))))
    binding = matches.lookup.bindings["1"].bindings[0]
    assert "No usual order of slices agrees with the 2 images" in binding.mismatches[0]
    assert slices(matches) == [5, 2, None, 3, 4, None, 6, 7]
    assert entry_key_of(matches.lookup, "1", 0, 2, 5) == (MediaKey(entry="s", frame=0), "acquired")


def test_what_names_no_open_image_or_an_absurd_slice_says_nothing():
    anchors = (Anchor(0, "9.9"), Anchor(10**9, uid(1)), Anchor(-1, uid(2)), Anchor(3, uid(3), 7))
    binding = shown(numbered([*range(8)]), anchors).lookup.bindings["1"].bindings[0]
    assert "which is a guess" in binding.mismatches[0]


def test_other_exports_count_slices_as_they_lie():
    matches = match(
        project_of([Entry("s", "chest", series="1.2.3.4")], [drawn("s", frame=2)]),
        [numbered([8, 7, 6, 5, 4, 3, 2, 1])],
    )
    assert matches.of(AnnotationId("1", 0))[0].slice == 2
