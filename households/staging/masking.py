"""Numbers of identity papers never stand in findings or on screens: only their last three digits."""

import re

_NUMBER = re.compile(r"\d(?:[ .\-']?\d){7,}")


def masked(text: str) -> str:
    """Replace every run of eight or more digits by dots and its last three digits; dates and amounts are shorter or grouped in threes."""
    return _NUMBER.sub(lambda match: _hide(match[0]), text)


def _hide(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    # 1.000.000 and 16.09.1949 are no papers; a paper has eight digits at least, and no day or thousands between its points.
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+|\d{1,2}[.\-]\d{1,2}[.\-]\d{4}", number) and len(digits) < 12:
        return number
    return "•" * (len(digits) - 3) + digits[-3:]
