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

DEFINITIONS: tuple[tuple[Sentence, Sentence], ...] = (
    (
        ("记录率", "recording rate"),
        (
            "分子：结论为全程覆盖（含有接缝）的应全程记录行为；分母：结论为全程覆盖、有缺口或没有录像的应全程记录行为。暂定和未评定的另计",
            "FULL or SEAMED, of the MANDATORY actions that are FULL, SEAMED, GAP or NONE; provisional and unknown are counted apart",
        ),
    ),
    (
        ("及时上传率（设备）", "timely upload, recorders"),
        (
            "分子：在应还时间后规定小时内归还或采集的领用；分母：应还时间在期内、且已归还采集或已逾期的领用。未到期的另计",
            "brought back or docked within the hours after the due time, of the outings due in these days that came back or are late; what is not due yet is counted apart",
        ),
    ),
    (
        ("及时上传率（录像）", "timely upload, recordings"),
        (
            "分子：在其设备应还时间后规定小时内入库的录像；分母：期内入库、有领用记录可据的录像。没有领用记录的另计",
            "sealed within the hours after their recorder was due, of the recordings sealed in these days whose outing is on record; those without are counted apart",
        ),
    ),
    (
        ("百分比", "percentages"),
        ("舍去尾数，从不进位", "cut off, never rounded up"),
    ),
)
"""What the rates of a report of coverage count of what; `evidence.rates` counts them."""
