"""What a process keeps in memory."""

from lms.common.kept import Kept, forget_everything


def test_the_values_used_last_are_kept():
    kept: Kept[str] = Kept(most=2)
    kept.put("a", "A")
    kept.put("b", "B")

    kept.get("a")
    kept.put("c", "C")

    assert (kept.get("a"), kept.get("b"), kept.get("c")) == ("A", None, "C")


def test_all_of_them_can_be_emptied_at_once():
    kept: Kept[str] = Kept(most=2)
    kept.put("a", "A")

    forget_everything()

    assert kept.get("a") is None
