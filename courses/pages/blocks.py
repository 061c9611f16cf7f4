"""The blocks a lesson is made of. Learners see them through the templates in ``theme/templates/lessons/blocks``."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock as WagtailTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.rich_text import RichText

from assessments.bank.blocks import QuestionChooserBlock
from assessments.quizzes.blocks import QuizChooserBlock
from courses.h5p.blocks import H5PBlock
from courses.media.queries import lighter_sizes, playback, reading
from courses.pages.choosers import AudioChooserBlock, VideoChooserBlock
from courses.scorm.blocks import PackageBlock
from lms.common.html import clean_html, is_blank, mathml, with_math

PROSE = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link", "superscript", "subscript", "blockquote"]
PLAIN = ["bold", "italic", "ol", "ul", "link", "document-link"]


def safe(source: str) -> SafeString:
    """HTML for learners: only harmless tags, nothing loaded from elsewhere, formulas as MathML."""
    return mark_safe(with_math(clean_html(source)))  # noqa: S308 - this is where it is made safe


def with_playback(context: dict[str, Any], media: Any) -> dict[str, Any]:
    """What a template needs to have a video or a recording played."""
    return {**context, "playback": playback(media) if media else None}


class ProseBlock(blocks.RichTextBlock):  # type: ignore[misc]
    """Rich text, cleaned once more on its way out: an import or an old revision may hold anything."""

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        return {**(parent_context or {}), "html": safe(str(value))}

    class Meta:
        template = "lessons/blocks/text.html"


class HtmlBlock(blocks.RawHTMLBlock):  # type: ignore[misc]
    """HTML as another system wrote it, cleaned when saved and when shown."""

    def clean(self, value: Any) -> SafeString:
        return mark_safe(clean_html(str(super().clean(value))))  # noqa: S308 - this is where it is made safe

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        return {**(parent_context or {}), "html": safe(str(value))}

    class Meta:
        icon = "code"
        label = _("HTML")
        template = "lessons/blocks/text.html"


class ImageBlock(blocks.StructBlock):  # type: ignore[misc]
    """A picture with what it says to those who do not see it."""

    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        required=False,
        max_length=250,
        label=_("What the picture shows"),
        help_text=_("One sentence for learners who cannot see the picture. Leave it empty only for mere decoration."),
    )
    is_decorative = blocks.BooleanBlock(required=False, label=_("Mere decoration"))
    caption = blocks.CharBlock(required=False, max_length=250, label=_("Caption"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not cleaned["alt"] and not cleaned["is_decorative"]:
            raise blocks.StructBlockValidationError(
                {"alt": ValidationError(_("Write what the picture shows, or mark it as mere decoration."))}
            )
        return cleaned

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        if value["image"]:
            sizes = value["image"].get_renditions("width-480|format-webp", "width-960|format-webp")
            context["small"], context["large"] = sizes["width-480|format-webp"], sizes["width-960|format-webp"]
            context["lighter"] = lighter_sizes(value["image"])
        return context

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "lessons/blocks/image.html"


class VideoBlock(blocks.StructBlock):  # type: ignore[misc]
    """A video with its captions and transcript."""

    media = VideoChooserBlock(label=_("Video"))
    caption = blocks.CharBlock(required=False, max_length=250, label=_("Caption"))

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        return with_playback(super().get_context(value, parent_context), value["media"])

    class Meta:
        icon = "media"
        label = _("Video")
        template = "lessons/blocks/video.html"


class AudioBlock(blocks.StructBlock):  # type: ignore[misc]
    """A recording with its transcript."""

    media = AudioChooserBlock(label=_("Audio"))
    caption = blocks.CharBlock(required=False, max_length=250, label=_("Caption"))

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        return with_playback(super().get_context(value, parent_context), value["media"])

    class Meta:
        icon = "media"
        label = _("Audio")
        template = "lessons/blocks/audio.html"


class DocumentBlock(blocks.StructBlock):  # type: ignore[misc]
    """A file to take along."""

    document = DocumentChooserBlock(label=_("Document"))
    title = blocks.CharBlock(
        required=False, max_length=200, label=_("Title"), help_text=_("Empty: the document's own title.")
    )

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        return {**context, "reading": reading(value["document"]) if value["document"] else None}

    class Meta:
        icon = "doc-full"
        label = _("Document")
        template = "lessons/blocks/document.html"


class FormsBlock(blocks.StructBlock):  # type: ignore[misc]
    """A topic in several forms, of which each learner takes the one that suits her."""

    title = blocks.CharBlock(max_length=160, label=_("Topic"))
    video = VideoChooserBlock(required=False, label=_("As a video"))
    slides = DocumentChooserBlock(
        required=False,
        label=_("As slides"),
        help_text=_("A PDF: in PowerPoint or Impress choose “Export”, then “PDF”. Its pages are shown in the lesson."),
    )
    reading = ProseBlock(required=False, features=PROSE, label=_("As a reading"))
    audio = AudioChooserBlock(required=False, label=_("As a recording"))
    least_minutes = blocks.IntegerBlock(
        required=False,
        min_value=1,
        max_value=600,
        label=_("Minutes with the reading or the slides"),
        help_text=_(
            "For lessons that ask for a share of their videos: whoever reads instead stays with it at least so long. "
            "Empty: it is estimated from the words and pages."
        ),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        slides = cleaned["slides"]
        if slides and slides.file_extension.lower() != "pdf":
            raise blocks.StructBlockValidationError(
                {
                    "slides": ValidationError(
                        _("Slides are shown from a PDF. Export them as PDF in the program that made them.")
                    )
                }
            )
        given = [cleaned["video"], slides, cleaned["audio"], not is_blank(cleaned["reading"].source)]
        if sum(map(bool, given)) < 2:
            raise blocks.StructBlockValidationError(
                non_block_errors=[ValidationError(_("Give the topic in at least two forms to choose from."))]
            )
        return cleaned

    class Meta:
        icon = "mobile-alt"
        label = _("Topic in several forms")


class CalloutBlock(blocks.StructBlock):  # type: ignore[misc]
    """Something not to be missed."""

    tone = blocks.ChoiceBlock(
        choices=[
            ("info", _("Note")),
            ("success", _("Tip")),
            ("warning", _("Attention")),
            ("danger", _("Important")),
        ],
        default="info",
        label=_("Kind"),
    )
    title = blocks.CharBlock(required=False, max_length=120, label=_("Title"))
    text = ProseBlock(features=PLAIN, label=_("Text"))

    class Meta:
        icon = "info-circle"
        label = _("Callout")
        template = "lessons/blocks/callout.html"


class FoldBlock(blocks.StructBlock):  # type: ignore[misc]
    """One fold of an accordion."""

    title = blocks.CharBlock(max_length=160, label=_("Title"))
    text = ProseBlock(features=PROSE, label=_("Text"))


class AccordionBlock(blocks.StructBlock):  # type: ignore[misc]
    """Texts that open when asked for."""

    folds = blocks.ListBlock(FoldBlock(label=_("Fold")), min_num=1, label=_("Folds"))

    class Meta:
        icon = "list-ul"
        label = _("Accordion")
        template = "lessons/blocks/accordion.html"


class TableBlock(WagtailTableBlock):  # type: ignore[misc]
    """A table of plain text; cells can be pasted from a spreadsheet."""

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        rows = [[str(cell or "").strip() for cell in row] for row in (value or {}).get("data", [])]
        has_header = bool(rows) and bool((value or {}).get("first_row_is_table_header"))
        return {
            "header": rows[0] if has_header else [],
            "rows": rows[1:] if has_header else rows,
            "first_column_is_header": bool((value or {}).get("first_col_is_header")),
            "caption": (value or {}).get("table_caption") or "",
            **(parent_context or {}),
        }

    def render(self, value: Any, context: Any = None) -> Any:
        return blocks.Block.render(self, value, context)

    class Meta:
        icon = "table"
        label = _("Table")
        template = "lessons/blocks/table.html"


class CodeBlock(blocks.StructBlock):  # type: ignore[misc]
    """Source text with its words colored."""

    language = blocks.ChoiceBlock(
        choices=[
            ("text", _("Plain text")),
            ("bash", "Shell"),
            ("css", "CSS"),
            ("html", "HTML"),
            ("javascript", "JavaScript"),
            ("json", "JSON"),
            ("python", "Python"),
            ("sql", "SQL"),
            ("xml", "XML"),
            ("yaml", "YAML"),
        ],
        default="text",
        label=_("Language"),
    )
    code = blocks.TextBlock(label=_("Code"))
    caption = blocks.CharBlock(required=False, max_length=250, label=_("Caption"))

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        lexer = get_lexer_by_name(value["language"] or "text")
        formatter = HtmlFormatter(nowrap=True, classprefix="code-")
        context["colored"] = mark_safe(highlight(value["code"], lexer, formatter))  # noqa: S308 - Pygments escapes
        return context

    class Meta:
        icon = "code"
        label = _("Code")
        template = "lessons/blocks/code.html"


class FormulaBlock(blocks.StructBlock):  # type: ignore[misc]
    """A formula, written in LaTeX, shown as MathML."""

    latex = blocks.TextBlock(label="LaTeX", help_text=_(r"For example: \frac{a}{b} \times 100\%"))
    caption = blocks.CharBlock(required=False, max_length=250, label=_("Caption"))

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        context["math"] = mark_safe(mathml(value["latex"], display=True))  # noqa: S308 - cleaned by mathml
        return context

    class Meta:
        icon = "superscript"
        label = _("Formula")
        template = "lessons/blocks/formula.html"


class QuestionBlock(blocks.StructBlock):  # type: ignore[misc]
    """A question to practice with, as often as one likes."""

    question = QuestionChooserBlock(label=_("Question"))
    is_required = blocks.BooleanBlock(
        required=False,
        label=_("Must be answered right"),
        help_text=_("The lesson can only be finished after a right answer."),
    )

    class Meta:
        icon = "help"
        label = _("Practice question")


class QuizBlock(blocks.StructBlock):  # type: ignore[misc]
    """A test with a passing grade."""

    quiz = QuizChooserBlock(label=_("Quiz"))
    is_required = blocks.BooleanBlock(
        required=False,
        default=True,
        label=_("Must be passed"),
        help_text=_("The lesson can only be finished after passing."),
    )

    class Meta:
        icon = "success"
        label = _("Quiz")


class LessonBlocks(blocks.StreamBlock):  # type: ignore[misc]
    """THE list of lesson blocks. Their names are stored in every lesson and never change."""

    text = ProseBlock(features=PROSE, icon="pilcrow", label=_("Text"), group=_("Read"))
    callout = CalloutBlock(group=_("Read"))
    accordion = AccordionBlock(group=_("Read"))
    # The table editor knows no Indonesian, and says so in the console when it is asked to speak it.
    table = TableBlock(table_options={"language": "en-US"}, group=_("Read"))
    image = ImageBlock(group=_("Look and listen"))
    video = VideoBlock(group=_("Look and listen"))
    audio = AudioBlock(group=_("Look and listen"))
    document = DocumentBlock(group=_("Look and listen"))
    forms = FormsBlock(group=_("Look and listen"))
    question = QuestionBlock(group=_("Practice and test"))
    quiz = QuizBlock(group=_("Practice and test"))
    h5p = H5PBlock(group=_("Practice and test"))
    scorm = PackageBlock(group=_("Practice and test"))
    formula = FormulaBlock(group=_("Special"))
    code = CodeBlock(group=_("Special"))
    html = HtmlBlock(group=_("Special"))

    @cached_property
    def required(self) -> bool:
        return False

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        for child in cleaned:
            if child.block_type == "text" and isinstance(child.value, RichText) and is_blank(child.value.source):
                raise blocks.StreamBlockValidationError(
                    non_block_errors=[ValidationError(_("A text block is empty. Write something or remove it."))]
                )
        return cleaned
