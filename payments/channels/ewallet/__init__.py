"""E-wallets: the table with each wallet's number; it comes back as the same table, filled in."""

from payments.channels.ewallet.wallets import Wallets

FACE = Wallets()

__all__ = ["FACE"]
