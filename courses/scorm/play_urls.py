"""Addresses under the packages' own host."""

from django.urls import path

from courses.scorm.views import stage, xapi

app_name = "play"
urlpatterns = [
    path("returned/", xapi.returned, name="returned"),
    path("fetch/<str:token>/", xapi.fetch, name="fetch"),
    path("xapi/about", xapi.about, name="about"),
    path("xapi/statements", xapi.statements_of, name="statements"),
    path("xapi/activities/state", xapi.state, name="state"),
    path("xapi/activities/profile", xapi.activity_profile, name="activity_profile"),
    path("xapi/agents/profile", xapi.agent_profile, name="agent_profile"),
    path("files/<str:token>/", stage.files, name="files"),
    path("files/<str:token>/<path:path>", stage.files, name="file"),
    path("<str:token>/", stage.stage, name="stage"),
    path("<str:token>/keep/", stage.keep, name="keep"),
    path("<str:token>/launch/", xapi.launch, name="launch"),
    path("<str:token>/standings/", xapi.standings, name="standings"),
]
