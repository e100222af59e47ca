"""The parts that a window is furnished with; importing them is what takes its time."""

from __future__ import annotations

from viewer.ui.actions.hints import hint_of
from viewer.ui.exports.match_page import MatchPage
from viewer.ui.exports.rebinding import Rebinding
from viewer.ui.exports.task_page import TaskPage
from viewer.ui.inspector.classified_panel import ClassifiedPanel
from viewer.ui.inspector.inspector import Inspector
from viewer.ui.labels.delete_strip import DeleteStrip
from viewer.ui.labels.looks_keeper import LooksKeeper
from viewer.ui.labels.name_strip import NameStrip
from viewer.ui.labels.panel import LabelPanel
from viewer.ui.labels.style_popup import StylePopup
from viewer.ui.measuring.keeper import MeasurementsKeeper
from viewer.ui.measuring.panel import MeasurementPanel
from viewer.ui.media.contact_sheet import ContactSheet
from viewer.ui.media.opening import Opening
from viewer.ui.media.panel import MediaPanel
from viewer.ui.media.tags_page import TagsPage
from viewer.ui.playback.panel import PlaybackPanel
from viewer.ui.playback.player import Player
from viewer.ui.review.cockpit import Cockpit
from viewer.ui.review.reviews_page import ReviewsPage
from viewer.ui.saving.journal_keeper import JournalKeeper
from viewer.ui.saving.saving import Saving
from viewer.ui.view.frames_wanted import FramesWanted
from viewer.ui.view.hands import Hands
from viewer.ui.view.page import ViewsPage
from viewer.ui.widgets.popup_list import PopupList
from viewer.ui.window.class_box import LabelBox
from viewer.ui.window.commands import commands_of
from viewer.ui.window.comparing import Comparing
from viewer.ui.window.docks import Docks
from viewer.ui.window.drawer import Drawer
from viewer.ui.window.drop import Drops
from viewer.ui.window.keys import HeldHide
from viewer.ui.window.keysheet import KeySheet
from viewer.ui.window.laying import Laying
from viewer.ui.window.palette import Palette
from viewer.ui.window.preset_box import PresetBox
from viewer.ui.window.right_dock import RightDock
from viewer.ui.window.session_keeper import SessionKeeper
from viewer.ui.window.side_buttons import SideButtons
from viewer.ui.window.slabs import Slabbing
from viewer.ui.window.steering import Steering
from viewer.ui.window.view_menu import view_menu
from viewer.ui.window.wiring import wire

__all__ = [
    "ClassifiedPanel",
    "Cockpit",
    "Comparing",
    "ContactSheet",
    "DeleteStrip",
    "Docks",
    "Drawer",
    "Drops",
    "FramesWanted",
    "Hands",
    "HeldHide",
    "Inspector",
    "JournalKeeper",
    "KeySheet",
    "LabelBox",
    "LabelPanel",
    "Laying",
    "LooksKeeper",
    "MatchPage",
    "MeasurementPanel",
    "MeasurementsKeeper",
    "MediaPanel",
    "NameStrip",
    "Opening",
    "Palette",
    "PlaybackPanel",
    "Player",
    "PopupList",
    "PresetBox",
    "Rebinding",
    "ReviewsPage",
    "RightDock",
    "Saving",
    "SessionKeeper",
    "SideButtons",
    "Slabbing",
    "Steering",
    "StylePopup",
    "TagsPage",
    "TaskPage",
    "ViewsPage",
    "commands_of",
    "hint_of",
    "view_menu",
    "wire",
]
