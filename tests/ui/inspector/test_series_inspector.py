"""What the inspector says of the series while no label is selected."""

from __future__ import annotations

from dataclasses import replace

from composed import SERIES, volume
from played import echoes, open_in, timed
from pytestqt.qtbot import QtBot
from studies import ids_of, shown

from viewer.errors import Issue
from viewer.media.instance import FileRef
from viewer.media.volume import Companion, Health
from viewer.model.project import Project
from viewer.review.matching import match
from viewer.session.session import Session
from viewer.ui.inspector.inspector import Inspector
from viewer.ui.media.series_facts import findings_of, oddities

WORST = Issue("error", "x", "Slice 3 is damaged.")
ODD = Issue("warning", "y", "Spacing is uneven: 1.1 to 7.0 mm.")
NOTED = Issue("note", "z", "The tilt is 18.5 degrees.")
LIVER = Companion("segmentation", "Liver", FileRef("liver.dcm"), refers_to=(SERIES,))
OTHER = Companion("structured report", "", FileRef("sr.dcm"), refers_to=("1.9",))


def inspector_over(bot: QtBot, *media, companions=()) -> tuple[Inspector, Session]:
    session = Session()
    inspector = Inspector(session)
    bot.addWidget(inspector)
    project = Project()
    session.open(project, media, (), match(project, media), companions=companions)
    session.viewing.show(0)
    return inspector, session


def test_findings_come_worst_first_each_once_and_facts_in_the_words_of_the_reader(
    qtbot: QtBot,
) -> None:
    facts = (("Slices", "8, 2 missing"), ("Tilt", "none"))
    media = replace(volume(), issues=(NOTED, WORST), health=Health((ODD, NOTED), facts))
    inspector, _session = inspector_over(qtbot, media)
    series = inspector.label.series
    assert series.findings.sentences == (WORST.sentence, ODD.sentence, NOTED.sentence)
    assert findings_of(media) == (WORST, ODD, NOTED)
    assert series.facts.shown == facts


def test_what_the_chip_warns_of_is_among_the_findings(qtbot: QtBot) -> None:
    inspector, session = inspector_over(qtbot, replace(timed(), lossy=True))
    (media,) = session.media
    assert inspector.label.series.findings.sentences == (
        "Lossy compressed.",
        "Not calibrated: lengths in px.",
    )
    assert len(oddities(media)) == 2


def test_where_nothing_is_odd_it_says_so(qtbot: QtBot) -> None:
    inspector, _session = inspector_over(qtbot, volume())
    series = inspector.label.series
    assert series.findings.sentences == ("Nothing odd was found.",)


def test_what_refers_to_the_series_is_listed_with_it_and_what_refers_to_another_is_not(
    qtbot: QtBot,
) -> None:
    inspector, session = inspector_over(qtbot, volume(), timed(), companions=(LIVER, OTHER))
    series = inspector.label.series
    assert series.companions.sentences == ("Segmentation: Liver, not drawn",)
    assert not series.sections["companions"].isHidden()
    session.viewing.show(1)
    assert series.sections["companions"].isHidden()
    assert series.meta.text() == "Image · 24 frames"


def test_points_are_counted_in_words(qtbot: QtBot) -> None:
    inspector, session = inspector_over(qtbot, *echoes())
    series = inspector.label.series
    assert series.title.text() == "Dual echo"
    assert series.meta.text() == "Volume · 8 images · 3 echo times"
    open_in(session, volume())
    assert series.meta.text() == "Volume · 8 images"


def test_selecting_a_label_shows_it_instead(session: Session, qtbot: QtBot) -> None:
    inspector = Inspector(session)
    qtbot.addWidget(inspector)
    label = inspector.label
    shown(inspector, 300, 600)
    assert label.series.isVisible()
    session.select({ids_of(session, "Liver")[0]})
    assert not label.series.isVisible()
    session.select(())
    assert label.series.isVisible()
    assert label.series.hint.text().startswith("Click a label")
