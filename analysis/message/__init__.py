"""Message: what people are told of a run, and what of it went out on which channel."""

from analysis.message.composing import Message, compose, free_run, read_message
from analysis.message.delivered import is_told, mark_told

__all__ = ["Message", "compose", "free_run", "is_told", "mark_told", "read_message"]
