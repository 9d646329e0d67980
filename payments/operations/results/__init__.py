"""What becomes of lines: files and calls of agencies are received, staged and applied once; a counter marks lines and closes its day.

Each verb may arrive twice and changes nothing the second time. Whoever asks is checked under the own scope; the writing is the system's.
"""

from payments.operations.results.applying import apply
from payments.operations.results.completing import close_day, close_open_days, mark_rest, reopen
from payments.operations.results.counter import mark, undo
from payments.operations.results.receiving import receive, refuse, stage
from payments.operations.results.standing import ResultRefused

__all__ = ["ResultRefused", "apply", "close_day", "close_open_days", "mark", "mark_rest", "receive", "refuse", "reopen", "stage", "undo"]
