"""Reads of payments."""

from payments.queries.lists import Component, LineRow, components, lines, lists

__all__ = ["Component", "LineRow", "components", "lines", "lists"]
