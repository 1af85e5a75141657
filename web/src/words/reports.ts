/** Sentences about reports; `UI` has them with all others. */
export const REPORTS = {
  nav_reports: ["报表", "Reports"],
  reports_title: ["报表", "Reports"],
  reports_hint: [
    "报表只含您权限范围内的单位；每次生成都连同文件摘要记入保管日志。",
    "A report holds the units within your reach; each one made is on record with its digest.",
  ],
  reports_days: ["起止日期", "Days"],
  reports_name: ["报表", "Report"],
  reports_of_days: ["所选期间", "the days chosen"],
  reports_of_last: ["所选末日", "the last day chosen"],
  reports_show: ["查看", "Show"],
  reports_show_one: ["查看{report}", "Show {report}"],
  reports_download: ["下载", "Download"],
  reports_download_as: ["下载{report}（{format}）", "Download {report} ({format})"],
  reports_made: ["已生成并留痕，SHA-256 {sha256}", "Made and on record, SHA-256 {sha256}"],
  reports_ratio: ["执法音像记录设备配备情况", "Recorders and officers"],
  reports_holders: ["设备领用归还", "Recorders and their holders"],
  reports_coverage: ["执法音像记录覆盖情况", "Coverage of actions"],
  reports_docking: ["逾期归还采集", "Late docking"],
  reports_unlinked: ["未关联录像", "Footage that is not linked"],
  reports_auxiliaries: ["辅助人员单独执法与执法人员不足", "Auxiliaries alone and too few officers"],
} as const;
