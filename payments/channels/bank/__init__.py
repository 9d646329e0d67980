"""Banks: the orders as ISO 20022 pain.001 beside the table; answers as pain.002 or as the table."""

from payments.channels.bank.transfers import Transfers

FACE = Transfers()

__all__ = ["FACE"]
