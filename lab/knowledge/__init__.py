"""Conf files layered and resolved as Splunk does, and what they make of events: search-time knowledge."""

from lab.knowledge.knowledge import Knowledge

__all__ = ["Knowledge"]
