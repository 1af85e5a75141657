"""Why something of the register was refused: reviewers, trainings, certificates, rooms, stations."""

from collections.abc import Mapping

WHY: Mapping[str, tuple[str, str]] = {
    "TRAINING_HOURS": (
        "学时须大于 0 且不超过一个月，可精确到 0.1",
        "hours must be more than 0 and less than a month, in tenths at most",
    ),
    "TRAINING_COURSE": (
        "课程名称“{name}”不可用（不能为空、过长或含控制字符）",
        "{name} cannot name a course (empty, too long or with control characters)",
    ),
    "EXAM_AFTER_ISSUE": (
        "考试合格日期晚于证件有效期起始日，请核对",
        "the examination is later than the certificate's first day; check both",
    ),
    "COLLECT_FIRST": (
        "证件尚未登记收回，请先登记收回再登记销毁",
        "the certificate is not on record as collected; note that before it is destroyed",
    ),
    "STILL_HOLDS": (
        "持证人尚未归还设备 {recorder}，请先归还再登记销毁",
        "its bearer still has {recorder}; take it back before the certificate is destroyed",
    ),
    "CERTIFICATE_OVERLAPS": (
        "此人同类证件（{kind}）在该期间已有一本有效；换发请先登记原证注销",
        "another certificate of this kind is valid then; note its revocation first",
    ),
    "ROOM_NAME": (
        "“{name}”不能作为场所名称或标识（不能为空、过长或含控制字符）",
        "{name} cannot name a room or a sign (empty, too long or with control characters)",
    ),
    "PLACE_THERE": ("场所“{name}”已登记", "the room {name} is registered already"),
    "NO_PLACE": ("没有在用的场所“{place}”", "there is no room {place} in use"),
    "NOT_FITTED": ("{recorder} 当时没有安装在场所", "{recorder} was fitted in no room then"),
    "FITTED_LATER": (
        "{recorder} 在该时间或之后已有安装登记，请核对时间",
        "{recorder} was fitted or taken out then or later; check the moment",
    ),
    "STATION_CODE": (
        "采集站编号“{station}”不可用（不能为空、过长或含特殊字符）",
        "{station} cannot be a station's code (empty, too long or odd characters)",
    ),
    "STATION_THERE": ("采集站 {station} 已登记", "station {station} is registered already"),
    "STATION_SLOTS": ("采集口数须为 1 至 999", "a station has 1 to 999 slots"),
    "NO_STATION": ("没有登记采集站 {station}", "no station {station} is registered"),
}
"""The sentences by reason; `evidence.reason_messages` has them with all others."""
