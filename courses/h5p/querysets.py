"""Finding libraries and content, and who may see which."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Q

from courses.h5p.core import LibraryKey


class LibraryQuerySet(models.QuerySet[Any]):
    def of(self, keys: Iterable[LibraryKey]) -> Self:
        """The libraries of exactly these versions."""
        wanted = [Q(name=key.name, major=key.major, minor=key.minor) for key in keys]
        if not wanted:
            return self.none()
        chosen = wanted[0]
        for one in wanted[1:]:
            chosen |= one
        return self.filter(chosen)


class ContentQuerySet(models.QuerySet[Any]):
    def editable_by(self, person: Any) -> Self:
        """All content, for those who write courses: authors share one library of content, as of pictures."""
        return self if person.has_perm("h5p.change_content") else self.none()

    def published(self) -> Self:
        """What has a version that learners can get."""
        return self.exclude(live=None)

    def with_kinds(self, *versions: str) -> Self:
        """The content with what the libraries of its ``live`` version, or its ``draft``, are called; no query more."""
        whole = self.select_related(*(f"{version}__library__current" for version in versions))
        large = ("semantics", "translations", "files")
        return whole.defer(*(f"{version}__library__current__{name}" for version in versions for name in large))


class PackageImportQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> Self:
        """Her own; an administrator of libraries sees all."""
        return self if person.has_perm("h5p.install_library") else self.filter(by=person)
