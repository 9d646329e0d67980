"""Users and roles."""

from django.urls import path

from posasoft.portal.views import assigned, users

patterns = [
    path("users/", users.index, name="users"),
    path("users/new/", users.new, name="user_new"),
    path("users/<int:user_id>/", users.show, name="user"),
    path("users/<int:user_id>/grant/", users.grant, name="user_grant"),
    path("users/<int:user_id>/roles/<int:assignment_id>/end/", users.end, name="user_role_end"),
    path("users/<int:user_id>/roles/<int:assignment_id>/assigned/", assigned.show, name="user_items"),
    path("users/<int:user_id>/roles/<int:assignment_id>/assigned/change/", assigned.change, name="user_items_change"),
    path("users/<int:user_id>/switch/", users.switch, name="user_switch"),
    path("users/<int:user_id>/invite/", users.invite, name="user_invite"),
    path("users/<int:user_id>/second-factor/", users.reset_factor, name="user_factor"),
    path("users/<int:user_id>/give/", users.give, name="user_give"),
    path("users/<int:user_id>/permissions/<int:permission_id>/take-back/", users.take_back, name="user_take_back"),
]
