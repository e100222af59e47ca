"""Pictures of the labels that are likely to be looked at next, composed before they are."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.model.project import Project
from viewer.paint.dress import Dress
from viewer.paint.line_styles import Setting
from viewer.paint.marks import MANY, prepare_picture
from viewer.render.overlay import Mark, every_label, is_at_hand, marks_on, prepare_marks
from viewer.render.planes import Section
from viewer.render.reach import Check, go_on
from viewer.review.matching import Matches

MANY_MASKS = 20  # whose picture costs more than a few of the slice itself


def are_dear(marks: tuple[Mark, ...]) -> bool:
    """Whether a picture of marks takes so long that the next one is better made ahead."""
    if len(marks) > MANY:
        return True
    return sum(mark.drawn.raster is not None for mark in marks) >= MANY_MASKS


@dataclass(frozen=True, eq=False)
class Ahead:
    """What the labels of one view are drawn from and by, whichever slice it shows.

    Args:
        project, matches: what is open; none of it is left out.
        dress: how labels are drawn.
        setting: where, and in which manner.
        ratio: device pixels to a logical one.
    """

    project: Project
    matches: Matches
    dress: Dress
    setting: Setting
    ratio: float

    def compose(self, section: Section, check: Check) -> None:
        """Work out the labels of a slice and keep their picture; in a background job.

        Args:
            section: the slice.
            check: called again and again; raises where the picture is no longer wanted.
        """
        # What a view may ask for meanwhile, and wait for, gives way to nothing.
        is_quick = is_at_hand(self.project, self.matches, section)
        prepare_marks(self.project, self.matches, section, go_on if is_quick else check)
        marks = self.dress.on(marks_on(self.project, self.matches, section, every_label))
        check()
        prepare_picture(marks, self.setting, self.ratio)
