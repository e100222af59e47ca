"""What is drawn anew gets a key of its export that leads back to where it was drawn."""

from __future__ import annotations

from bound import drawn, film, pictures, project_of, scan
from hypothesis import given
from hypothesis import strategies as st

from viewer.media.volume import Media
from viewer.model.annotation import AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Anchor, Entry
from viewer.review.binding import Choice, Choices
from viewer.review.entry_keys import entry_key_of
from viewer.review.matching import match

MEDIA: list[Media] = [scan(), film("clip.mp4", 5), pictures(["a.png", "b.png", "c.png"])]
ENTRIES = (
    Entry("s", "chest", series="1.2.3.4", anchors=(Anchor(1, "1.2.3.4.6"), Anchor(9, "1.2.3.4.2"))),
    Entry("v", "clip", ("clip.mp4",), first_frame=1),
    Entry("p", "picture", ("b.png",)),
    Entry("i", "pictures", items=("c.png", "a.png")),
)
CHOICES = st.builds(
    Choice,
    first_frame=st.sampled_from([None, 0, 1]),
    slice_order=st.sampled_from([None, "stack", "reversed", "items", "numbers", "names"]),
    offset=st.none() | st.integers(-9, 9),
)


@given(CHOICES, st.integers(0, 2), st.integers(0, 2), st.integers(0, 10))
def test_a_key_leads_back_to_the_slice_that_it_was_made_for(choice, media, axis, slice):
    chosen = {"1": Choices(choice)}
    lookup = match(project_of(ENTRIES, []), MEDIA, chosen).lookup
    found = entry_key_of(lookup, "1", media, axis, slice)
    if found is None:
        return
    key, plane = found
    placed = Placement(key, plane, shape=drawn("s").shape)
    (place,) = match(project_of(ENTRIES, [placed]), MEDIA, chosen).of(AnnotationId("1", 0))
    assert (place.media, place.axis, place.slice) == (media, axis, slice)


def test_every_slice_that_an_entry_shows_has_a_key():
    lookup = match(project_of(ENTRIES, []), MEDIA).lookup
    keys = [entry_key_of(lookup, "1", 2, 2, slice) for slice in range(3)]
    named = [(key[0].entry, key[0].item, key[0].frame) for key in keys if key is not None]
    assert named == [("i", 1, None), ("p", None, None), ("i", 0, None)]
    assert [entry_key_of(lookup, "1", 0, axis, 7) is not None for axis in range(3)] == [True] * 3
    film_key = entry_key_of(lookup, "1", 1, 2, 4)
    assert film_key is not None
    assert (film_key[0].entry, film_key[0].frame) == ("v", 4)
    assert entry_key_of(lookup, "1", 1, 2, 5) is None
    assert entry_key_of(lookup, "other", 1, 2, 4) is None
