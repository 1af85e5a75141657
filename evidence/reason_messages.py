"""Why something was refused, in both languages; an error names its reason as the fact `why`."""

from collections.abc import Mapping

from evidence import (
    case_messages,
    matter_messages,
    policy_messages,
    register_messages,
    report_messages,
)

Sentence = tuple[str, str]

WHY: Mapping[str, Sentence] = {
    **policy_messages.PROBLEMS,
    **report_messages.WHY,
    **matter_messages.WHY,
    **case_messages.WHY_CASES,
    **register_messages.WHY,
    "DOCK_NAME": (
        "采集口名称“{dock}”不可用，请勿含斜杠或控制字符",
        "{dock} cannot name a dock: no slashes or control characters",
    ),
    "NOT_A_FOLDER": ("{path} 不是文件夹", "{path} is not a folder"),
    "NO_DOCK": (
        "没有指明采集口，请用 --dock、--drop、--card 或配置 [[docks]]",
        "no dock is named; use --dock, --drop, --card or [[docks]]",
    ),
    "DOCKS_DOUBLED": ("两个采集口同名", "two docks have the same name"),
    "INSIDE_SITE": (
        "{path} 与站点目录互相包含，不能作为采集口",
        "{path} and the site's folder lie in each other; it cannot be a dock",
    ),
    "SETTING": ("配置项 {place} 不正确（{message}）", "{message}"),
    "UNREADABLE": ("{path} 无法读取", "{path} cannot be read"),
    "UNWRITABLE": ("{path} 无法写入", "{path} cannot be written"),
    "EXISTS": ("{path} 已存在，不覆盖", "{path} exists and is not overwritten"),
    "NOT_TOML": ("{path} 不是有效的 TOML（{message}）", "{message}"),
    "NO_PATH": ("路径为空，请给出卡的目录", "the path is empty; name the folder of a card"),
    "NOT_A_PAGE": (
        "“{page}”不是上一页给出的 next",
        "{page} is not the `next` that a page gave",
    ),
    "NOT_A_KEY": ("“{key}”不是公钥，也不是公钥文件", "{key} is neither a public key nor its file"),
    "SAY_YES": ("清除须以 --yes 确认", "clearing must be confirmed with --yes"),
    "NOT_CONFIRMED": ("未确认清除", "clearing was not confirmed"),
    "NO_RECEIPT": ("没有收据 {receipt}", "there is no receipt {receipt}"),
    "NOT_A_DIGEST": (
        "“{recording}”不是 SHA-256 或其开头，请至少写 {digits} 位十六进制数字",
        "“{recording}” is no SHA-256 nor its beginning; give at least {digits} hex digits",
    ),
    "NO_RECORDING": ("没有摘要以 {recording} 开头的原件", "no original begins with {recording}"),
    "SEVERAL_RECORDINGS": (
        "摘要以 {recording} 开头的原件不止一份，请多写几位",
        "several originals begin with {recording}; give more of the digest",
    ),
    "DATABASE_ADDRESS": (
        "数据库地址须为 sqlite:/// 或 postgresql:// 形式",
        "the database address must begin with sqlite:/// or postgresql://",
    ),
    "RECORDER_NUMBER": (
        "记录仪编号“{number}”不可用（不能为空、全零或含特殊字符）",
        "{number} cannot be a recorder's number (empty, all zeros or odd characters)",
    ),
    "MAKE": ("没有型号类别“{make}”，可选：{known}", "there is no make {make}; known: {known}"),
    "UNIT_NAME": ("“{name}”不能作为单位名称", "{name} cannot name a unit"),
    "UNIT_THERE": ("单位“{name}”已存在", "there is a unit {name} already"),
    "SET_UP_ALREADY": (
        "已有账号，新增账号请用 user add 或网页",
        "there is an account already; use user add or the page",
    ),
    "SET_UP_PARTS": (
        "--bureau、--name、--login 须一并给出",
        "--bureau, --name and --login go together",
    ),
    "NOT_SET_UP": (
        "尚未建立单位与首个管理员，请先运行 user setup 或 serve --port，用一次性代码在网页上建立",
        "there is no bureau yet: run user setup or serve --port and use the code on the page",
    ),
    "NO_RECORDER": ("没有登记记录仪 {recorder}", "no recorder {recorder} is registered"),
    "NO_UNIT": ("没有单位“{unit}”", "there is no unit {unit}"),
    "PERSON_NAME": (
        "姓名“{name}”不可用（不能为空、过长或含控制字符）",
        "{name} cannot be a person's name (empty, too long or with control characters)",
    ),
    "ENTRUSTMENT": (
        "受委托组织须写明委托机关、委托事项和备案号",
        "an entrusted body needs its principal, its powers and the filing number",
    ),
    "CAPACITY_BASIS": (
        "主体资格依据不可用（不能为空、过长或含控制字符）",
        "what the capacity rests on cannot be used (empty, too long or with control characters)",
    ),
    "FILING_NUMBER": (
        "备案号不可用（不能为空、过长或含控制字符）",
        "the filing number cannot be used (empty, too long or with control characters)",
    ),
    "POWER_CODE": ("权责事项编码不可用", "a code of a power cannot be used"),
    "OWN_PRINCIPAL": ("单位不能委托自己", "a body cannot be its own principal"),
    "LENT": (
        "{recorder} 在该时间或之后已有借出登记，请先登记归还或核对时间",
        "{recorder} is lent then or later; take it back first, or check the moment",
    ),
    "RETIRED_OUT": (
        "{recorder} 尚未归还，可能有未采集的文件；请先归还并采集，再登记报废",
        "{recorder} is still out and may bear files; take it back and dock it before it is retired",
    ),
    "NOT_LENT": ("{recorder} 当时没有借出", "{recorder} was not lent then"),
    "SERIAL": ("序列号“{serial}”不可用", "{serial} is no serial number"),
    "FUTURE": (
        "时间 {at} 尚未到来，只能登记已发生的事实",
        "{at} is still to come; only what has happened is entered",
    ),
    "WAIVER_DAYS": ("豁免的截止日早于起始日", "the waiver ends before it begins"),
    "WAIVER_REASON": ("豁免须写明理由", "a waiver needs a reason"),
    "ROSTER_EMPTY": ("文件没有数据行", "the file has no rows"),
    "ROSTER_COLUMNS": ("文件缺少列：{columns}", "the file lacks the columns {columns}"),
    "ROSTER_FAULTS": (
        "{count} 行有错误，未导入任何内容；请改正，或选择跳过这些行",
        "{count} rows have faults and nothing was taken in; mend them, or choose to skip them",
    ),
    "ROSTER_NOTHING": ("没有一行可以导入", "no row can be taken in"),
    "ROSTER_LINE": ("第 {line} 行：{reason_zh}", "line {line}: {reason_en}"),
    "ROSTER_HEADINGS": ("列 {columns} 出现不止一次", "the columns {columns} stand more than once"),
    "NO_ROSTER": ("没有导入记录 {roster}", "no roster {roster} was read in"),
    "ROSTER_UNDONE": ("导入记录 {roster} 已撤销", "roster {roster} was undone already"),
    "CELL_EMPTY": ("未填写", "is empty"),
    "CELL_TEXT": (
        "“{value}”不可用（最长 64 字，不含控制字符）",
        "{value} cannot be used: at most 64 characters, none of them a control character",
    ),
    "CELL_DAY": (
        "“{value}”不是日期，请写成 2024-06-30",
        "{value} is no date; write it like 2024-06-30",
    ),
    "CELL_YES_NO": ("“{value}”应为“是”或“否”", "{value} is neither yes nor no"),
    "CELL_KIND": (
        "“{value}”应为“执法人员”“执法辅助人员”或“外部人员”",
        "{value} names no kind of person: officer, auxiliary or external person",
    ),
    "CELL_UNIT": ("没有单位“{value}”，请先新增", "there is no unit {value}; add it first"),
    "CELL_NUMBER_TAKEN": ("工号“{value}”已有人使用", "number {value} is somebody's already"),
    "CELL_NUMBER_TWICE": ("工号“{value}”在文件中重复", "number {value} stands twice in the file"),
    "CELL_DEVICE_KIND": (
        "“{value}”应为“执法记录仪”“摄像机”“照相机”“录音笔”“录音机”或“视频监控”",
        "{value} names no kind of device that is known",
    ),
    "CELL_RECORDER": (
        "“{value}”不能作为设备编号（全零或含特殊字符）",
        "{value} cannot be a recorder's number (all zeros or odd characters)",
    ),
    "CELL_RECORDER_TAKEN": ("设备“{value}”已属于某单位", "device {value} is of a unit already"),
    "CELL_RECORDER_TWICE": (
        "编号“{value}”在文件中重复",
        "number {value} stands more than once in the file",
    ),
    "CELL_MAKE": (
        "没有型号类别“{value}”，可选：{known}",
        "there is no make {value}; known: {known}",
    ),
    "CELL_MAKE_OTHER": (
        "该设备已登记为型号类别“{make}”",
        "the device is registered under the make {make}",
    ),
    "CELL_FUTURE": ("“{value}”尚未到来", "{value} is still to come"),
    "CELL_NOT_ESTABLISHED": (
        "不在编人员不能列为执法人员",
        "who is not on the establishment is no officer",
    ),
    "CELL_DAYS_ORDER": ("截止日早于起始日", "it ends before it begins"),
    "POLICY_STATES": (
        "本版本按设备是否可用计数，不区分在库、领用、采集中，请修改 ratio.serviceable",
        "this version counts a device whoever has it; change ratio.serviceable",
    ),
    "DUE_EARLY": ("应还时间须晚于领用时间", "it must be due after it is taken out"),
    "HELD": ("{recorder} 已由他人领用", "{recorder} is with somebody else"),
    "NOT_OUT": ("{recorder} 当时没有领用登记", "{recorder} was not out then"),
    "OFFICER_NUMBER_TAKEN": (
        "工号“{number}”已有人使用，请核对名册",
        "number {number} is somebody's already; check the roster",
    ),
    "NOT_ESTABLISHED": (
        "不在编人员不能登记为执法人员，请登记为辅助人员",
        "who is not on the establishment cannot be an officer; register an auxiliary",
    ),
    "CERTIFICATE_DAYS": (
        "证件的截止日早于起始日",
        "the certificate ends before it begins",
    ),
    "CERTIFICATE_NUMBER": ("证件号“{name}”不可用", "{name} cannot be a certificate's number"),
    "CERTIFICATE_KIND": ("证件种类“{name}”不可用", "{name} cannot be a kind of certificate"),
    "CERTIFICATE_ISSUER": ("发证机关“{name}”不可用", "{name} cannot be an issuer"),
    "NO_CERTIFICATE": ("没有证件 {certificate}", "there is no certificate {certificate}"),
    "EVENT_NOTED": ("该证件的此项变动已登记", "this event of the certificate is on record already"),
    "NO_PERSON": ("没有人员“{person}”", "there is no person {person}"),
    "REMARK": (
        "说明不可用（最多 {most} 字）",
        "the remark cannot be used (at most {most} characters)",
    ),
    "OFFICER_NUMBER": ("警号/工号“{name}”不可用", "{name} cannot be an officer's number"),
    "LOGIN_NAME": (
        "用户名“{name}”不可用（不能为空、过长或含空格）",
        "{name} cannot be a log-in name (empty, too long or with spaces)",
    ),
    "LOGIN_TAKEN": ("用户名“{name}”已被使用", "the log-in name {name} is taken"),
    "STATE_ALREADY": ("账号已是该状态", "the account is so already"),
    "ROLE_HELD": ("该账号在此单位已有此角色", "the account holds this role there already"),
    "NO_ROLE": ("没有正在生效的角色 {role}", "no role {role} is held"),
    "NO_ACCOUNT": ("没有账号“{account}”", "there is no account {account}"),
    "NO_LOGIN": ("没有进行中的登录 {session}", "there is no open log-in {session}"),
    "NO_VIEW": ("没有进行中的查看 {view}", "there is no open view {view}"),
    "NO_FILE": ("预览没有文件“{file}”", "the preview has no file {file}"),
    "ACCOUNT_DISABLED": ("账号已停用", "the account is disabled"),
    "LAST_ADMINISTRATOR": (
        "这是本单位最后一名管理员，不能停用或取消其角色",
        "this is the bureau's last administrator, who cannot be disabled or lose the role",
    ),
    "PASSWORD_LENGTH": (
        "密码至少 {least} 个字符，最多 256 个",
        "a password has at least {least} characters, at most 256",
    ),
    "PASSWORD_IS_LOGIN": ("密码不能与用户名相同", "the password is the log-in name"),
    "ONE_FILTER": (
        "一次只能按一个条件筛选（时间范围除外）",
        "only one filter at a time, beside the range of times",
    ),
    "FIELD": ("字段 {field} 不正确", "{message}"),
    "FIELD_MISSING": ("缺少字段 {field}", "{message}"),
    "FIELD_NOT_KNOWN": ("没有字段 {field}", "{message}"),
    "FIELD_SHORT": ("字段 {field} 不得少于 {min_length} 个字符", "{message}"),
    "FIELD_LONG": ("字段 {field} 不得超过 {max_length} 个字符", "{message}"),
    "FIELD_LOW": ("字段 {field} 不得小于 {ge}", "{message}"),
    "FIELD_HIGH": ("字段 {field} 不得大于 {le}", "{message}"),
    "FIELD_FORM": ("字段 {field} 的格式不正确", "{message}"),
    "FIELD_NO_NUMBER": ("字段 {field} 须为整数", "{message}"),
    "FIELD_NO_TEXT": ("字段 {field} 须为文字", "{message}"),
    "FIELD_NO_CHOICE": ("字段 {field} 的取值不在允许范围内", "{message}"),
    "FIELD_NO_DAY": (
        "字段 {field} 的“{text}”不是存在的日期或时刻",
        "{field}: there is no such day or time as {text}",
    ),
    "BODY": ("请求内容不是有效的 JSON", "the body cannot be read: {message}"),
    "NOT_EXAMINED": ("文件未能检查", "the file could not be examined"),
    "TIMES_ABSURD": (
        "文件标注的时间超过 {most} 天，无法作为录像播放",
        "its times reach beyond {most} days, so it cannot be played as a recording",
    ),
    "NO_KEYFRAME": ("没有任何关键帧可以解码", "no keyframe decodes"),
    "NO_SOUND_DECODES": ("声音无法解码", "no sound decodes"),
    "PHOTO_UNREAD": ("照片无法读取（{said}）", "the photo cannot be read ({said})"),
    "NO_ANSWER": ("读取照片的程序没有给出结果", "the photo's reader gave no result"),
    "TOOL_ENDED": (
        "转码程序异常结束（{exit}：{said}）",
        "ffmpeg ended with {exit}: {said}",
    ),
    "OTHER_STREAMS": ("画面轨或声音轨与应有的不同", "it has other streams than it should"),
    "NOT_DECODING": ("不能完整解码（{said}）", "it does not decode ({said})"),
    "NOT_WHOLE": ("图片 {file} 不完整", "{file} is not a whole picture"),
    "OTHER_FILES": ("文件与应有的不同", "it consists of other files than it should"),
    "PLAYLIST": ("播放列表与文件不符", "its playlist does not fit its file"),
    "OTHER_LENGTH": (
        "时长为 {made} 毫秒，应为 {source} 毫秒",
        "it lasts {made} ms instead of {source} ms",
    ),
    "APART": ("声音与画面错开 {apart} 毫秒", "sound and picture are {apart} ms further apart"),
    "SHEET": ("{path} 不是可读的表格（{reason}）", "{path} is no table that can be read: {reason}"),
    "CATALOGUE_FAULTS": (
        "清单有误，未导入；请按提示逐行更正后重新导入",
        "the list has faults and was not imported; put the rows right and import it again",
    ),
    "NO_CATALOGUE": (
        "{day} 当日没有本单位的音像记录事项清单，请先用 catalogue import 导入",
        "no list of the bureau's own holds on {day}; import one with catalogue import",
    ),
    "NOT_A_MOMENT": (
        '“{text}”不是时间，请写如 "2024-06-01 09:30"',
        '{text} is no moment such as "2024-06-01 09:30"',
    ),
    "NO_CERTIFICATE_OF": (
        "{person} 没有证件号为“{certificate}”的证件",
        "{person} has no certificate {certificate}",
    ),
    "WHICH_CERTIFICATE": (
        "{person} 名下证件不是恰好一本，请用 --certificate 写明证件号",
        "{person} has not just one certificate; name it with --certificate",
    ),
    "CERTIFICATE_PARTS": (
        "--certificate、--issuer、--valid-from、--valid-to 须一并给出",
        "--certificate, --issuer, --valid-from and --valid-to go together",
    ),
    "NOT_A_BODY": ("“{unit}”不须配备记录设备", "{unit} owes no recorders"),
    "DAYS_ORDER": ("截止日早于起始日", "the last day is before the first"),
    "NOT_A_DAY": ("“{day}”不是日期，请写如 2024-06-01", "{day} is no date such as 2024-06-01"),
    "DAYS_MANY": ("一次最多查询 {most} 天", "at most {most} days can be asked for at once"),
    "DAY_TO_COME": ("{day} 尚未到来", "{day} is still to come"),
    "REGISTERED": ("记录仪 {number} 已登记", "recorder {number} is registered already"),
}
"""Why something was refused; an error names it as its fact `why`."""
