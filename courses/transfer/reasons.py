"""The sentences behind the codes of a report."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: Mapping[str, str | Promise] = {
    "archive_damaged": _("The file is not an archive that can be opened, or it is damaged."),
    "archive_encrypted": _("The archive is protected by a password. Save it without one."),
    "archive_too_large": _("The archive holds more than it should: unpacked it would be too large."),
    "too_many_files": _("The archive holds more than %(limit)s files."),
    "path_escapes": _("The archive tries to write outside its folder (%(path)s). It was not opened any further."),
    "size_lies": _("The archive says something else about the size of %(path)s than it holds."),
    "no_course": _("There is no course in this archive: no course.xml was found."),
    "no_content": _("The course in this archive has no sections."),
    "course_file_broken": _("The file %(path)s, with which the course begins, cannot be read."),
    "imported_before": _(
        "This course was imported before and still exists as “%(title)s”. Choose to import it as a second course if"
        " you want both."
    ),
    "import_failed": _("The import broke off several times. The operators find the reason in the log."),
    "nothing_usable": _("Nothing in this archive could be turned into a lesson."),
}

PROBLEMS: Mapping[str, str | Promise] = {
    "not_a_file": _("A link or a device stood in the archive; only files are read."),
    "path_twice": _("The archive holds two files of this name; the last one was read."),
    "course_file_renamed": _("The course does not begin with course.xml; this file was taken instead."),
    "no_name": _("A block of kind “%(tag)s” has no name (url_name); one was made up."),
    "name_differs": _("The file gives the block another name, “%(name)s”."),
    "name_twice": _("The name “%(name)s” of a “%(tag)s” is used more than once; each was read where it stands."),
    "not_json": _("The file is not JSON and was passed over."),
    "policy_shape": _("The file does not have the form of a course policy and was passed over."),
    "not_xml": _("The file is not well-formed XML."),
    "wrong_tag": _("The file should hold a “%(tag)s” but holds a “%(found)s”."),
    "file_missing": _("%(missing)s is named here but is not in the archive."),
    "file_unused": _("No lesson shows this file."),
    "points_to_itself": _("The block “%(name)s” points to itself."),
    "misplaced": _("A “%(tag)s” cannot stand inside a “%(parent)s”."),
    "stray_text": _("Text stands where only blocks can: “%(text)s”."),
    "two_bodies": _("The block has text of its own and names %(file)s too; the file was taken."),
    "untidy_html": _("Tags do not close as they opened; the text was read as a browser would."),
    "not_utf8": _("The file is not UTF-8; it was read as Western European text."),
    "entities_declared": _("The file declares entities, which can be used to attack; it was not read."),
    "too_deep": _("The file is nested too deep; it was not read."),
}

CHANGES: Mapping[str, str | Promise] = {
    # Levels
    "level_joined": _("There are two levels here, so the units of this subsection stand directly in the section."),
    "level_joined_test": _(
        "Its units stand directly in the section, and its %(count)s questions make up the test that closes it."
    ),
    "unit_joined": _("A unit inside a unit: its components follow those around it."),
    "pool_opened": _("All %(count)s are shown, in order; the original drew some of them for each learner."),
    "moved_to_test": _("Everything in it has limited attempts, so it stands in the test only."),
    "nothing_left": _("Nothing in it could be imported."),
    "unit_empty": _("It was empty."),
    "misplaced_block": _("It stands where it cannot stand."),
    "staff_only": _("It was visible to staff only."),
    "dates_dropped": _("Its dates were left out: here dates belong to the course run."),
    "groups_dropped": _("It was for one group of learners only; here all see it."),
    "language_unknown": _("The language “%(language)s” is not offered; the course is marked as English."),
    "cover_unusable": _("Its cover picture could not be used."),
    # Text
    "only_styling": _(
        "It showed nothing itself: it held style sheets and scripts for the page around it. The platform's design"
        " styles the page instead; the scripts are not run."
    ),
    "feedback_as_note": _(
        "Its question stands as a note. Its buttons sent the reader's opinion to another server by script; opinions are"
        " not collected here."
    ),
    "poll_as_note": _("Its questions and choices stand as a note; votes are not collected here yet."),
    "assignment_as_note": _("Its task stands as a note; nothing can be handed in here yet."),
    "tool_as_note": _("Its name stands as a note; external tools (LTI) cannot be opened here."),
    "html_empty": _("It was empty."),
    "scripts_removed": _("Scripts were removed."),
    "styling_dropped": _("Colors, sizes and other styling were dropped; the platform's design applies."),
    "controls_removed": _("Buttons and input fields that only a script can serve were removed; the text stays."),
    "drawings_removed": _("A drawing inside the text was removed."),
    "elements_unwrapped": _("The unknown element “%(tag)s” was removed; its text stays."),
    "embedded_linked": _("A page embedded from elsewhere became a link to %(address)s."),
    "embedded_removed": _("An embedded page that works by script was removed: %(file)s."),
    "player_removed": _("A player inside the text was removed. Upload the video or audio file and add it as a block."),
    "remote_picture": _("A picture lies on another server; it became a link to %(address)s."),
    "picture_removed": _("A picture could not be found and was removed: %(file)s."),
    "picture_unusable": _("%(file)s is not a picture that can be shown; its description stands in its place."),
    "file_missing": _("The file %(file)s is not in the archive."),
    "document_type": _("%(file)s is not a document that learners can be given; the link was removed, the text stays."),
    "internal_link": _("Links to other places of the old platform were removed; their text stays."),
    "unsafe_link": _("A link that runs a script was removed; its text stays."),
    "annotations_as_notes": _("Its %(count)s annotations stand as notes below the text."),
    # Questions
    "problem_empty": _("There is no question in it."),
    "problem_without_question": _("There is no question in it, so it became text."),
    "problem_split": _("It asked several things; it became %(count)s questions."),
    "part_lost": _("A part of it could not be imported."),
    "question_without_text": _("It has answers but no text that asks."),
    "question_refused": _("The question bank did not take it: %(detail)s"),
    "script_values": _("Its values come from a script that would have to be run: %(names)s."),
    "random_fixed": _("Its random numbers were drawn once and are now the same for all: %(values)s."),
    "marked_by_script": _("Answers are marked by the author's own script, which is not run here."),
    "drawn_answer": _("The answer is drawn in a circuit editor, which there is not here."),
    "clicked_answer": _("The answer is a click on a picture, which there is not yet here."),
    "symbolic_math": _("The answer is compared as symbolic mathematics, which there is not here."),
    "symbolic_as_number": _("The symbolic answer is compared as a number."),
    "response_unknown": _("There is no question of the kind “%(kind)s” here."),
    "too_few_choices": _("It has fewer than two choices."),
    "choice_empty": _("One of its choices is empty."),
    "no_right_answer": _("No answer is marked as right."),
    "several_right_answers": _("Several choices are marked as right where one can be chosen."),
    "answer_unreadable": _("Its answer cannot be read: %(answer)s"),
    "partial_credit_dropped": _("Partial credit for this kind of question was dropped; an answer is right or wrong."),
    "partial_credit_changed": _("Partial credit is counted our way: right choices less wrong ones."),
    "answer_hints_dropped": _("Hints that depend on the answer given were dropped."),
    "answer_feedback_dropped": _("Feedback on single answers was dropped; the explanation stays."),
    "unselected_feedback_dropped": _("Feedback on choices that were not picked was dropped."),
    "combined_feedback_dropped": _("Feedback on combinations of choices was dropped."),
    "targeted_feedback_dropped": _("Feedback shown below the question for single choices was dropped."),
    "option_feedback_dropped": _("Feedback on single options was dropped."),
    "other_answers_dropped": _("Further right answers were dropped; a number has one."),
    "annotation_as_choice": _("The annotation question became a multiple-choice question."),
    "dragging_as_lists": _("Dragging became choosing from lists: %(count)s questions."),
    "dragging_part_lost": _("%(count)s things to drag belong to no place or to several and were left out."),
    "dragging": _("Its places have no names, so dragging cannot become choosing from a list."),
    # Video
    "video_on_youtube": _(
        "The video itself lives on YouTube (%(address)s); a link stands in its place, with the transcripts that the"
        " archive holds. Upload the file to show it here."
    ),
    "video_elsewhere": _(
        "The video file lies on another server (%(address)s); a link stands in its place. Upload the file to show it"
        " here."
    ),
    "video_without_source": _("Neither a file nor an address of the video is in the archive."),
    "video_unusable": _("Browsers do not play the video file %(file)s."),
    "video_whole": _("It is shown whole; the original began or ended elsewhere."),
    "video_handout_dropped": _("Its handout was left out."),
    # No counterpart
    "done_by_lesson": _("Every lesson here ends with “mark as done”, which takes its place."),
    "no_discussion": _("There are no discussions here yet."),
    "no_poll": _("There are no polls and surveys here yet."),
    "no_lti": _("External tools (LTI) cannot be used here."),
    "no_assignment": _("There are no assignments to hand in here yet."),
    "no_staff_points": _("Points given by staff have no counterpart here yet."),
    "no_package": _("SCORM and H5P packages cannot be shown here yet."),
    "no_simulation": _("The simulation works by script only."),
    "kind_unknown": _("There is nothing like a “%(kind)s” here."),
    "about_unused": _("There is no place for it on the course page."),
    "extra_tab": _("Extra pages of the course have no counterpart here."),
    "extra_update": _("News and handouts have no counterpart here."),
    "extra_wiki": _("There is no wiki here."),
    "extra_textbook": _("Textbooks have no counterpart here; add the file as a document."),
    "extra_draft": _("Unpublished drafts are not imported."),
    "extra_python_library": _("Python libraries of the author are not run here."),
    "grading_simplified": _(
        "Weights of graded kinds have no counterpart: each test is passed by itself, at %(grade)s%%, the lowest grade"
        " of the course."
    ),
    "grading_kept_out": _("Nothing in the course is graded, so its grading policy has no effect."),
}


def sentence(code: str, values: Mapping[str, Any]) -> str:
    """What a code means, in the language that is active."""
    if code.startswith("source_"):
        code = code.removeprefix("source_")
        text = PROBLEMS.get(code)
    else:
        text = CHANGES.get(code) or PROBLEMS.get(code) or REFUSALS.get(code)
    if text is None:
        raise KeyError(code)
    return str(text) % _Forgiving(values)


class _Forgiving(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
