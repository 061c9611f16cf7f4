"""Bases that several apps' tables share; no table of its own."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Dated(models.Model):
    """A fact that holds from ``starts_on`` to ``ends_on``, both days included; an open end is ``None``."""

    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True
