"""Lists as communes keep them: a workbook becomes households, persons and findings. Plain Python, no Django, no registry."""
