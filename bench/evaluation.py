"""`./run bench evaluation MONTH 1,2,3`: one worker of "evaluation alone"; its provinces go into temporary tables that are thrown away."""

from __future__ import annotations

import datetime

from django.db import connection, transaction

from beneficiaries import evaluation
from beneficiaries.operations.compute import prepare
from beneficiaries.operations.spans import execute
from policy import load_law
from posasoft.core.models import Area, Level
from posasoft.core.scope import Scope, acting


def main(arguments: list[str]) -> int:
    """Prints how many lines came out."""
    month = datetime.date.fromisoformat(f"{arguments[0]}-01")
    print(sum(lines_of(month, int(number)) for number in arguments[1].split(",")))
    return 0


def lines_of(month: datetime.date, province_no: int) -> int:
    """The lines of one province, in one transaction of the serving role, rolled back."""
    province = Area.objects.get(level=Level.PROVINCE, province_no=province_no, position__isnull=False)
    with acting(Scope("area", province.position or 0, province.position_end or 0, role="system")):
        prepare()
        staged = evaluation.staged_month(
            load_law(), month, scope=evaluation.Scope(area=(province.position or 0, province.position_end or 0))
        )
        for statement in staged.setup:
            execute(statement)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE due ON COMMIT DROP AS {staged.select}")
            lines = int(cursor.rowcount)
        transaction.set_rollback(True)
    return lines
