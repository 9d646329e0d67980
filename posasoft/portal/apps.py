from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages that combine several apps."""

    name = "posasoft.portal"
    label = "portal"
