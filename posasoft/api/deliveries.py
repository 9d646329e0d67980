"""Lists sent to the agency: find them, take the files, confirm receipt."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from payments.models import Delivery
from payments.operations import seals, sending
from posasoft.api.authentication import caller
from posasoft.core import audit, vault

PAGE = 100
KINDS = ("xlsx", "csv", "xml", "sha256", "sig")


class FileSerializer(serializers.Serializer[dict[str, Any]]):
    """A file of a delivery."""

    format = serializers.ChoiceField(choices=["xlsx", "csv", "xml"])
    name = serializers.CharField()
    sha256 = serializers.CharField(help_text="SHA-256, hex")
    size = serializers.IntegerField(help_text="bytes")
    address = serializers.CharField(help_text="GET here, with the same key")


class DeliverySerializer(serializers.Serializer[Delivery]):
    """A list sent to the agency."""

    id = serializers.UUIDField(source="public_id")
    number = serializers.CharField(source="pay_list.number")
    month = serializers.SerializerMethodField(help_text="2026-11")
    commune = serializers.CharField(source="pay_list.commune.code")
    channel = serializers.CharField(source="pay_list.channel")
    lines = serializers.IntegerField(source="pay_list.households")
    amount = serializers.SerializerMethodField(help_text="đồng")
    service_point = serializers.SerializerMethodField(help_text="code of the counter, null: the headquarters")
    sent_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    files = serializers.SerializerMethodField()

    def get_month(self, delivery: Delivery) -> str:
        """Year and month."""
        return f"{delivery.pay_list.month:%Y-%m}"

    def get_service_point(self, delivery: Delivery) -> str | None:
        """Where the list is paid."""
        return delivery.service_point.code if delivery.service_point else None

    def get_amount(self, delivery: Delivery) -> int:
        """What the list pays."""
        held = delivery.pay_list
        return held.amount + held.arrears - held.recovery + held.carried

    @extend_schema(responses=FileSerializer(many=True))
    def get_files(self, delivery: Delivery) -> list[dict[str, Any]]:
        """Without the vault's own names."""
        return [
            {
                "format": one["format"], "name": seals.file_name(delivery, one["format"]), "sha256": one["sha256"], "size": one["size"],
                "address": reverse("api:api_delivery_file", args=[delivery.public_id, one["format"]]),
            }
            for one in delivery.files
        ]  # fmt: skip


class PageSerializer(serializers.Serializer[dict[str, Any]]):
    """A page, the latest first; ``next`` is the address of the one after, null at the end."""

    results = DeliverySerializer(many=True)
    next = serializers.CharField(allow_null=True)


def _seen() -> Any:
    # Row-level security is the list of what this agency was sent: no condition here could show more.
    return Delivery.objects.select_related("agency", "service_point", "pay_list__commune")


def _shown(rows: Any, **options: Any) -> Any:
    return DeliverySerializer(rows, **options).data


def found(public_id: uuid.UUID) -> Delivery:
    """The agency's delivery; another agency's is 404 as one that never was."""
    delivery: Delivery | None = _seen().filter(public_id=public_id).first()
    if delivery is None:
        raise Http404
    return delivery


class DeliveryList(APIView):
    """Deliveries, the latest first."""

    needs = "deliveries.read"

    @extend_schema(
        operation_id="deliveries",
        parameters=[
            OpenApiParameter("waiting", OpenApiTypes.BOOL, description="only those whose receipt is not confirmed"),
            OpenApiParameter("after", OpenApiTypes.INT, description="from `next` of the page before"),
        ],
        responses=PageSerializer,
    )
    def get(self, request: Request) -> Response:
        """A page of a hundred."""
        rows = _seen().order_by("-pk")
        waiting = request.query_params.get("waiting", "").lower() in ("1", "true")
        if waiting:
            rows = rows.filter(confirmed_at__isnull=True)
        after = request.query_params.get("after", "")
        if after.isascii() and after.isdigit() and len(after) < 19:
            rows = rows.filter(pk__lt=int(after))
        found = list(rows[: PAGE + 1])
        more = f"{request.path}?{'waiting=1&' if waiting else ''}after={found[PAGE - 1].pk}" if len(found) > PAGE else None
        audit.seen(by=caller(request).scope, kind="delivery", ids=[one.public_id for one in found[:PAGE]], count=min(len(found), PAGE),
                   key=caller(request).key.prefix)  # fmt: skip
        return Response({"results": _shown(found[:PAGE], many=True), "next": more})


class DeliveryOne(APIView):
    """One delivery."""

    needs = "deliveries.read"

    @extend_schema(operation_id="delivery", responses=DeliverySerializer)
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """What it holds, and where its files are."""
        delivery = found(public_id)
        area = (delivery.province_no, delivery.area_pos)
        audit.seen(by=caller(request).scope, kind="delivery", ids=[delivery.public_id], area=area, key=caller(request).key.prefix)
        return Response(_shown(delivery))


class DeliveryFile(APIView):
    """A file of a delivery."""

    needs = "deliveries.read"

    @extend_schema(operation_id="delivery_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: uuid.UUID, kind: str) -> HttpResponseBase:
        """Its bytes: `xlsx`, `csv`, `xml` (pain.001), `sha256` (for sha256sum -c), `sig` (Ed25519 over that)."""
        delivery = found(public_id)
        kept = next((one for one in delivery.files if one["format"] == kind), None)
        if kind in ("sha256", "sig"):
            content = seals.checksums(delivery) if kind == "sha256" else seals.signature(delivery)
            return HttpResponse(content, content_type="application/octet-stream")
        if kept is None:
            raise Http404
        audit.exported(
            by=caller(request).scope, kind="delivery", object_id=delivery.public_id, area=(delivery.province_no, delivery.area_pos),
            count=delivery.pay_list.households, file=kind, sha256=kept["sha256"], key=caller(request).key.prefix,
        )  # fmt: skip
        return FileResponse(vault.open_file(kept["file"]), content_type="application/octet-stream")


class DeliveryReceipt(APIView):
    """Receipt of a delivery."""

    needs = "deliveries.confirm"

    @extend_schema(operation_id="confirm_delivery", request=None, responses=DeliverySerializer)
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        """Confirm it; a second time changes nothing and answers the same."""
        delivery = found(public_id)
        sending.confirm(delivery=delivery, by=caller(request).scope, key=caller(request).key)
        return Response(_shown(found(public_id)))


class PublicKey(APIView):
    """What signatures are checked with."""

    needs = "deliveries.read"

    @extend_schema(operation_id="public_key", responses={(200, "application/x-pem-file"): OpenApiTypes.STR})
    def get(self, request: Request) -> HttpResponse:
        """The Ed25519 public key as PEM."""
        return HttpResponse(seals.public_key(), content_type="application/x-pem-file")
