"""Addresses of the planner, in the name space of enrollment."""

from django.urls import path

from lms.enrollment.planner.views import making, periods, runs, templates

urlpatterns = [
    path("", periods.planner, name="planner"),
    path("calendar/", periods.calendar, name="planner-calendar"),
    path("clocks/", periods.clocks, name="planner-clocks"),
    path("periods/new/", making.new_period, name="period-new"),
    path("periods/<int:period_id>/", periods.period, name="period"),
    path("periods/<int:period_id>/clone/", making.clone_period, name="period-clone"),
    path("periods/<int:period_id>/runs/", making.add_runs, name="period-runs"),
    path("periods/<int:period_id>/change/", periods.change_period, name="period-change"),
    path("periods/<int:period_id>/close/", periods.close, name="period-close"),
    path("periods/<int:period_id>/extend/", periods.extend, name="period-extend"),
    path("periods/<int:period_id>/cancel/", periods.cancel_period, name="period-cancel"),
    path("periods/<int:period_id>/template/", templates.keep_period, name="period-keep"),
    path("runs/<int:run_id>/", runs.run, name="run-plan"),
    path("runs/<int:run_id>/change/", runs.change_run, name="run-change"),
    path("runs/<int:run_id>/extend/", runs.extend_run, name="run-extend"),
    path("runs/<int:run_id>/cancel/", runs.cancel_run, name="run-cancel"),
    path("runs/<int:run_id>/reserves/", runs.reserves, name="run-reserves"),
    path("runs/<int:run_id>/classes/", runs.classes, name="run-classes"),
    path("runs/<int:run_id>/arrivals/", runs.arrivals, name="run-arrivals"),
    path("runs/<int:run_id>/arrivals/export/", runs.export_arrivals, name="run-arrivals-export"),
    path("templates/", templates.templates, name="run-templates"),
    path("templates/new/", templates.new_template, name="run-template-new"),
    path("templates/periods/<int:template_id>/", templates.period_template, name="period-template"),
    path("templates/periods/<int:template_id>/use/", making.from_template, name="period-from-template"),
    path("templates/<int:template_id>/", templates.change_template, name="run-template"),
]
