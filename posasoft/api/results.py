"""Results of payments from the agency's program: rows in, findings out, each call done once."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from payments.models import ResultBatch, RowState
from payments.operations import results
from payments.operations.results import ResultRefused
from payments.outcomes import OUTCOMES, REASONS
from payments.result_findings import sentence
from payments.statuses import APPLIED, RECEIVED, STAGED
from posasoft.api.authentication import caller
from posasoft.api.description import Refusal
from posasoft.core import audit

MOST_ROWS = 20_000
# So many findings are told in one answer; the others show when these are mended.
MOST_FINDINGS = 1_000
DONE, NOT_DONE, AT_ODDS = 200, 422, 409
EXAMPLE = {
    "client_key": "2026-11-05/quay-1/001",
    "rows": [
        {"line": "0193f6c2-8f7e-7a61-9f6e-2b8f6d1f9a10", "outcome": "paid", "amount": 1620000, "paid_on": "2026-11-05"},
        {"line": "0193f6c2-8f7e-7a61-9f6e-2b8f6d1f9a11", "outcome": "unpaid", "reason": "absent"},
    ],
    "declared_rows": 2,
    "declared_amount": 1620000,
}


class RowSerializer(serializers.Serializer[dict[str, Any]]):
    """What became of a line. Rows are judged one by one and answered with findings, not refused as a whole."""

    line = serializers.UUIDField(help_text="public id of the line, from the list's file")
    outcome = serializers.ChoiceField(choices=list(OUTCOMES.items()))
    reason = serializers.ChoiceField(choices=list(REASONS.items()), required=False, help_text="of an unpaid line")
    amount = serializers.IntegerField(required=False, help_text="đồng; what the list says, or nothing")
    paid_on = serializers.DateField(required=False)
    proxy = serializers.CharField(max_length=120, required=False, help_text="who collected for the payee")


@extend_schema_field(RowSerializer(many=True))
class RowsField(serializers.ListField):
    """Rows as they come: what is wrong with one is a finding, not the end of the call."""

    child = serializers.DictField()


class CallSerializer(serializers.Serializer[dict[str, Any]]):
    """A call with results."""

    client_key = serializers.CharField(
        max_length=80, help_text="made by the program, new for each new content: the same key again is the same call"
    )
    rows = RowsField(min_length=1, max_length=MOST_ROWS, help_text=f"at most {MOST_ROWS}; more in further calls, each with its own key")
    declared_rows = serializers.IntegerField(required=False, min_value=0, help_text="how many rows were sent: finds a cut-off call")
    declared_amount = serializers.IntegerField(required=False, min_value=0, help_text="đồng paid in all rows")
    # DRF takes fields off the class; its own attribute of that name stays.
    partial = serializers.BooleanField(  # type: ignore[assignment]  # a field, as above
        default=False, help_text="book the good rows though others have findings; without it all or none"
    )


class FindingSerializer(serializers.Serializer[dict[str, Any]]):
    """What is wrong with a row."""

    row = serializers.IntegerField(help_text="1 is the first")
    line = serializers.CharField()
    code = serializers.CharField()
    field = serializers.CharField()
    message = serializers.CharField(help_text="Vietnamese, for a person")


class BatchSerializer(serializers.Serializer[ResultBatch]):
    """A call or file with results, and what became of it."""

    id = serializers.UUIDField(source="public_id")
    status = serializers.ChoiceField(choices=["received", "staged", "applied", "refused"])
    client_key = serializers.CharField()
    rows = serializers.IntegerField()
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="rows by state: ready, change, same, finding, applied")
    paid = serializers.IntegerField(help_text="đồng of rows that say paid")
    refusal = serializers.CharField(help_text="why the whole was refused, else empty")
    received_at = serializers.DateTimeField(source="made_at")
    applied_at = serializers.DateTimeField(allow_null=True)
    findings = serializers.SerializerMethodField()

    @extend_schema(responses=FindingSerializer(many=True))
    def get_findings(self, batch: ResultBatch) -> list[dict[str, Any]]:
        """Row by row."""
        wrong = batch.lines.filter(state=RowState.FINDING).order_by("row_no")[:MOST_FINDINGS]
        return [
            {
                "row": row.row_no, "line": row.line, "code": str(finding.get("code", "")), "field": str(finding.get("field", "")),
                "message": sentence(finding),
            }
            for row in wrong
            for finding in row.findings
        ]  # fmt: skip


class Results(APIView):
    """Results of lines."""

    needs = "results.write"

    @extend_schema(
        operation_id="send_results",
        request=CallSerializer,
        examples=[OpenApiExample("results", EXAMPLE, request_only=True)],
        responses={DONE: BatchSerializer, NOT_DONE: BatchSerializer, AT_ODDS: Refusal},
    )
    def post(self, request: Request) -> Response:
        """Send rows. 200: booked, now or by an earlier call with this key. 422: nothing booked, `findings` or `refusal` say why. 409: the key was
        used for other rows."""
        call = CallSerializer(data=request.data)
        call.is_valid(raise_exception=True)
        data, by = call.validated_data, caller(request).scope
        content = json.dumps(data["rows"], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")
        try:
            batch = results.receive(
                agency=caller(request).key.agency, content=content, format="json", client_key=data["client_key"], by=by, key=caller(request).key,
                declared_rows=data.get("declared_rows"), declared_amount=data.get("declared_amount"),
            )  # fmt: skip
            if batch.status in (RECEIVED, STAGED):
                batch = results.stage(batch=batch, by=by)
            if batch.status == STAGED and (data["partial"] or not batch.counts.get(RowState.FINDING)):
                batch = results.apply(batch=batch, by=by)
        except ResultRefused as refusal:
            return Response({"detail": str(refusal)}, status=AT_ODDS)
        return Response(BatchSerializer(batch).data, status=DONE if batch.status == APPLIED else NOT_DONE)


class ResultOne(APIView):
    """One call or file."""

    needs = "results.write"

    @extend_schema(operation_id="results", responses=BatchSerializer)
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """How it stands."""
        # Row-level security shows the agency's own.
        batch = ResultBatch.objects.filter(public_id=public_id).first()
        if batch is None:
            raise Http404
        area = (batch.province_no, batch.area_pos) if batch.province_no else None
        audit.seen(by=caller(request).scope, kind="result_batch", ids=[batch.public_id], area=area, key=caller(request).key.prefix)
        return Response(BatchSerializer(batch).data)
