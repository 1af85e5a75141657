"""What each act of the custody log is called, in both languages."""

from collections.abc import Mapping

from evidence.reason_messages import Sentence

ACTS: Mapping[str, Sentence] = {
    "site.created": ("建立站点", "site made"),
    "recorder.added": ("登记记录仪", "recorder registered"),
    "recorder.assigned": ("记录仪划归单位", "recorder given to a unit"),
    "session.opened": ("开始采集", "recorder docked"),
    "inventory.written": ("写入清单", "list of the card signed"),
    "recorder.claimed": ("认定归属", "recorder and officer judged"),
    "recording.sealed": ("封存原件", "recording sealed"),
    "recording.adopted": ("收录原件", "stored bytes put on record"),
    "observation.made": ("记录情况", "observation made"),
    "digest.added": ("补算摘要", "digest added"),
    "receipt.issued": ("签发收据", "receipt issued"),
    "card.clearing": ("开始清卡", "clearing of the card begun"),
    "card.cleared": ("清除卡上文件", "file of the card cleared"),
    "scrub.finished": ("完成巡检", "scrub finished"),
    "recording.exported": ("导出原件", "original exported"),
    "recording.viewed": ("开始查看", "look begun"),
    "view.shown": ("已查看的范围", "what was seen"),
    "personal.erased": ("删除个人信息", "personal data erased"),
    "administrator.invited": ("生成首个管理员代码", "code for the first administrator"),
    "administrator.founded": ("建立单位与首个管理员", "bureau and first administrator"),
    "account.added": ("新增账号", "account added"),
    "account.invited": ("生成一次性代码", "one-time code made"),
    "account.disabled": ("停用账号", "account disabled"),
    "account.enabled": ("启用账号", "account enabled"),
    "account.logged_in": ("登录", "logged in"),
    "account.logged_out": ("退出登录", "logged out"),
    "session.revoked": ("强制退出登录", "log-in ended by somebody in charge"),
    "password.set": ("设置密码", "password set"),
    "role.granted": ("授予角色", "role granted"),
    "role.ended": ("取消角色", "role ended"),
    "catalogue.imported": ("导入音像记录事项清单", "list of what is recorded imported"),
    "unit.added": ("新增单位", "unit added"),
    "calendar.imported": ("导入工作日表", "year of the working-day calendar imported"),
}
"""What an act of the custody log is called."""
