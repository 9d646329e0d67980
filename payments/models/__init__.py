"""Payment lists and their lines."""

from payments.models.lists import Channel, PaymentLine, PaymentList

__all__ = ["Channel", "PaymentLine", "PaymentList"]
