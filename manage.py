"""Django's command line, in the environment that `./run manage` sets up."""

import os
import sys

from django.core.management import execute_from_command_line

from posasoft.env import env_text

# These define tables or load them past their triggers, so they act as the owner; all else acts as the role that row-level security binds.
AS_OWNER = {"migrate", "load_areas", "generate_registry", "change_facts", "demonstration_users"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "posasoft.settings")
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        # check-ledger is check_ledger: a command's file cannot have the hyphen that people type.
        sys.argv[1] = sys.argv[1].replace("-", "_")
    if len(sys.argv) > 1 and sys.argv[1] in AS_OWNER and (owner := env_text("MIGRATION_DATABASE_URL")):
        os.environ["DATABASE_URL"] = owner
        os.environ.pop("DATABASE_URL_FILE", None)
    execute_from_command_line(sys.argv)
