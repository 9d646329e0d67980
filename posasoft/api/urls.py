"""Addresses of the interface. Every one is open to no session: its authentication asks for a key (posasoft/api/authentication.py)."""

from typing import Any

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.views import APIView

from posasoft.api import deliveries, results
from posasoft.core.access import ANYONE, allow

app_name = "api"


def at(address: str, view: type[APIView], name: str, **options: Any) -> URLPattern:
    """One address; the portal's guard lets it pass, the key's authentication does not."""
    return path(address, allow(*ANYONE)(view.as_view(**options)), name=name)


urlpatterns: list[URLPattern] = [
    at("schema/", SpectacularAPIView, "api_schema", authentication_classes=(), permission_classes=()),
    at("public-key/", deliveries.PublicKey, "api_public_key"),
    at("deliveries/", deliveries.DeliveryList, "api_deliveries"),
    at("deliveries/<uuid:public_id>/", deliveries.DeliveryOne, "api_delivery"),
    at("deliveries/<uuid:public_id>/files/<slug:kind>/", deliveries.DeliveryFile, "api_delivery_file"),
    at("deliveries/<uuid:public_id>/confirm/", deliveries.DeliveryReceipt, "api_delivery_confirm"),
    at("results/", results.Results, "api_results"),
    at("results/<uuid:public_id>/", results.ResultOne, "api_result"),
]
