"""Payment lists and their lines."""

from payments.models.lists import Channel, Correction, PaymentLine, PaymentList

__all__ = ["Channel", "Correction", "PaymentLine", "PaymentList"]
