"""Django's command line, in the environment that `./run manage` sets up."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "posasoft.settings")
    execute_from_command_line(sys.argv)
