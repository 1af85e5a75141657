"""What is wrong with a table of the working-day calendar, and why a term was refused."""

from collections.abc import Mapping

from evidence.reason_messages import Sentence

PROBLEMS: Mapping[str, Sentence] = {
    "CALENDAR_ROW": (
        "第 {line} 行“{text}”不是“日期,休”或“日期,班”",
        "Line {line}, {text}, is not a date with 休 (off) or 班 (worked)",
    ),
    "CALENDAR_DATE": ("第 {line} 行“{text}”不是日期", "Line {line}: {text} is no date"),
    "CALENDAR_KIND": (
        "第 {line} 行（{day}）的“{text}”既不是休也不是班",
        "Line {line} ({day}): {text} is neither 休 (off) nor 班 (worked)",
    ),
    "CALENDAR_OTHER_YEAR": (
        "第 {line} 行的 {day} 不属于 {year} 年；通知涉及上一年十二月的，请将上一年的整表另行导入更正",
        (
            "Line {line}: {day} is not of {year}; where a notice changes the December before, import "
            "the whole table of that year again"
        ),
    ),
    "CALENDAR_TWICE": (
        "第 {line} 行的 {day} 在第 {first} 行已经出现",
        "Line {line}: {day} stands on line {first} already",
    ),
    "CALENDAR_WORKED_WEEKDAY": (
        "第 {line} 行的 {day} 是周一至周五，本来就上班，不应标为班；请核对日期",
        "Line {line}: {day} is a Monday to Friday and worked anyway; check the date",
    ),
    "CALENDAR_LONE_WEEKEND": (
        "第 {line} 行的 {day} 是周末，前后没有假日，本来就休息；请核对日期，无误则删去此行",
        (
            "Line {line}: {day} is a weekend day that no holiday touches, off anyway; check the date, "
            "and leave the line out if it is right"
        ),
    ),
    "CALENDAR_INCOMPLETE": (
        "按此表 {year} 年 {day} 上班，但该日每年放假：表不完整",
        "By this table {day} of {year} is worked, though it is off each year: it is not complete",
    ),
    "CALENDAR_NO_ROWS": ("表中没有任何日期", "The table has no dates"),
    "CALENDAR_NO_SOURCE": (
        "没有写明依据的文件；请用 --source 或在表中以“# source:”写明",
        "The document is not named; give it with --source or on a line `# source:`",
    ),
    "CALENDAR_RANGE": ("{year} 年不在 1992 至 2999 之间", "{year} is not between 1992 and 2999"),
}
"""What is wrong with a table; a problem names its code."""

WHY_CALENDAR: Mapping[str, Sentence] = {
    "CALENDAR_YEAR": (
        "没有 {year} 年的工作日数据，请导入当年的放假通知",
        "the working days of {year} are not known; import that year's notice",
    ),
    "CALENDAR_FILE": (
        "工作日表有 {count} 处错误，先是：{first_zh}",
        "the table of working days has {count} problems, the first: {first_en}",
    ),
    "NOT_A_DATE": ("“{text}”不是日期，请写如 2026-01-31", "{text} is no date such as 2026-01-31"),
    "CALENDAR_SIZE": (
        "文件超过 {most} 字节，不是工作日表",
        "more than {most} bytes are no such table",
    ),
    "CALENDAR_TEXT": ("文件既不是 UTF-8 也不是 GBK 文本", "the file is neither UTF-8 nor GBK text"),
    "CALENDAR_SAME": (
        "{year} 年已按同一文件导入同样的内容",
        "{year} was imported already with the same days and the same document",
    ),
    "TERM_LENGTH": (
        "期限 {count} 不在 0 至 {most} 之间",
        "a term of {count} is not between 0 and {most}",
    ),
    "TERM_EVENT": (
        "不能从 {day} 起算期限（1992 至 2999 年）",
        "no term is counted from {day} (1992 to 2999)",
    ),
    "YEAR_DAY": (
        "{month} 月 {day} 日不是每年都有的日期",
        "month {month}, day {day} is not a date of every year",
    ),
}
"""Why something was refused; joined to `evidence.reason_messages.WHY` by `evidence.messages`."""
