"""What follows when an author publishes, takes back, moves or deletes a page, or when a file in it is prepared."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move

from courses.media.events import FilePrepared
from courses.pages import outline, services
from courses.pages.models import COURSE_DEPTH, CoursePage, LessonPage, OfCourse, SectionPage
from lms.events.services import receiver as hears


@receiver(page_published, dispatch_uid="outline_of_published_page")
def rewrite_outline(sender: Any, instance: Page, **kwargs: Any) -> None:
    """A course, section or lesson was published: learners see it with the same commit."""
    if isinstance(instance, OfCourse):
        outline.publish(instance.course_page(), render_all=isinstance(instance, CoursePage))


@receiver(page_unpublished, dispatch_uid="outline_of_unpublished_page")
def rewrite_outline_without(sender: Any, instance: Page, **kwargs: Any) -> None:
    """A course, section or lesson was taken back."""
    # Wagtail says this of a page that is about to be deleted too: then its row is still live, and deletion comes next.
    if isinstance(instance, OfCourse) and not Page.objects.filter(pk=instance.pk, live=True).exists():
        outline.publish(instance.course_page(), render_all=False)


@receiver(post_page_move, dispatch_uid="outline_of_moved_page")
def rewrite_outline_after_move(
    sender: Any, instance: Page, url_path_before: str, url_path_after: str, **kwargs: Any
) -> None:
    """A section or lesson has another place, perhaps in another course."""
    for path in {kwargs["parent_page_before"].path, kwargs["parent_page_after"].path}:
        page = CoursePage.objects.filter(path=path[: Page.steplen * COURSE_DEPTH]).first()
        if page:
            outline.publish(page, render_all=False)


@receiver(post_delete, sender=CoursePage, dispatch_uid="outline_of_deleted_course")
def withdraw_course(sender: Any, instance: CoursePage, **kwargs: Any) -> None:
    """A deleted page leaves the catalog; what learners did in the course stays."""
    outline.withdraw(instance)


@receiver(post_delete, sender=SectionPage, dispatch_uid="outline_of_deleted_section")
@receiver(post_delete, sender=LessonPage, dispatch_uid="outline_of_deleted_lesson")
def mark_removed(sender: Any, instance: SectionPage | LessonPage, **kwargs: Any) -> None:
    """A deleted section or lesson leaves the outline, with the activities in it."""
    outline.remove(instance.translation_key)


@hears(FilePrepared, can_wait=True)
def render_anew(event: FilePrepared) -> None:
    """Lessons in which a file stands show what was made of it."""
    services.render_lessons_with(event.kind, event.file_id)
