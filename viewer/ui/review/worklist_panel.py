"""The left dock of Review: which labels are judged, in which order, and how far one is."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from viewer.model.counted import counted
from viewer.review.sampling import SampleRule, Trait
from viewer.review.worklist import Order, Rule
from viewer.session.session import Session
from viewer.ui.review.list_model import WorklistModel
from viewer.ui.review.list_table import WorklistTable
from viewer.ui.widgets.chips import button, quiet, row_of, titled
from viewer.ui.widgets.number_fields import inset_text
from viewer.ui.widgets.pick_box import PickBox, WheelLeft

MOST_DRAWN, MOST_SEED = 1_000_000, 999_999
LEAST_PX = 68
# By name: of which labels, sampled by what; None for all of them.
STRATA: tuple[tuple[str, tuple[Trait, ...]], ...] = (
    ("Random sample", ()),
    ("Sample of each label", ("class",)),
    ("Sample of each reader", ("author",)),
    ("Sample of each reader and label", ("author", "class")),
    ("Sample of each size", ("size",)),
    ("Sample of each status", ("status",)),
)
OF_STUDIES: tuple[tuple[str, tuple[Trait, ...]], ...] = (
    ("Random sample of studies", ()),
    ("Sample of studies of each status", ("status",)),
)
ORDERS: tuple[tuple[str, Order], ...] = (("As listed", "listed"), ("Study by study", "task"))
Kind: TypeAlias = tuple[str, tuple[Trait, ...] | None]  # of which labels, sampled by what


class WorklistPanel(QWidget):
    """The rule that the worklist is made by, and the worklist as a table."""

    wanted = Signal(object)  # a Rule
    asked = Signal(int)  # position

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._chosen = 0
        self.model = WorklistModel(session, self)
        self.table = WorklistTable(self.model)
        self.count = quiet()
        self.of = PickBox()
        self.order = PickBox()
        self.number = _spin("How many are drawn", 1, MOST_DRAWN, 20)
        self.seed = _spin("Seed of the sample", 0, MOST_SEED, 1)
        self.seed.setPrefix("seed ")
        self.again: QPushButton = button("New sample")
        self._sampled = QWidget()
        self._build()
        self._connect()
        self.refresh()

    def _build(self) -> None:
        self.setObjectName("panel")
        for box, name in ((self.of, "Which labels"), (self.order, "Order")):
            box.setAccessibleName(name)
            box.setToolTip(name)
        for words, order in ORDERS:
            self.order.addItem(words, order)
        self.again.setToolTip("Draw another sample, with the next seed.")
        sampled = row_of(self.number, self.seed, spacing=6)
        for place in (0, 1):
            sampled.setStretch(place, 1)
        self._sampled.setLayout(sampled)
        ordered = row_of(self.order, self.again, spacing=6)
        ordered.setStretch(0, 1)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 0)
        head.setSpacing(8)
        head.addWidget(titled("Worklist"))
        head.addWidget(self.count)
        head.addStretch(1)
        rule = QVBoxLayout()
        rule.setContentsMargins(12, 6, 12, 6)
        rule.setSpacing(6)
        for part in (self.of, self._sampled):
            rule.addWidget(part)
        rule.addLayout(ordered)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addLayout(rule)
        layout.addWidget(self.table, 1)

    def _connect(self) -> None:
        self.of.activated.connect(self._rule_chosen)
        self.order.activated.connect(self._ask)
        self.number.editingFinished.connect(self._numbers_typed)
        self.seed.editingFinished.connect(self._numbers_typed)
        self.again.clicked.connect(self._draw_again)
        self.table.asked.connect(self.asked)

    def set_chosen(self, count: int) -> None:
        """Offer the labels that were selected when the review began; none below two."""
        self._chosen = count
        self.refresh()

    def refresh(self) -> None:
        """Show the rule of the worklist and how many it holds."""
        rule = self._session.work.worklist.rule
        offered, is_own = self._offered(), self._is_own(rule)
        if is_own:  # it cannot be made again, only left
            offered = [(self._own_words(rule), None), *offered]
        if [self.of.itemText(row) for row in range(self.of.count())] != [w for w, _ in offered]:
            self.of.clear()
            for words, kind in offered:
                self.of.addItem(words, kind)
        kind = None if is_own else _kind_of(rule)
        kinds = [self.of.itemData(row) for row in range(self.of.count())]
        self.of.setCurrentIndex(kinds.index(kind) if kind in kinds else 0)
        self.order.setCurrentIndex([order for _, order in ORDERS].index(rule.order))
        if rule.sample is not None and not self.number.hasFocus() and not self.seed.hasFocus():
            self.number.setValue(rule.sample.count)
            self.seed.setValue(rule.sample.seed)
        self._show_sampled(rule.sample is not None and bool(rule.sample.by))
        self._show_boxes(is_sampled=rule.sample is not None and not is_own)
        self.order.setEnabled(not is_own and rule.of != "tasks")
        words = ("study", "studies") if rule.of == "tasks" else ("label", "labels")
        self.count.setText(counted(self._session.work.counts.total, *words))
        self.table.fit_columns()

    def show_current(self) -> None:
        """Mark the row of what is judged now."""
        self.table.show_position(self._session.work.position)

    @property
    def rule(self) -> Rule:
        """The rule that the boxes say."""
        of, by = self.of.currentData() or ("all", None)
        words = self._session.display.filter_words if of == "fitting" else ""
        sample = None
        if by is not None:
            sample = SampleRule(self.number.value(), self.seed.value(), by, each=bool(by))
        order = "listed" if of == "tasks" else self.order.currentData() or "listed"
        return Rule(of, words, order, sample)

    def _is_own(self, rule: Rule) -> bool:
        """Whether a worklist was made of labels that no box says any more."""
        words, is_of_filter = self._session.display.filter_words, rule.of == "fitting"
        kinds = [kind for _, kind in self._offered()]
        return _kind_of(rule) not in kinds or (is_of_filter and rule.words != words)

    def _own_words(self, rule: Rule) -> str:
        sample = rule.sample
        match rule.of:
            case "fitting" if sample is not None:
                drawn = f"{sample.count:,} drawn by seed {sample.seed}"
                return f"{drawn} of those that fitted: {rule.words}"
            case "fitting":
                return f"Those that fitted: {rule.words}"
            case "differing":
                return f"Judged differently by: {rule.words}"
            case "selected":
                return "Those that were selected"
            case _:
                return "As begun"

    def _offered(self) -> list[tuple[str, Kind | None]]:
        words = self._session.display.filter_words
        offered: list[tuple[str, Kind | None]] = [("All labels", ("all", None))]
        if words:
            offered.append((f"That fit: {words}", ("fitting", None)))
        if self._chosen > 1:
            offered.append((f"The {self._chosen:,} selected", ("selected", None)))
        of = "fitting" if words else "all"
        offered += [(name, (of, by)) for name, by in STRATA]
        exports = self._session.project.exports.values()
        if any(one.tasks or one.entries or one.exams for one in exports):
            offered.append(("Whole studies", ("tasks", None)))
            offered += [(name, ("tasks", by)) for name, by in OF_STUDIES]
        return offered

    def _show_boxes(self, *, is_sampled: bool) -> None:
        for part in (self._sampled, self.again):
            part.setVisible(is_sampled)

    def _show_sampled(self, is_each: bool) -> None:
        self.number.setSuffix(" each" if is_each else "")

    def _rule_chosen(self) -> None:
        chosen: Kind | None = self.of.currentData()
        if chosen is None:  # the worklist as it is
            return
        by = chosen[1]
        self._show_boxes(is_sampled=by is not None)
        self._show_sampled(bool(by))
        self._ask()

    def _numbers_typed(self) -> None:
        if self.rule != self._session.work.worklist.rule:
            self._ask()

    def _draw_again(self) -> None:
        self.seed.setValue((self.seed.value() + 1) % (MOST_SEED + 1))
        self._ask()

    def _ask(self) -> None:
        self.wanted.emit(self.rule)


def _kind_of(rule: Rule) -> Kind:
    return rule.of, None if rule.sample is None else rule.sample.by


def _spin(name: str, least: int, most: int, value: int) -> QSpinBox:
    field = QSpinBox()
    field.setRange(least, most)
    field.setValue(value)
    field.setAccessibleName(name)
    field.setToolTip(name)
    field.setGroupSeparatorShown(True)
    field.setMinimumWidth(LEAST_PX)  # not that of its longest number, which would widen the dock
    field.installEventFilter(WheelLeft(field))
    inset_text(field)
    return field
