/** Words for the codes that the API sends; terms as docs/GLOSSARY.md binds them. */
import type { components } from "../../generated/api";

type Schemas = components["schemas"];
type Pair = readonly [string, string];

export const KINDS: Record<string, Pair> = {
  VIDEO: ["视频", "Video"],
  AUDIO: ["音频", "Sound"],
  PHOTO: ["照片", "Photo"],
  CARD_LOG: ["卡上日志", "Card log"],
  SIDECAR: ["附属文件", "Sidecar"],
  THUMBNAIL: ["缩略图", "Thumbnail"],
  LOW_RESOLUTION: ["低清副本", "Low-resolution copy"],
  OPAQUE: ["未识别文件", "Unknown file"],
};

export const LABELS: Record<string, Pair> = {
  IMPORTANT: ["重点标记", "Marked important"],
  EMPTY: ["空文件", "Empty"],
  PARTIAL: ["部分读取", "Read in part"],
  UNKNOWN_NAME: ["命名不识别", "Unknown name"],
  ODD_NAME: ["命名异常", "Odd name"],
  TIME_ABSURD: ["时间异常", "Absurd time"],
  DAMAGED: ["有损坏", "Damaged"],
  NOT_MEDIA: ["不是音视频", "Not media"],
  SOUND_INCOMPLETE: ["声音不完整", "Sound incomplete"],
};

/** Labels by which somebody should be alarmed, or glad; the others are plain. */
export const LABEL_COLOURS: Record<string, string> = {
  IMPORTANT: "gold",
  EMPTY: "red",
  PARTIAL: "red",
  DAMAGED: "red",
  NOT_MEDIA: "orange",
  SOUND_INCOMPLETE: "orange",
  TIME_ABSURD: "orange",
};

export const ROLES: Record<string, Pair> = {
  OFFICER: ["执法人员", "Officer"],
  REVIEWER: ["复核人员", "Reviewer"],
  AUDITOR: ["审计人员", "Auditor"],
  SUPERVISOR: ["主管", "Supervisor"],
  ADMINISTRATOR: ["管理员", "Administrator"],
};

export const TIERS: Record<string, Pair> = {
  MANDATORY: ["应当全程录像", "must be recorded whole"],
  DISCRETIONARY: ["视情录像", "recorded as decided"],
  ORDINARY: ["不要求录像", "no recording asked for"],
};

/** Periods of keeping that are no length. */
export const PERIODS: Record<string, Pair> = {
  permanent: ["永久", "permanent"],
  "case-archive": ["随案卷", "as its case file"],
};

export const ACCOUNT_STATES: Record<string, Pair> = {
  ACTIVE: ["正常", "Active"],
  DISABLED: ["停用", "Disabled"],
};

export const DERIVATIVES: Record<string, Pair> = {
  PROBE: ["媒体检查", "Probe"],
  POSTER: ["封面", "Poster"],
  HLS: ["播放版", "Playable rendition"],
  SHEET: ["画面索引", "Contact sheet"],
  PEAKS: ["声音波形", "Waveform"],
  PICTURE: ["照片", "Picture"],
  ORIGINAL: ["原件", "Original"],
};

export const JOB_STATES: Record<string, Pair> = {
  READY: ["已完成", "Ready"],
  FAILED: ["失败", "Failed"],
  NOT_APPLICABLE: ["不适用", "Not applicable"],
  WAITING: ["等待中（原件数）", "Waiting (recordings)"],
};

export const CLAIMED_ZONES: Record<string, Pair> = {
  UTC_BY_SPEC: ["格式规定为 UTC", "UTC by the format's rules"],
  LOCAL: ["记录仪本地时间", "the recorder's local time"],
  UNKNOWN: ["时区不明", "zone unknown"],
};

export const CLOCKS: Record<string, Pair> = {
  BACKWARDS: ["曾回拨", "ran backwards"],
};

export const ACTORS: Record<string, Pair> = {
  service: ["采集服务", "the service"],
  operator: ["终端操作员", "operator"],
};

export const IMPORTS: Record<string, Pair> = {
  ROSTER: ["人员名册", "Roster of people"],
  DEVICES: ["设备清单", "List of devices"],
};

export const CONDITIONS: Record<string, Pair> = {
  SERVING: ["可用", "Serving"],
  REPAIR: ["送修", "In repair"],
  OFFLINE: ["离线", "Offline"],
  LOST: ["遗失", "Lost"],
  RETIRED: ["报废", "Retired"],
};

export const PLACES: Record<string, Pair> = {
  INQUIRY_ROOM: ["询问室", "Inquiry room"],
  HEARING_ROOM: ["听证室", "Hearing room"],
  OTHER_PLACE: ["其他办案场所", "Another place"],
};

/** Where a case may go; the service decides, this only offers. */
export const NEXT_STATES: Record<string, Schemas["CaseState"][]> = {
  MATTER: ["FILED", "NOT_FILED"],
  FILED: ["INVESTIGATING"],
  INVESTIGATING: ["REVIEW", "COLLECTIVE", "DECIDED", "TRANSFERRED"],
  REVIEW: ["DECIDED", "COLLECTIVE", "REVIEW", "INVESTIGATING", "TRANSFERRED"],
  COLLECTIVE: ["DECIDED", "TRANSFERRED"],
  DECIDED: ["SERVED", "TRANSFERRED"],
  SERVED: ["EXECUTED", "CLOSED"],
  EXECUTED: ["CLOSED"],
  CLOSED: ["ARCHIVED"],
  NOT_FILED: ["ARCHIVED"],
};

export const TRAININGS: Record<string, Pair> = {
  GENERAL_LAW: ["通用法律知识培训", "General law"],
  SPECIAL_LAW: ["专门法律知识培训", "Special law"],
  NEW_LAW: ["新法律法规培训", "New law"],
  PRE_POST: ["岗前培训", "Before the first day on post"],
};

export const REVIEWER_SOURCES: Record<string, Pair> = {
  STAFF: ["本单位人员", "Own staff"],
  DEDICATED_POST: ["专岗", "Dedicated post"],
  PURCHASED: ["购买服务", "Bought service"],
  ADVISER: ["法律顾问或公职律师", "Adviser or public lawyer"],
};

export const UNIT_KINDS: Record<string, Pair> = {
  AGENCY: ["行政机关", "Agency"],
  AUTHORISED: ["法律法规授权组织", "Authorised body"],
  ENTRUSTED: ["受委托组织", "Entrusted body"],
  OVERSIGHT: ["监督机构", "Oversight body"],
  GOVERNMENT: ["人民政府", "Government"],
  SECTION: ["内设机构", "Section"],
};
