"""Decisions already in force for the invented recipients."""
