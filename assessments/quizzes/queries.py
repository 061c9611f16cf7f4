"""Where a learner stands with a quiz, and what is on a paper."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import JSONField, Value

from assessments.bank.kinds import Kind, Mark, Solution, kinds
from assessments.bank.models import Question, QuestionVersion
from assessments.quizzes import rules
from assessments.quizzes.models import Attempt, Practice, Quiz, QuizQuestion, Response
from courses.catalog.models import OutlineItem
from lms.common.kept import Kept
from lms.common.statements import Statement, given_id
from lms.enrollment.models import Enrollment
from lms.people.models import Person


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a paper, with what was answered so far. ``body`` holds the key, ``public`` never does."""

    number: int
    version_id: int
    kind: Kind
    points: Decimal
    body: dict[str, Any]
    order: Sequence[str]
    answer: Any

    @property
    def public(self) -> dict[str, Any]:
        """What a browser may know of it."""
        return self.kind.public(self.body, self.order)

    @property
    def drawn_by(self) -> tuple[Hashable, ...]:
        """All that a paper shows of it, but for its number and points: versions never change."""
        return (self.version_id, tuple(self.order), tuple(self.picked) or self.answer)

    @property
    def name(self) -> str:
        """The name of the answer's form field."""
        return f"q{self.version_id}"

    @property
    def picked(self) -> list[str]:
        """The parts picked, where several may be."""
        return self.answer if isinstance(self.answer, list) else []

    @property
    def template(self) -> str:
        return f"quizzes/kinds/{self.kind.name}.html"

    @property
    def is_answered(self) -> bool:
        return self.kind.is_answer(self.answer)


@dataclass(frozen=True, slots=True)
class ReviewedChoice:
    """A choice in a review."""

    html: str
    is_picked: bool
    is_right: bool
    is_key: bool


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A marked question, with as much as the learner may know: what is ``None`` or empty is not hers to see."""

    asked: Asked
    fraction: Decimal | None
    tells_results: bool
    tells_notes: bool
    tells_key: bool

    @property
    def drawn_by(self) -> tuple[Hashable, ...]:
        """All that a review shows of it, but for its number."""
        return (*self.asked.drawn_by, self.fraction, self.tells_results, self.tells_notes, self.tells_key)

    @property
    def given(self) -> str:
        return self.asked.kind.show(self.asked.body, self.asked.answer)

    @property
    def mark(self) -> Mark | None:
        if not self.tells_results:
            return None
        mark = self.asked.kind.grade(self.asked.body, self.asked.answer)
        return mark if self.tells_notes else Mark(mark.fraction, (), mark.verdicts)

    @property
    def solution(self) -> Solution | None:
        return self.asked.kind.solution(self.asked.body) if self.tells_key else None

    @property
    def is_right(self) -> bool:
        return self.fraction == 1

    @property
    def choices(self) -> list[ReviewedChoice]:
        """The choices as shown, with what was picked, whether rightly, and the key where it may be known."""
        mark, solution = self.mark, self.solution
        picked = mark.verdicts if mark else {}
        key = solution.parts if solution else frozenset()
        return [
            ReviewedChoice(
                html=choice["html"],
                is_picked=choice["id"] in picked,
                is_right=picked.get(choice["id"], False),
                is_key=choice["id"] in key,
            )
            for choice in self.asked.public.get("choices", ())
        ]


def activity_of(item: OutlineItem) -> int:
    """The id of the quiz or question behind an item."""
    if item.activity_id is None:
        raise ValueError(f"item {item.pk} is no activity")
    return item.activity_id


def passing_grade(quiz: Quiz, item: OutlineItem) -> Decimal | None:
    """What must be reached; the outline's word goes before the quiz's own. ``None``: nothing to pass."""
    grade = item.passing_grade if item.passing_grade is not None else quiz.passing_grade
    return grade or None


def attempts(enrollment: Enrollment, item_ids: Collection[int]) -> list[Attempt]:
    """All attempts at these items, oldest first, without papers and answers."""
    rows = Attempt.objects.filter(enrollment=enrollment, item_id__in=item_ids)
    return list(rows.defer("paper", "answers").order_by("item_id", "number"))


def tries_at(item: OutlineItem, enrollment: Enrollment) -> list[Attempt]:
    """The same for one item."""
    return _ATTEMPTS.all(enrollment=enrollment.pk, item=item.pk)


_ATTEMPTS: Statement[Attempt] = Statement(
    lambda: (
        Attempt.objects.filter(enrollment=given_id("enrollment"), item=given_id("item"))
        .defer("paper", "answers")
        .order_by("number")
    )
)


def own_seat(person: Person, enrollment_id: int) -> Enrollment | None:
    """The person's seat, with its run, course and organizer."""
    return _OWN_SEAT.first(person=person.pk, pk=enrollment_id)


_OWN_SEAT: Statement[Enrollment] = Statement(
    lambda: (
        Enrollment.objects.visible_to(given_id("person"))
        .seated()
        .select_related("run__course", "run__organizer")
        .defer("run__course__about_html", "run__course__search_text", "run__course__audience")
        .filter(pk=given_id("pk"))
        .order_by()
    )
)


def own_attempt(person: Person, attempt_id: int) -> Attempt | None:
    """The person's attempt, with its quiz, its item, and her seat with its run."""
    return _OWN_ATTEMPT.first(person=person.pk, pk=attempt_id)


_OWN_ATTEMPT: Statement[Attempt] = Statement(
    lambda: (
        Attempt.objects.visible_to(given_id("person"))
        .select_related("quiz", "item", "enrollment__run__organizer")
        .filter(pk=given_id("pk"))
        .order_by()
    )
)


def places_on(quiz: Quiz) -> list[tuple[int, str, Decimal, dict[str, Any] | None]]:
    """The questions of a quiz as they are now, in order: version, kind, points, and the body where it is shuffled."""
    return (_SHUFFLED if quiz.shuffle else _PLACES).all(quiz=quiz.pk)


def _places(*more: Any) -> Any:
    placed = QuizQuestion.objects.filter(quiz=given_id("quiz"), question__current__isnull=False)
    return placed.values_list("question__current_id", "question__kind", "points", *more).order_by("position")


_PLACES: Statement[Any] = Statement(lambda: _places(Value(None, JSONField())))
_SHUFFLED: Statement[Any] = Statement(lambda: _places("question__current__body"))


def standing(quiz: Quiz, item: OutlineItem, tries: Iterable[Attempt]) -> rules.Standing:
    """Where the learner stands after ``tries``, all her attempts at this item."""
    tries = list(tries)
    return rules.Standing(
        used=len(tries),
        allowed=quiz.attempts_allowed,
        passing_grade=passing_grade(quiz, item),
        best=max((attempt.grade for attempt in tries if attempt.grade is not None), default=None),
        has_open=any(attempt.state == Attempt.State.OPEN for attempt in tries),
    )


def attempt_to_save(person_id: int, attempt_id: int) -> Attempt | None:
    """The person's attempt with no more of it than keeping an answer needs, and what tells that her session holds."""
    return _TO_SAVE.first(person=person_id, pk=attempt_id)


_TO_SAVE: Statement[Attempt] = Statement(
    lambda: (
        Attempt.objects.visible_to(given_id("person"))
        .select_related("enrollment__person")
        .only("state", "paper", "deadline_at", "enrollment__person__password", "enrollment__person__is_active")
        .filter(pk=given_id("pk"))
        .order_by()
    )
)


def versions(ids: Collection[int]) -> dict[int, QuestionVersion]:
    """Question versions by id; those that the process has read before take no query."""
    found = {pk: version for pk in ids if (version := _versions.get(pk)) is not None}
    missing = [pk for pk in ids if pk not in found]
    if missing:
        for pk, version in QuestionVersion.objects.only("body").in_bulk(missing).items():
            found[pk] = version
            _versions.put(pk, version)
    return found


_versions: Kept[QuestionVersion] = Kept(most=4_000)


def versions_of(attempt: Attempt) -> dict[int, QuestionVersion]:
    """The question versions on an attempt's paper."""
    return versions([entry["version"] for entry in attempt.paper])


def entries_of(attempt: Attempt, found: Mapping[int, QuestionVersion]) -> list[dict[str, Any]]:
    """The lines of the paper whose questions exist; one that an author threw away since is nobody's fault."""
    return [entry for entry in attempt.paper if entry["version"] in found]


def asked(attempt: Attempt) -> list[Asked]:
    """The attempt's paper in its own order; one query at the most."""
    found = versions_of(attempt)
    rows = []
    for number, entry in enumerate(entries_of(attempt, found), start=1):
        version = found[entry["version"]]
        kind = kinds[entry["kind"]]
        rows.append(
            Asked(
                number=number,
                version_id=version.pk,
                kind=kind,
                points=Decimal(entry["points"]),
                body=version.body,
                order=entry["order"],
                answer=attempt.answers.get(str(version.pk)),
            )
        )
    return rows


def review(attempt: Attempt, quiz: Quiz, where: rules.Standing) -> list[Reviewed]:
    """A submitted attempt question by question, as far as the author's policy and the rules let the learner know."""
    marked = {response.version_id: response for response in Response.objects.filter(attempt=attempt)}
    tells_results = quiz.feedback in (Quiz.Feedback.FULL, Quiz.Feedback.RESULTS)
    tells_key = quiz.feedback == Quiz.Feedback.FULL and where.may_know_key
    rows = []
    for question in asked(attempt):
        response = marked.get(question.version_id)
        rows.append(
            Reviewed(
                asked=question,
                fraction=response.fraction if response and tells_results else None,
                tells_results=tells_results,
                tells_notes=quiz.feedback == Quiz.Feedback.FULL,
                tells_key=tells_key,
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class Practiced:
    """A practice question in a lesson, as one learner sees it. ``practice`` is ``None`` before the first answer."""

    item: OutlineItem
    version_id: int
    kind: Kind
    public: dict[str, Any]
    practice: Practice | None
    mark: Mark | None
    solution: Solution | None

    @property
    def answer(self) -> Any:
        return self.practice.answer if self.practice else None

    @property
    def name(self) -> str:
        """The name of the answer's form field."""
        return f"q{self.item.pk}"

    @property
    def picked(self) -> list[str]:
        """The parts picked, where several may be."""
        return self.answer if isinstance(self.answer, list) else []

    @property
    def template(self) -> str:
        return f"quizzes/kinds/{self.kind.name}.html"


TRIES_BEFORE_KEY = 3
"""After so many wrong tries a practice question shows its key: practice is for learning."""


def practiced(item: OutlineItem, version: QuestionVersion, practice: Practice | None, *, kind_name: str) -> Practiced:
    """One practice question with the last answer, its mark, and the key where it has been earned."""
    kind = kinds[kind_name]
    mark = kind.grade(version.body, practice.answer) if practice else None
    is_known = practice is not None and mark is not None and (mark.is_right or practice.tries >= TRIES_BEFORE_KEY)
    return Practiced(
        item=item,
        version_id=version.pk,
        kind=kind,
        public=kind.public(version.body),
        practice=practice,
        mark=mark,
        solution=kind.solution(version.body) if is_known else None,
    )


def practice_questions(enrollment: Enrollment | None, items: Collection[OutlineItem]) -> dict[int, Practiced]:
    """The practice questions of a lesson by item id, in two queries; without a learner, as nobody has answered."""
    questions = Question.objects.select_related("current").in_bulk([item.activity_id for item in items])
    answered = {
        practice.item_id: practice
        for practice in (
            Practice.objects.filter(enrollment=enrollment, item_id__in=[item.pk for item in items])
            if enrollment
            else ()
        )
    }
    found = {}
    for item in items:
        question = questions.get(item.activity_id or 0)
        if question is not None and question.current is not None:
            found[item.pk] = practiced(item, question.current, answered.get(item.pk), kind_name=question.kind)
    return found
