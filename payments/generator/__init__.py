"""Months of paying for the demonstration, by the operations of the product and its own users."""
