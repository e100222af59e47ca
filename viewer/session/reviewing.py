"""What a person does in Review: one judgement after another, a reason, a comment, a correction."""

from __future__ import annotations

from typing import Literal

from psygnal import Signal

from viewer.model.annotation import AnnotationId
from viewer.model.verdict import REASONS, Judgement, Target
from viewer.review.label_keys import all_labels
from viewer.review.worklist import State, Worklist
from viewer.session.correcting import correct, give_up, is_changed
from viewer.session.judging import comment, judge, judge_current, verdict_of
from viewer.session.session import Session
from viewer.session.showing import show_current

NOTHING_OPEN = "All of the worklist is judged."
ALONE_OPEN = "No other label is open."
NOT_LISTED = "That label is not in the worklist."
NO_LABEL = "A study as a whole cannot be corrected; its labels can."
CORRECTING = "Change the label; Enter takes the correction, Esc gives it up."
STILL_CORRECTING = "First end the correction: Enter takes it, Esc gives it up."


class Reviewing:
    """The keys of Review over a session's worklist.

    A rejection waits for its reason: 1 to 7 say it, Enter goes on without, Esc takes it back.
    Whoever goes elsewhere meanwhile has rejected without one.
    """

    changed = Signal()  # a reason is waited for, or no more
    ended = Signal()  # the last open target was judged

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rejected: Target | None = None
        self.chosen: frozenset[AnnotationId] = frozenset()  # what was selected when it began
        self._was_review = False
        session.selection_changed.connect(self._selected)
        session.work.moved.connect(self._moved)
        session.mode_changed.connect(self._mode_changed)

    @property
    def is_asking(self) -> bool:
        """A rejection waits for its reason."""
        return self._rejected is not None

    def accept(self) -> None:
        """Accept and go on; while a reason is waited for, go on without one."""
        if self._rejected is not None:
            self.give_reason("")
        else:
            self._judge("accepted")

    def reject(self) -> None:
        """Reject, and wait for the reason; asked again, take it back."""
        waits = None if self.is_asking else self._session.work.current
        self._wait_for(waits)

    def need_change(self) -> None:
        """Ask for a change and go on."""
        self._rejected = None
        self._judge("needs_change")

    def choose(self, number: int) -> bool:
        """Give the reason of a digit, from 1; False where none is waited for."""
        if not self.is_asking or not 1 <= number <= len(REASONS):
            return False
        self.give_reason(REASONS[number - 1])
        return True

    def give_reason(self, reason: str) -> None:
        """Say why what is shown is rejected, "" without a reason, and go on."""
        self._rejected = None
        self._judge("rejected", reason)

    def is_held(self) -> bool:
        """A label is being corrected, and said so: nothing else is gone to before that ends."""
        is_correcting = self._session.correction is not None
        if is_correcting:
            self._session.say(STILL_CORRECTING)
        return is_correcting

    def let_be(self) -> bool:
        """Take a rejection back that waits for its reason; False without one."""
        was_asking = self.is_asking
        self._wait_for(None)
        return was_asking

    def commit(self) -> None:
        """Reject what waits for a reason, without one."""
        rejected, self._rejected = self._rejected, None
        if rejected is not None:
            judge(self._session, (rejected,), "rejected")
            self.changed.emit()

    def skip(self, on: Literal[1, -1]) -> None:
        """Go to the next target that is open, or to the one before."""
        work = self._session.work
        if self.is_held():
            return
        if not (work.next_open() if on > 0 else work.previous_open()):
            self._session.say(ALONE_OPEN if work.counts.left else NOTHING_OPEN)

    def correct(self) -> None:
        """Unlock the label that is shown, and it alone; once."""
        target = self._session.work.current
        if self._session.correction is not None:
            self._session.say(CORRECTING)
            return
        if not isinstance(target, AnnotationId):
            self._session.say(NO_LABEL)
            return
        self.let_be()
        self._session.say(correct(self._session, target) or CORRECTING)

    def take_correction(self) -> None:
        """Return to Review with the label as it is now, accepted, and go on."""
        correction = self._session.correction
        if correction is None:
            return
        was_changed = is_changed(self._session, correction)
        self._session.set_mode("review")
        if self._session.work.go_to(correction.id):
            self._judge("accepted", is_corrected=was_changed)
        else:
            judge(self._session, (correction.id,), "accepted", is_corrected=was_changed)

    def give_up_correction(self) -> bool:
        """Return to Review with the label as it was; False where none is corrected."""
        correction = self._session.correction
        if correction is not None:
            give_up(self._session, correction)
        return correction is not None

    def say(self, target: Target, text: str) -> None:
        """Keep a comment, where it says something else than before."""
        if text.strip() != verdict_of(self._session, target).comment:
            comment(self._session, (target,), text)

    def _judge(self, judgement: Judgement, reason: str = "", *, is_corrected: bool = False) -> None:
        work = self._session.work
        was_open = work.current is not None and work.states[work.position or 0] == State.OPEN
        judge_current(self._session, judgement, reason, is_corrected=is_corrected)
        self.changed.emit()
        if was_open and not work.counts.left:
            self.ended.emit()

    def _wait_for(self, target: Target | None) -> None:
        if target != self._rejected:
            self._rejected = target
            self.changed.emit()

    def _moved(self) -> None:
        correction, work = self._session.correction, self._session.work
        is_left = correction is not None and work.current != correction.id
        if correction is not None and is_left and work.go_to(correction.id):
            self.is_held()  # what is corrected is what is judged
        if self._rejected is not None and self._rejected != work.current:
            self.commit()

    def _mode_changed(self) -> None:
        """Begin or go on at what is selected; a correction belongs to the review."""
        session = self._session
        is_review = session.mode == "review" or session.correction is not None
        if is_review and not self._was_review:
            self._begin()
        self._was_review = is_review
        if session.mode != "review":
            self.commit()

    def _begin(self) -> None:
        session, work = self._session, self._session.work
        self.chosen = session.selection
        at = min(session.selection, default=None)
        if not len(work.worklist):
            work.take(Worklist(labels=all_labels(session.project)), at)
        elif at is None or not work.go_to(at):
            show_current(session)

    def _selected(self) -> None:
        """Judge what is clicked; what is marked is always what is judged."""
        session, work = self._session, self._session.work
        if session.correction is not None:
            session.select({session.correction.id})
            return
        if session.mode != "review" or work.current is None:
            return
        at = min(session.selection, default=None)
        if len(session.selection) == 1 and at is not None and at != work.current:
            if work.go_to(at):
                return
            session.say(NOT_LISTED)
        if isinstance(work.current, AnnotationId) and session.selection != frozenset(
            {work.current}
        ):
            session.select({work.current})
