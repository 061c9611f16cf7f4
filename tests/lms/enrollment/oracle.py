"""Who meets a rule, answered in the plainest way: person by person, from the rows, straight off the JSON.

It shares nothing with the product's compiler or its explanations; tests and the benchmark hold both against it.
"""

from datetime import timedelta

from django.utils import timezone

from lms.enrollment.models import Enrollment
from lms.people.models import Ancestry, Membership, Person

PNS = [f"{group}/{step}" for group in ("I", "II", "III") for step in "abcd"] + [f"IV/{step}" for step in "abcde"]
PPPK = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"]


class World:
    """The rows about some people, read once."""

    def __init__(self, people=None, today=None):
        self.today = today or timezone.localdate()
        found = Person.objects.filter(is_active=True)
        self.everybody = list(found if people is None else found.filter(pk__in=people))
        ids = [person.pk for person in self.everybody]
        self.stays = {pk: [] for pk in ids}
        for stay in Membership.objects.filter(person__in=ids).select_related("unit").order_by("starts_on"):
            self.stays[stay.person_id].append(stay)
        self.above = {}
        for unit, ancestor in Ancestry.objects.filter(ends_on=None).values_list("unit_id", "ancestor_id"):
            self.above.setdefault(unit, set()).add(ancestor)
        self.done = {pk: [] for pk in ids}
        places = Enrollment.objects.filter(person__in=ids, status="seated", progress__completed_at__isnull=False)
        for pk, course, jp, moment in places.values_list(
            "person_id", "run__course_id", "run__course__jp", "progress__completed_at"
        ):
            self.done[pk].append((course, jp, timezone.localtime(moment).year))

    def meeting(self, rule):
        return {person.pk for person in self.everybody if self.holds(rule, person)}

    def holds(self, rule, person):
        if "all" in rule:
            return all(self.holds(part, person) for part in rule["all"])
        if "any" in rule:
            return any(self.holds(part, person) for part in rule["any"])
        if "none" in rule:
            return not any(self.holds(part, person) for part in rule["none"])
        return getattr(self, rule["kind"])(rule, person, self.current(person))

    def current(self, person):
        return next((stay for stay in self.stays[person.pk] if stay.ends_on is None), None)

    def unit(self, rule, person, place):
        return place is not None and bool(self.above[place.unit_id] & set(rule["units"]))

    def unit_type(self, rule, person, place):
        return place is not None and place.unit.unit_type in rule["types"]

    def province(self, rule, person, place):
        return place is not None and place.unit.province_code in rule["provinces"]

    def remote(self, rule, person, place):
        return place is not None and place.unit.is_remote is rule["is_remote"]

    def grade(self, rule, person, place):
        scale = PNS if rule["scheme"] == "pns" else PPPK
        if place is None or place.grade not in scale:
            return False
        lowest, highest = rule.get("at_least") or scale[0], rule.get("at_most") or scale[-1]
        return scale.index(lowest) <= scale.index(place.grade) <= scale.index(highest)

    def position(self, rule, person, place):
        return place is not None and any(word.lower() in place.position.lower() for word in rule["words"])

    def employment(self, rule, person, place):
        return place is not None and place.employment_type in rule["types"]

    def sex(self, rule, person, place):
        return person.sex == rule["sex"]

    def age(self, rule, person, place):
        born, today = person.birth_on, self.today
        if born is None:
            return False
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return rule.get("at_least", 0) <= age <= rule.get("at_most", 999)

    def joined(self, rule, person, place):
        first, last = rule.get("first_on"), rule.get("last_on")
        return (
            place is not None
            and (last is None or self._there(rule, person, place, lambda day: day.isoformat() <= last, last))
            and not (first and self._before(rule, person, place, first))
        )

    def _there(self, rule, person, place, by_then, day):
        if rule["where"] == "ministry":
            return by_then(self.stays[person.pk][0].starts_on)
        return any(
            stay.unit_id == place.unit_id
            and stay.starts_on.isoformat() <= day
            and (stay.ends_on is None or stay.ends_on.isoformat() >= day)
            for stay in self.stays[person.pk]
        )

    def _before(self, rule, person, place, first):
        eve = (timezone.datetime.fromisoformat(first).date() - timedelta(days=1)).isoformat()
        return self._there(rule, person, place, lambda day: day.isoformat() <= eve, eve)

    def served(self, rule, person, place):
        if place is None:
            return False
        if rule["where"] == "ministry":
            months = self._months_since(self.stays[person.pk][0].starts_on)
            return rule.get("at_least", 0) <= months <= rule.get("at_most", 9999)
        # In the unit: day by day back over her stays there, a day of absence ends the count at the asked length.
        return (
            "at_least" not in rule or self._was_in_unit(person, place, self._months_ago(rule["at_least"]))
        ) and not ("at_most" in rule and self._was_in_unit(person, place, self._months_ago(rule["at_most"] + 1)))

    def _was_in_unit(self, person, place, day):
        return self._there({"where": "unit"}, person, place, None, day.isoformat())

    def _months_since(self, since):
        months = 0
        while since <= self._months_ago(months + 1):
            months += 1
        return months

    def _months_ago(self, months):
        year, month, day = self.today.year, self.today.month - months, self.today.day
        while month < 1:
            year, month = year - 1, month + 12
        while True:
            try:
                return self.today.replace(year=year, month=month, day=day)
            except ValueError:
                day -= 1

    def completed(self, rule, person, place):
        return rule["done"] is any(course in rule["courses"] for course, _, _ in self.done[person.pk])

    def hours(self, rule, person, place):
        hours = sum(jp for _, jp, year in self.done[person.pk] if year == self.today.year)
        return rule.get("at_least", 0) <= hours <= rule.get("at_most", 9999)

    def people(self, rule, person, place):
        return person.pk in rule["people"]
