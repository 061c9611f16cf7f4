"""A course is handed to its player with its rules, its addresses put together as the standards say."""

import pytest

from courses.scorm.core import cmi5_tree, read_cmi5, read_scorm, scorm_tree, walk
from courses.scorm.core.tree import title_in, with_parameters
from tests.factories.scorm import cmi5, scorm, unit

EDITION = "2004 4th Edition"


@pytest.mark.parametrize(
    ("launch", "parameters", "whole"),
    [
        ("a.html", "", "a.html"),
        ("a.html", "?b=1", "a.html?b=1"),
        ("a.html", "b=1", "a.html?b=1"),
        ("a.html?c=2", "&b=1", "a.html?c=2&b=1"),
        ("a.html", "#end", "a.html#end"),
        ("a.html#top", "#end", "a.html#top"),
        ("a.html#top", "b=1", "a.html?b=1#top"),
        ("a.html#top", "b=1#end", "a.html?b=1#end"),
    ],
)
def test_parameters_join_the_address(launch, parameters, whole):
    assert with_parameters(launch, parameters) == whole


def test_a_course_of_scorm_12_keeps_what_its_entries_are_told(tmp_path):
    items = (
        '<item identifier="i1" identifierref="r1" parameters="?part=1"><title>One</title>'
        "<adlcp:masteryscore>80</adlcp:masteryscore><adlcp:datafromlms>hello</adlcp:datafromlms>"
        '<adlcp:prerequisites type="aicc_script">i0</adlcp:prerequisites></item>'
    )

    course, [entry] = scorm_tree(read_scorm(scorm(tmp_path, items=items)))

    [node] = course["children"]
    assert (course["title"], node["launch"], node["sco"]) == ("Course", "index.html?part=1", True)
    assert (node["mastery_score"], node["launch_data"], node["prerequisites"]) == (80, "hello", "i0")
    assert (entry.identifier, entry.mastery_score) == ("i1", 0.8)


def test_the_rules_of_scorm_2004_are_in_the_words_of_the_player(tmp_path):
    sequencing = (
        '<imsss:sequencing><imsss:controlMode choice="false" flow="true"/><imsss:sequencingRules>'
        "<imsss:preConditionRule>"
        '<imsss:ruleConditions conditionCombination="any"><imsss:ruleCondition condition="objectiveMeasureGreaterThan"'
        ' measureThreshold="0.5" operator="not" referencedObjective="other"/></imsss:ruleConditions>'
        '<imsss:ruleAction action="skip"/></imsss:preConditionRule></imsss:sequencingRules><imsss:objectives>'
        '<imsss:primaryObjective objectiveID="main" satisfiedByMeasure="true"><imsss:minNormalizedMeasure>0.7'
        '</imsss:minNormalizedMeasure><imsss:mapInfo targetObjectiveID="global" writeSatisfiedStatus="true"/>'
        "</imsss:primaryObjective></imsss:objectives></imsss:sequencing>"
    )
    items = f'<item identifier="i1" identifierref="r1"><title>One</title>{sequencing}</item>'

    course, [entry] = scorm_tree(read_scorm(scorm(tmp_path, items=items, edition=EDITION)))

    rules = course["children"][0]["sequencing"]
    assert (rules["sequencingControls"]["choice"], rules["sequencingControls"]["flow"]) == (False, True)
    [rule] = rules["sequencingRules"]["preConditionRules"]
    assert (rule["action"], rule["conditionCombination"]) == ("skip", "any")
    assert rule["conditions"] == [
        {
            "condition": "objectiveMeasureGreaterThan",
            "operator": "not",
            "parameters": {"threshold": 0.5},
            "referencedObjective": "other",
        }
    ]
    assert rules["primaryObjective"]["minNormalizedMeasure"] == 0.7
    assert rules["primaryObjective"]["mapInfo"] == [{"targetObjectiveID": "global", "writeSatisfiedStatus": True}]
    assert (entry.mastery_score, entry.objectives) == (0.7, ("main",))


def test_a_cmi5_course_keeps_blocks_and_units(tmp_path):
    attributes = 'moveOn="Passed" masteryScore="0.8" launchMethod="OwnWindow"'
    parts = unit(1, url="INDEX.html?a=1", attributes=attributes) + unit(2, url="https://elsewhere.example/x")

    course, [first, second] = cmi5_tree(read_cmi5(cmi5(tmp_path, parts=parts)))

    assert [node["id"] for node in walk(course)][1:] == [first.identifier, second.identifier]
    assert (first.launch, first.move_on, first.mastery_score) == ("index.html?a=1", "Passed", 0.8)
    assert course["children"][0]["launch_method"] == "OwnWindow"
    assert second.launch == "https://elsewhere.example/x"


def test_a_title_is_told_in_the_reader_s_language():
    titles = {"fr": "Leçon", "en-US": "Lesson", "id-ID": "Pelajaran"}

    assert [title_in(titles, language) for language in ("id", "en", "de")] == ["Pelajaran", "Lesson", "Lesson"]
    assert title_in({"fr": "Leçon"}, "id") == "Leçon"
    assert title_in({}, "id") == ""
