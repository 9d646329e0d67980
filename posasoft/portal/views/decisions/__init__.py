"""Decisions: drafted, signed, registered, printed, checked; and what the engine finds each month."""
