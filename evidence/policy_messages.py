"""What people read of policy profiles: names of parameters and rules, and what is wrong with a file.

Holds always: every parameter and rule of `evidence.policy_catalogue` and every code of a problem
stands here once, Chinese first and English second.
"""

from collections.abc import Mapping

Sentence = tuple[str, str]

PARAMETERS: Mapping[str, Sentence] = {
    "ratio.officers_per_set": ("每套设备对应的执法人员数", "officers per set of devices"),
    "ratio.rounding": ("配备套数的取整方式", "how the number of sets is rounded"),
    "ratio.min_sets": ("有执法人员时的最少套数", "fewest sets where there is any officer"),
    "ratio.headcount": ("执法人员数的口径", "which officers are counted"),
    "ratio.countable_kinds": ("计入配备的设备种类", "kinds of devices that count"),
    "ratio.serviceable": ("可用设备的条件", "when a device is serviceable"),
    "reviewer.percent": ("法制审核人员占执法人员的比例", "legal reviewers per hundred officers"),
    "reviewer.rounding": ("法制审核人员数的取整方式", "how the number of reviewers is rounded"),
    "reviewer.min": (
        "有执法人员时的最少法制审核人员数",
        "fewest legal reviewers where there is any officer",
    ),
    "reviewer.external_counts": (
        "外聘、购买服务和顾问是否计入（另列）",
        "whether bought or advising reviewers count, shown apart",
    ),
    "device.kinds": ("承认的记录设备种类", "kinds of recording devices that are known"),
    "device.service_life": ("设备使用年限", "service life of devices"),
    "team.min_officers": ("执法小组最少执法人员数", "fewest officers in a team"),
    "signature.min_officers": ("记录上最少签名执法人员数", "fewest officers who sign a record"),
    "identity.mode": ("亮证方式", "how identity is shown"),
    "notify.items": ("应告知的事项", "what a party must be told"),
    "certificate.annual_check": (
        "执法证件未年检的后果",
        "what a missing annual check of a certificate does",
    ),
    "certificate.warn_days": ("证件到期提前提示天数", "days of warning before a certificate ends"),
    "training.hours": ("每年最少培训学时", "fewest hours of training in a year"),
    "training.general_min": (
        "每年最少通用法律知识培训次数",
        "fewest courses in general law in a year",
    ),
    "training.prepost_gate": (
        "未经岗前培训是否禁止上岗",
        "whether nobody acts before the first training",
    ),
    "clean_up.due": ("年度人员清理签署截止日", "day by which the yearly clean-up is signed"),
    "tier.inspection": ("行政检查和调查取证的记录要求", "tier of inspection and evidence-taking"),
    "tier.catalogue": ("音像记录事项清单", "list of what is recorded, and how"),
    "tier.fixed_place": (
        "哪些执法办案场所须全程音像记录",
        "which case-handling places are recorded throughout",
    ),
    "text_exemption.tiers": (
        "可以文字记录代替音像记录的层级",
        "tiers in which text may replace recording",
    ),
    "text_exemption.never_for": (
        "不得以文字代替音像的行为",
        "actions in which text never replaces recording",
    ),
    "record.primary": ("文字与音像记录以何者为主", "which record comes first"),
    "fixation.required": (
        "结案前电子数据是否须书面固定",
        "whether footage is fixed in writing before a case is closed",
    ),
    "awareness.require_verbal": ("记录是否须口头告知", "whether a party must be told in words"),
    "action_type.required_docs": ("各类行为应制作的文书", "written records that actions need"),
    "gap.seam_max_s": ("单个接缝的最长秒数", "longest single seam"),
    "gap.seam_total_s": ("接缝合计的最长秒数", "longest sum of seams"),
    "gap.override": (
        "有缺口时能否经批准结案",
        "whether a case with a gap may be closed with a finding",
    ),
    "clock.max_correctable_s": ("可校正的最大时钟偏差", "largest clock offset that is corrected"),
    "dock.within_hours": ("归还后应完成采集的小时数", "hours until a recorder is docked"),
    "execution.types": ("属于行政强制执行的行为类别", "types that are compulsory execution"),
    "execution.night": ("夜间的起止时刻", "when it is night"),
    "execution.holidays": ("哪些日子是节假日", "which days are holidays"),
    "link.auto": ("明确对应时是否自动关联", "whether a clear action is linked by itself"),
    "link.within_hours": ("采集后应关联案件的小时数", "hours until a recording is linked"),
    "confidentiality.state_policy": (
        "涉及国家秘密的录像如何处置",
        "what is done with footage of state secrets",
    ),
    "transcode.profile": ("回放副本的格式", "format of what is played"),
    "retention.periods": ("各类资料的保管期限", "how long each class is kept"),
    "disposal.delay_days": (
        "两人批准后至处置的等待天数",
        "days between the second approval and the disposal",
    ),
    "archive.within_days": ("结案后归档期限", "time until a closed case is archived"),
    "store.copies": ("应存副本数", "copies that should be stored"),
    "scrub.every": ("巡检周期", "how often stored originals are read again"),
    "access.review_period": ("调阅记录复查周期", "how often the log of looks is reviewed"),
    "access.approver_role": ("调阅由何角色批准", "role that approves access"),
    "signing.key": ("清单以何密钥签署", "key that signs manifests"),
    "category.catalogue": ("行政执法活动类别", "categories of enforcement"),
    "major.catalogue": ("重大执法决定事项", "what makes a decision major"),
    "power_list": ("权责清单", "list of powers"),
    "step.limits": ("案件各环节期限", "limits of the steps of a case"),
    "case.collective_step": (
        "决定前是否须集体讨论",
        "whether a decision needs collective discussion",
    ),
    "legal_review.days": ("法制审核期限", "time for legal review"),
    "review.checklist": ("法制审核要点", "points of legal review"),
    "review.separation": ("审办分离", "separation of reviewer and handler"),
    "review.sample_percent": ("录像抽查比例", "share of recordings that are sampled"),
    "file_review.percent": ("案卷评查比例", "share of case files that are reviewed"),
    "transfer.alert_days": ("涉嫌犯罪未移送的提示期限", "days until an open transfer is listed"),
    "complaint.days": ("投诉举报办理期限", "time to settle a complaint"),
    "complaint.extension_max": ("投诉举报办理最长延期", "longest extension of a complaint"),
    "complaint.dissatisfied_limit": (
        "反馈“不满意”几次即督办",
        "dissatisfied answers until handling is supervised",
    ),
    "complaint.unqualified_limit": (
        "评为“不合格”几次即督办",
        "unqualified marks until handling is supervised",
    ),
    "complaint.channels": ("投诉举报渠道", "channels of complaint"),
    "publication.permit_penalty": (
        "许可、处罚决定公开期限",
        "time to publish permits and penalties",
    ),
    "publication.other": ("其他执法决定公开期限", "time to publish other decisions"),
    "publication.withdraw_days": ("被撤销决定的撤下期限", "time to take a revoked decision down"),
    "publication.steps": ("公示步骤", "steps of publication"),
    "annual_report.due": ("年度执法情况公开截止日", "day by which the yearly figures are public"),
    "annual_report.outputs": ("年度执法情况的去向", "where the yearly figures go"),
    "order.reply_days": ("督查书答复期限", "time to answer an inspection order"),
    "notice.kind_by_source": ("各来源问题所用监督文书", "notice for each source of findings"),
    "fault.transfer_days": ("非本单位受理案件的转送期限", "time to pass on a case of another body"),
    "fault.reopen_months": (
        "责令重新调查的期限",
        "months in which a new investigation may be ordered",
    ),
    "fault.repeat_rule": ("多次过错从重的条件", "when repeated faults aggravate"),
    "fault.grounds": ("过错情形（按原文编号）", "grounds of fault, by their printed numbers"),
    "intervention.norecord_limit": (
        "不如实记录干预几次即处分",
        "failures to record interference until discipline",
    ),
    "appraisal.grades": ("考核评议等次", "grades of appraisal"),
    "calendar.roll_last_day": (
        "日、月期限届满遇休息日是否顺延",
        "whether day and month terms roll to a working day",
    ),
    "campaign.from": ("专项整治开始", "first day of the campaign"),
    "campaign.to": ("专项整治结束", "last day of the campaign"),
    "campaign.lookback_from": ("专项整治回溯起点", "how far back the campaign looks"),
    "campaign.summary_due": ("专项整治总结报送日", "day by which the campaign is summed up"),
    "campaign.milestones": ("阶段任务和期限", "tasks and the days they are due"),
}
"""What each parameter is called."""

RULES: Mapping[str, Sentence] = {
    "ratio": ("音像记录设备配备比例", "sets of recording devices for officers"),
    "reviewer_ratio": ("法制审核人员配备比例", "legal reviewers for officers"),
    "may_enforce": ("某人某日能否执法", "whether a person may enforce on a day"),
    "clean_up": ("年度人员清理", "the yearly clean-up of personnel"),
    "terms": ("期限的计算", "how terms are counted"),
    "tier": ("行为须如何记录", "how an action must be recorded"),
    "coverage": ("录像是否覆盖行为全程", "whether footage covers an action whole"),
    "presence": ("在场执法人员和辅助人员", "which officers and auxiliaries were there"),
    "docking": ("按时归还采集", "that recorders are docked in time"),
    "linking": ("录像归属的说明", "that recordings are said to be of an action"),
    "completeness": ("证据完整、无瑕疵", "that nothing is missing or altered"),
    "awareness": ("当事人知晓记录", "that parties know of the recording"),
    "secrecy": ("涉密录像的处置", "what is done with secrets"),
    "access_review": ("记录信息调阅监督", "that access to records is supervised"),
    "legal_review": ("先审核后决定", "that the review comes before the decision"),
    "team_roles": ("主办、协办和记录员", "who leads, assists and keeps the record"),
    "capacity": ("主体资格和权责清单", "whether a body may act, and by which item"),
    "exemption": ("以文字记录代替音像记录", "text instead of recording"),
    "interval": ("起止时间的更正", "how an interval is put right"),
    "metadata": ("记录的六项要素", "the six elements of a record"),
    "documents": ("必备的执法文书", "which documents an action needs"),
    "signatures": ("签名、拒签和见证", "signatures, refusals and witnesses"),
    "identity": ("亮证执法", "that certificates are seen"),
    "fixation": ("录音录像的书面固定", "fixation in writing"),
    "evidence_both_ways": ("全面收集和移送证据", "that no recording is left out"),
    "collective": ("集体讨论决定", "collective discussion"),
    "stages": ("办案的四个环节", "the four stages of a case"),
    "disposal": ("处置到期的录像", "that recordings are let go when they are due"),
    "archive": ("归档的完整", "that an archive is complete"),
    "transfer": ("案件移送", "handing a case over"),
    "execution_time": (
        "夜间和节假日不得强制执行",
        "no compulsory execution at night or on holidays",
    ),
}
"""What each rule is called."""

STANDINGS: Mapping[str, Sentence] = {
    "SET": ("已定", "set"),
    "TO_BE_SET": (
        "原文未定数值，须由本单位确定",
        "the clause gives no value: the bureau must set one",
    ),
    "NONE": ("无此要求", "no such duty or limit"),
}
"""What a profile says of a parameter."""

BASES: Mapping[str, Sentence] = {
    "POLICY": ("条文明定", "a clause says so"),
    "INTERPRETATION": ("条文解释", "a reading of a clause"),
    "SILENT": ("文件未作规定", "the documents say nothing of it"),
    "ENGINEERING": ("系统工程默认值（无政策依据）", "an engineering choice, in no document"),
    "BUREAU": ("本单位决定", "the bureau's own decision"),
}
"""Where a statement comes from."""

PROBLEMS: Mapping[str, Sentence] = {
    "POLICY_NOT_TOML": ("{place}：不是有效的 TOML（{detail}）", "{place}: not TOML: {detail}"),
    "POLICY_UNKNOWN_KEY": (
        "{place}：没有这一项，请核对拼写",
        "{place}: there is no such key; check its spelling",
    ),
    "POLICY_MISSING_KEY": (
        "{place}：缺少，应为{expected_zh}",
        "{place}: is missing; it should be {expected_en}",
    ),
    "POLICY_WRONG_VALUE": (
        "{place}：“{value}”不对，应为{expected_zh}",
        "{place}: “{value}” should be {expected_en}",
    ),
    "POLICY_STANDING": (
        "{place}：value、none、to_be_set 须且只能写一项",
        "{place}: exactly one of value, none and to_be_set must be given",
    ),
    "POLICY_MAY_NOT_BE_NONE": (
        "{place}：该参数不能没有值",
        "{place}: this parameter cannot go without a value",
    ),
    "POLICY_NO_CITATION": (
        "{place}：依据为 {basis} 时须引用条文",
        "{place}: with basis {basis} a clause must be cited",
    ),
    "POLICY_CITATION_TOO_MANY": (
        "{place}：依据为 {basis} 时不能引用条文",
        "{place}: with basis {basis} no clause can be cited",
    ),
    "POLICY_NO_REMARK": (
        "{place}：依据为 {basis} 时须写 remark 说明理由",
        "{place}: with basis {basis} a remark must say why",
    ),
    "POLICY_SILENT": (
        "{place}：依据为 silent 时只能写 none",
        "{place}: with basis silent only none can be said",
    ),
    "POLICY_NO_SOURCE": (
        "{place}：[[sources]] 中没有文件 {value}",
        "{place}: no document {value} is among [[sources]]",
    ),
    "POLICY_DIGEST_DIFFERS": (
        "{place}：引文与摘要不符，引文的摘要是 {expected}；请核对原文是否被改动",
        "{place}: the quotation has another digest, {expected}; check it against the document",
    ),
    "POLICY_DATES": ("{place}：早于 valid_from", "{place}: lies before valid_from"),
    "POLICY_OVERLAP": (
        "{place}：与 {other} 的有效期重叠；同一地区同一天只能有一个政策档",
        "{place}: its dates overlap with {other}; a jurisdiction has one profile on a day",
    ),
    "POLICY_TWO_NAMES": (
        "{place}：编号 {value} 与地区名称须一一对应，另见 {other}",
        "{place}: the id {value} and the jurisdiction's name must go together; see {other}",
    ),
    "POLICY_NO_PARENT": (
        "{place}：在其有效期内没有可继承的政策档 {value}",
        "{place}: no profile {value} to inherit from is there for all of its dates",
    ),
    "POLICY_MISSING_PARAMETER": (
        "{place}：必须说明参数 {value}（{title_zh}）：写值，或写 to_be_set，或写 none",
        "{place}: must say something of {value} ({title_en}): a value, to_be_set or none",
    ),
    "POLICY_DEFAULT_OF_REQUIRED": (
        "{place}：该参数须由各地区说明，默认档不能给值",
        "{place}: each jurisdiction must say this; the default profile cannot",
    ),
    "POLICY_MISSING_RULE": (
        "{place}：缺少规则 {value} 的依据",
        "{place}: the grounds of the rule {value} are missing",
    ),
    "POLICY_CONTRADICTION": (
        "{place}：{left}（{left_value}）与 {right}（{right_value}）矛盾：{why_not_zh}",
        "{place}: {left} ({left_value}) contradicts {right} ({right_value}): {why_not_en}",
    ),
    "POLICY_TIER_LOWERED": (
        "{place}：“{value}”在上级清单中为 {other}，下级只能提高，不能降低或删去",
        "{place}: “{value}” is {other} above; a lower level may raise it, not lower it or leave it out",
    ),
    "POLICY_TO_BE_SET": (
        "{place}：参数 {value}（{title_zh}）原文未定数值，须由本单位在自己的政策档中确定",
        "{place}: the clause of {value} ({title_en}) gives no value; the bureau's own profile must set it",
    ),
    "POLICY_NOT_SAID": (
        "参数 {value}（{title_zh}）在 {profile} 中没有值，须先确定",
        "{value} ({title_en}) has no value in {profile}; it must be set first",
    ),
    "NO_PARAMETER": ("没有规则或参数“{value}”", "there is no rule or parameter {value}"),
    "NO_PROFILE": (
        "没有地区“{value}”的政策档，已有：{known}",
        "there is no profile of {value}; there are {known}",
    ),
    "NO_PROFILE_THEN": (
        "{day} 当日没有生效的 {value} 政策档；已有：{known}",
        "no profile of {value} is in force on {day}; there are {known}",
    ),
}
"""What is wrong with a profile, or with asking for one."""

ROWS: Mapping[str, Sentence] = {
    "ROW_HEADING": (
        "没有找到这些列：{value}；请在表头写明",
        "these columns were not found: {value}; name them in the heading",
    ),
    "ROW_NONE": ("表头之下没有内容", "there is nothing below the heading"),
    "ROW_MISSING": ("“{value}”未填写", "“{value}” is empty"),
    "ROW_LONG": ("“{value}”过长", "“{value}” is too long"),
    "ROW_TIER": (
        "类别“{value}”不明；请写 全程音像记录、根据实际情况音像记录 或 一般",
        "the class “{value}” is not known; write 全程音像记录, 根据实际情况音像记录 or 一般",
    ),
    "ROW_LOWERED": (
        "类别 {value} 低于上级清单对“{item}”的要求（{tier}）；下级只能提高",
        "the class {value} is below what the level above asks of “{item}” ({tier}); it may only be raised",
    ),
    "ROW_PERIOD": (
        "保管期限“{value}”无法识别；请写 永久、同案卷、30年 或 6个月",
        "the period “{value}” cannot be read; write 永久, 同案卷, 30年 or 6个月",
    ),
    "ROW_TWICE": (
        "“{value}”的同一环节已在第 {first} 行列出",
        "“{value}” with the same occasion stands in row {first} already",
    ),
}
"""What is wrong with a row of a bureau's own list."""

CONTRADICTIONS: Mapping[str, Sentence] = {
    "OVER": ("前者不能大于后者", "the first cannot be greater than the second"),
    "AFTER": ("前者不能晚于后者", "the first cannot be later than the second"),
    "NEEDS": ("有前者就须有后者", "the first needs the second"),
    "WITHIN": ("前者须全部包含在后者之中", "all of the first must be among the second"),
}
"""How two values may contradict each other."""
