"""The url list of the site: the first pattern that matches names the view."""

from django.urls import path

from polls import views

urlpatterns = [
    path('', views.index),
    path('polls/<int:question_id>/', views.detail),
]
