"""A quiz as a lesson block."""

from assessments.quizzes.choosers import quiz_chooser

QuizChooserBlock = quiz_chooser.get_block_class(name="QuizChooserBlock", module_path="assessments.quizzes.blocks")
