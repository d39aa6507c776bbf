"""Quality: the gate that judges a week's postings before figures are made of them, and the history of its verdicts."""

from analysis.quality.gate import assess, history
from analysis.quality.runs import find_run
from analysis.quality.verdict import Assessment, Check, QualityError

__all__ = ["Assessment", "Check", "QualityError", "assess", "find_run", "history"]
