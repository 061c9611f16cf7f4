"""Addresses of the app."""

from django.urls import include, path

from lms.enrollment import views
from lms.enrollment.mandatory import due_views, plan_views
from lms.enrollment.mass_enrollment.views import mass_enroll, template

app_name = "enrollment"
quick = [
    path("runs/<int:run_id>/enroll/", views.enroll, name="enroll"),
]
urlpatterns = [
    *quick,
    path("planner/", include("lms.enrollment.planner.urls")),
    path("classes/", views.my_classes, name="my-classes"),
    path("classes/<int:class_id>/", views.my_class, name="class"),
    path("runs/<int:run_id>/", views.run, name="run"),
    path("runs/<int:run_id>/state.json", views.state, name="state"),
    path("audiences/", views.audiences, name="audiences"),
    path("audiences/new/", views.edit_audience, name="new-audience"),
    path("audiences/<int:audience_id>/", views.audience, name="audience"),
    path("audiences/<int:audience_id>/edit/", views.edit_audience, name="edit-audience"),
    path("audiences/<int:audience_id>/remove/", views.remove_audience, name="remove-audience"),
    path("audiences/<int:audience_id>/archive/", views.archive_audience, name="archive-audience"),
    path("audiences/<int:audience_id>/restore/", views.restore_audience, name="restore-audience"),
    path("audiences/pick/<str:source>/", views.pick, name="audience-pick"),
    path("audiences/options/", views.audience_options, name="audience-options"),
    path("enrollments/<int:enrollment_id>/accept/", views.accept, name="accept"),
    path("enrollments/upload/", mass_enroll, name="mass-enroll"),
    path("enrollments/upload/template.<str:ending>", template, name="mass-enroll-template"),
    path("enrollments/<int:enrollment_id>/calendar.ics", views.calendar_entry, name="calendar-entry"),
    path("enrollments/<int:enrollment_id>/withdraw/", views.withdraw, name="withdraw"),
    path("mandatory/", plan_views.plans, name="plans"),
    path("mandatory/new/", plan_views.new, name="new-plan"),
    path("mandatory/mine/", due_views.mine, name="my-dues"),
    path("mandatory/team/", due_views.team, name="team"),
    path("mandatory/<int:plan_id>/", plan_views.plan, name="plan"),
    path("mandatory/<int:plan_id>/edit/", plan_views.edit, name="edit-plan"),
    path("mandatory/<int:plan_id>/state/", plan_views.change_state, name="plan-state"),
    path("mandatory/<int:plan_id>/people/", due_views.people, name="plan-people"),
    path("mandatory/<int:plan_id>/export/", due_views.export, name="plan-export"),
    path("mandatory/<int:plan_id>/exempt/", due_views.exempt, name="exempt"),
    path("mandatory/<int:plan_id>/exemptions/", due_views.exemptions, name="exemptions"),
    path("mandatory/exemptions/<int:exemption_id>/evidence/", due_views.evidence, name="evidence"),
    path("mandatory/exemptions/<int:exemption_id>/revoke/", due_views.revoke, name="revoke-exemption"),
]
