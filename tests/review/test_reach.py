"""What reaches beyond the plane that it was drawn on says that the plane is counted otherwise."""

from __future__ import annotations

import pytest
from bound import drawn, project_of, scan

from viewer.geometry.shapes import Box
from viewer.model.project import Entry
from viewer.review.binding import Choice, Choices
from viewer.review.doubts import doubt_words
from viewer.review.matching import match
from viewer.review.solids import with_solids
from viewer.review.turns import Turn

SAID = "labels reach beyond their plane · see Labels and images"
SERIES = Entry("s", "chest", series="1.2.3.4")
WHOLE = Box(0, 0, 9, 8)  # all of the sagittal plane
EQUAL = Box(0, 0, 9, 30)  # and at equal spacing: 8 slices of 3 mm, pixels of 0.8 mm


@pytest.mark.parametrize(
    ("shape", "plane", "turn", "words"),
    [
        (WHOLE, "sagittal", Turn(), ""),
        (Box(-0.5, 0, 9.9, 8.5), "sagittal", Turn(), ""),
        (EQUAL, "sagittal", Turn(), "such as equal spacing (30 rows)"),
        (EQUAL, "sagittal", Turn(scale_y=3.75), ""),
        (EQUAL, "sagittal", Turn(flip_y=True), "to 9, 8 px, and it has 9 x 8"),
        (Box(0, 0, 12, 8), "sagittal", Turn(scale_y=3.75), "to 12, 8 px"),
        (Box(0, 0, 99, 99), "acquired", Turn(), ""),
    ],
)
def test_labels_beyond_their_plane_are_said_for_good(shape, plane, turn, words):
    media = [scan()]
    rows = [drawn("s", frame=k, plane=plane, shape=shape if k == 3 else WHOLE) for k in range(6)]
    choice = Choices(Choice(planes={"sagittal": turn}))
    matches = match(project_of([SERIES], rows), media, {"1": choice})
    assert matches.lack_solids == (plane == "sagittal")
    found, issues = with_solids(matches)
    sentences = [issue.sentence for issue in issues if issue.code == "beyond-plane"]
    assert bool(sentences) == bool(words)
    assert all(words in one and "Labels and images" in one for one in sentences)
    assert doubt_words(found, 0) == (SAID if words else "")
