"""Payment lists as documents: a workbook and a PDF that an officer signs.

They hold national ids as a role may see them; the caller records the reading.
"""

from payments.documents.pdf import pdf
from payments.documents.wording import file_name
from payments.documents.workbook import workbook

__all__ = ["file_name", "pdf", "workbook"]
