"""Addresses of the portal, a file for each kind of work."""

from posasoft.portal.urls import (
    administration,
    background,
    cases,
    changes,
    decisions,
    door,
    handover,
    help,
    ledger,
    lists_in,
    money,
    palette,
    payer,
    payments_cycle,
    registry,
    second_factor,
    traces,
    views_of_lists,
    workbooks,
)

app_name = "portal"

urlpatterns = [
    *administration.patterns,
    *background.patterns,
    *cases.patterns,
    *changes.patterns,
    *decisions.patterns,
    *door.patterns,
    *handover.patterns,
    *help.patterns,
    *ledger.patterns,
    *lists_in.patterns,
    *money.patterns,
    *palette.patterns,
    *payer.patterns,
    *payments_cycle.patterns,
    *registry.patterns,
    *second_factor.patterns,
    *traces.patterns,
    *views_of_lists.patterns,
    *workbooks.patterns,
]
