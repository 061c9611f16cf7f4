"""Courses, runs and outlines for tests."""

import uuid
from datetime import timedelta

import factory
from django.utils import timezone

from courses.catalog.models import Category, Course, CourseRun, OutlineItem
from tests.factories.people import OrgUnitFactory


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category

    slug = factory.Sequence(lambda n: f"category-{n}")
    name_id = factory.Sequence(lambda n: f"Kategori {n}")
    name_en = factory.Sequence(lambda n: f"Category {n}")


class CourseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Course

    slug = factory.Sequence(lambda n: f"course-{n}")
    title = factory.Sequence(lambda n: f"Course {n}")
    search_text = factory.LazyAttribute(lambda course: course.title.lower())
    jp = 4
    published_at = factory.LazyFunction(timezone.now)


class CourseRunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CourseRun

    course = factory.SubFactory(CourseFactory)
    title = factory.Sequence(lambda n: f"Angkatan {n}")
    starts_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    ends_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))
    organizer = factory.SubFactory(OrgUnitFactory)


class OutlineItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OutlineItem

    course = factory.SubFactory(CourseFactory)
    key = factory.LazyFunction(uuid.uuid4)
    kind = OutlineItem.Kind.LESSON
    position = factory.Sequence(lambda n: n)
    title = factory.Sequence(lambda n: f"Item {n}")
