"""The portal of the paying agency, and agencies for those who keep them."""

from django.urls import URLPattern, path

from posasoft.portal.views import agencies, deliveries

patterns: list[URLPattern] = [
    path("deliveries/", deliveries.index, name="deliveries"),
    path("deliveries/<uuid:public_id>/", deliveries.show, name="delivery"),
    path("deliveries/<uuid:public_id>/confirm/", deliveries.confirm, name="delivery_confirm"),
    path("deliveries/<uuid:public_id>/file/<slug:kind>/", deliveries.file, name="delivery_file"),
    path("paying/lists/send/", deliveries.send_many, name="lists_send"),
    path("paying/lists/<int:list_id>/send/", deliveries.send, name="list_send"),
    path("agencies/", agencies.index, name="agencies"),
    path("agencies/interface/", agencies.api_docs, name="api_docs"),
    path("agencies/new/", agencies.new, name="agency_new"),
    path("agencies/<int:agency_id>/", agencies.show, name="agency"),
    path("agencies/<int:agency_id>/terms/", agencies.terms, name="agency_terms"),
    path("agencies/<int:agency_id>/points/", agencies.point, name="agency_point"),
    path("agencies/<int:agency_id>/communes/", agencies.service, name="agency_service"),
    path("agencies/<int:agency_id>/communes/<int:area_id>/end/", agencies.service_end, name="agency_service_end"),
    path("agencies/<int:agency_id>/clerks/", agencies.post, name="agency_post"),
    path("agencies/<int:agency_id>/keys/", agencies.key, name="agency_key"),
    path("agencies/<int:agency_id>/keys/<int:key_id>/revoke/", agencies.key_revoke, name="agency_key_revoke"),
]
