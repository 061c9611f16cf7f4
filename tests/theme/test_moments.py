from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from theme.templatetags.moments import clock, day, moment

OPENING = datetime(2025, 8, 17, 1, 0, tzinfo=UTC)


def test_a_moment_is_written_as_the_ministry_writes_it():
    with translation.override("id"):
        assert moment(OPENING) == "17 Agustus 2025 pukul 08.00 WIB"


def test_one_instant_reads_differently_in_each_zone():
    with translation.override("id"):
        with timezone.override(ZoneInfo("Asia/Makassar")):
            assert clock(OPENING) == "09.00 WITA"
        with timezone.override(ZoneInfo("Asia/Jayapura")):
            assert clock(OPENING) == "10.00 WIT"


def test_english_readers_get_english():
    with translation.override("en"):
        assert moment(OPENING) == "17 August 2025, 08:00 WIB"
        assert day(date(2025, 8, 17)) == "17 August 2025"


def test_nothing_is_written_as_nothing():
    assert moment(None) == day(None) == clock(None) == ""
