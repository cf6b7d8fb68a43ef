"""Addresses of one's own data."""

from django.urls import path

from core.privacy import views

urlpatterns = [
    path("mine-oplysninger/", views.own_data_ask, name="own_data_ask"),
    path("mine-oplysninger/sendt/", views.own_data_sent, name="own_data_sent"),
    path("mine-oplysninger/slettet/", views.own_data_erased, name="own_data_erased"),
    path("mine-oplysninger/<str:token>/", views.own_data, name="own_data"),
    path("mine-oplysninger/<str:token>/fil/", views.own_data_file, name="own_data_file"),
    path("mine-oplysninger/<str:token>/slet/", views.own_data_erase, name="own_data_erase"),
]
