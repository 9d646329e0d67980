"""Vietnam Post: a list to pay from at the counter, in cash. It comes back as the same table, filled in."""

from payments.channels.post.cash import Cash

FACE = Cash()

__all__ = ["FACE"]
