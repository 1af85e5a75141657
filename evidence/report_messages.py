"""What stands against a report, in both languages."""

from collections.abc import Mapping

Sentence = tuple[str, str]

ERRORS: Mapping[str, Sentence] = {
    "FONT_MISSING": (
        "没有 PDF 报告所用的字体；未生成报告；请运行 script/web 取得字体，或改为生成 .xlsx",
        "The typeface of PDF reports is missing; no report was made; run script/web, or ask for .xlsx",
    ),
}
"""Sentences of error codes."""

WHY: Mapping[str, Sentence] = {
    "REPORT_SUFFIX": ("{path} 的扩展名须为 .xlsx 或 .pdf", "{path} must end in .xlsx or .pdf"),
    "REPORT_TO_COME": ("{day} 尚未到来，不能出报告", "{day} is still to come"),
}
"""Reasons of a refusal, by the fact `why`."""
