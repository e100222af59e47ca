"""Buttons for the further files that can be made of an export, such as one for import."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from viewer.formats.format import Product
from viewer.formats.products import ProductReport, product_path, products_of, write_product
from viewer.model.counted import counted
from viewer.model.project import Export
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.session import Session
from viewer.ui.widgets.facts import Sentence

NAMED = 2  # notes that are said


class ProductStrip(QWidget):
    """The products of one export; hidden where there are none.

    Args:
        jobs: makes and writes off the main thread; without it that is done at once.
    """

    written = Signal(object)  # ProductReport

    def __init__(self, session: Session, jobs: Jobs | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._shown: Export | None = None
        self.buttons: dict[str, QPushButton] = {}
        self._inside = QVBoxLayout(self)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(4)
        self.report = Sentence()  # of what was written last, longer than the status line
        self.report.hide()
        self._inside.addWidget(self.report)

    def show_export(self, export: Export | None) -> None:
        """Show a button for each product of an export."""
        products = products_of(export) if export is not None and export.sources else ()
        if export is None or self._shown is None or export.id != self._shown.id:
            self.report.hide()
        self._shown = export
        for button in self.buttons.values():
            self._inside.removeWidget(button)
            button.deleteLater()
        self.buttons = {product.name: self._button(product) for product in products}
        self.setVisible(bool(products))

    def _button(self, product: Product) -> QPushButton:
        button = QPushButton(product.title)
        button.setToolTip(product.tip)
        button.clicked.connect(partial(self._ask, product))
        self._inside.addWidget(button)
        return button

    def _ask(self, product: Product) -> None:
        if self._shown is None:
            return
        title = product.title.rstrip(".")
        chosen, _ = QFileDialog.getSaveFileName(self, title, product_path(self._shown, product))
        if chosen:
            self.write(product, chosen)

    def write(self, product: Product, path: str) -> None:
        """Make a product of the shown export and write it in the background."""
        if self._shown is None:
            return
        project, export = self._session.project, self._shown.id

        def work(control: JobControl) -> ProductReport:
            return write_product(project, export, product, path, control.check)

        if self._jobs is None:
            self._written(work(JobControl()))
            return
        self._session.say("Writing...")
        failed = partial(self._failed)
        tellings = self._session.matches.tellings
        self._jobs.run("save product", tellings.bound(work), Answers(self._written, failed))

    def _written(self, report: ProductReport) -> None:
        rows = counted(report.count, "row")
        words = [f"{Path(report.file.path).name} is written, {rows}: {report.file.path}."]
        words += report.notes[:NAMED]
        if len(report.notes) > NAMED:
            words.append(f"And {len(report.notes) - NAMED:,} more remarks.")
        self._session.say(" ".join(words))
        self.report.setText("\n".join(words))
        self.report.show()
        self.written.emit(report)

    def _failed(self, error: Exception) -> None:
        self._session.say(str(error))
