"""What is open stays as it is, after work that would have replaced it."""

from __future__ import annotations

from viewer.review.telling import tell_again
from viewer.session.jobs import Answers, Jobs
from viewer.session.session import Session


def stay(session: Session, jobs: Jobs, name: str) -> None:
    """Have labels read by what is open, once work that placed them over others has ended.

    Args:
        name: of the work; it is waited for.
    """
    matches = session.matches

    def told(was_told_otherwise: bool) -> None:
        if was_told_otherwise and session.matches is matches:
            session.project_changed.emit()

    jobs.newest(name, lambda _control: tell_again(matches), Answers(told))
