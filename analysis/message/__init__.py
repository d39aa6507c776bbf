from analysis.message.composing import Message, compose, outcome_of
from analysis.message.delivered import is_told, mark_told

__all__ = ["Message", "compose", "is_told", "mark_told", "outcome_of"]
