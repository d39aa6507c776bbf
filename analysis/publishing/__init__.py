"""Publishing: what a refresh makes and shows to readers, each vintage in a folder that never changes."""

from analysis.publishing.basis import name_facts
from analysis.publishing.difference import Diff, diff
from analysis.publishing.parts import write_figures, write_rates, write_report
from analysis.publishing.release import hold, publish
from analysis.publishing.vintages import Published, PublishError, current, is_shown, latest

__all__ = [
    "Diff",
    "PublishError",
    "Published",
    "current",
    "diff",
    "hold",
    "is_shown",
    "latest",
    "name_facts",
    "publish",
    "write_figures",
    "write_rates",
    "write_report",
]
