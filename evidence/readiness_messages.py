"""What is said of an action before it goes out, and what to do about it, in both languages."""

from collections.abc import Mapping

Sentence = tuple[str, str]

SAID: Mapping[str, Sentence] = {
    "MAY_ENFORCE": ("{name} 可执法，证件至 {until}", "{name} may enforce, until {until}"),
    "BARRED": ("{name}：{why_zh}", "{name}: {why_en}"),
    "NOT_COUNTED": ("{name} 不计入执法人员", "{name} does not count as an officer"),
    "DEVICE_GOOD": ("{recorder} 在手，自检合格", "{recorder} is in hand and passed its self-test"),
    "DEVICE_BAD": ("{recorder}：{why_zh}", "{recorder}: {why_en}"),
    "BATTERY_UNKNOWN": (
        "{recorder} 电量未知，请当面查看",
        "the battery of {recorder} is unknown: look at it",
    ),
    "CLOCK_UNKNOWN": ("{recorder} 时钟未核对", "nobody compared the clock of {recorder}"),
    "CLOCK_OFF": (
        "{recorder} 时钟偏差 {seconds} 秒",
        "the clock of {recorder} is off by {seconds} s",
    ),
    "DEVICE_NONE": ("没有可领用的记录仪", "no recorder can be taken out"),
    "DEVICE_READY": ("尚未领用；可领用：{recorders}", "none is in hand; ready: {recorders}"),
    "SPACE_UNKNOWN": ("存储空间未知", "the room in the vault is unknown"),
    "SPACE": ("存储空间剩余 {free} GiB", "{free} GiB are free in the vault"),
    "DOCK_NONE": ("没有登记采集站", "no docking station is registered"),
    "DOCK_GOOD": ("采集站时钟正常：{stations}", "stations with a right clock: {stations}"),
    "DOCK_UNKNOWN": (
        "采集站时钟未核对或偏差过大",
        "no station has a clock that is known to be right",
    ),
}

TODO: Mapping[str, Sentence] = {
    "BARRED": ("换发证件，或换人", "renew the certificate, or name somebody else"),
    "DEVICE_BAD": ("自检合格后再用，或换一台", "let it pass its self-test, or take another one"),
    "DEVICE_NONE": ("修复、自检或借用记录仪", "repair, test or borrow a recorder"),
    "CLOCK_OFF": ("校准时钟后再领用", "set its clock before it goes out"),
    "SPACE": ("扩充存储空间", "make room in the vault"),
}
"""What to do about what is red."""
