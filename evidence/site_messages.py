"""What is said where a site does not open or a card does not mount: Chinese first, English second.

Holds always: as in `evidence.messages`, which fills the placeholders.
"""

from collections.abc import Mapping

from evidence.reason_messages import Sentence

SITES: Mapping[str, Sentence] = {
    "KEY_MISSING": (
        "密钥文件 {path} 不在：请从备份恢复，不会另造新密钥；卡上文件未动",
        "Key file {path} is missing: restore it from the backup, no new one is made; cards are untouched",
    ),
    "KEY_OPEN": (
        "密钥文件 {path} 可被他人读取：请改为仅属主可读（chmod 600），并查明是否已外泄；卡上文件未动",
        (
            "Key file {path} may be read by others: close it to all but its owner (chmod 600) and find "
            "out whether it got out; cards are untouched"
        ),
    ),
    "KEY_UNUSABLE": (
        "密钥文件 {path} 不是可用的密钥：请从备份恢复；卡上文件未动",
        "Key file {path} is no key that can be used: restore it from the backup; cards are untouched",
    ),
    "KEY_NOT_OURS": (
        "密钥与站点登记的不符，不再签署：请从备份恢复原密钥；卡上文件未动",
        (
            "A key is not the one on record and nothing more is signed: restore it from the backup; "
            "cards are untouched"
        ),
    ),
    "SITE_FILE_BAD": (
        "站点文件 {path} 无法识别：请从备份恢复；卡上文件未动",
        "Site file {path} cannot be understood: restore it from the backup; cards are untouched",
    ),
    "DATA_FOLDER": (
        "站点目录无法使用：{reason}；卡上文件未动；请检查目录、权限和磁盘",
        "The site's folder cannot be used: {reason}; cards are untouched; check folder, rights and disk",
    ),
    "VAULT_NOT_OURS": (
        "存储库不是本站登记的那一个（登记 {expected}，现为 {found}）：没有写入；请挂载正确的存储库",
        (
            "The vault is not the one on record ({expected}, found {found}): nothing was written; "
            "mount the right one"
        ),
    ),
    "DATABASE_NOT_OURS": (
        "数据库属于另一站点（{found}）：没有写入；请检查数据库地址",
        "The database belongs to another site ({found}): nothing was written; check its address",
    ),
    "DATABASE_EMPTY": (
        "存储库中已有原件，数据库却没有历史，不会重新开始：请恢复数据库；原件和卡上文件未动",
        (
            "The vault holds originals and the database no history, which is not begun anew: restore "
            "the database; originals and cards are untouched"
        ),
    ),
    "DATABASE_NEWER": (
        "数据库版本为 {version}，本程序不认识：请升级程序；没有改动",
        "The database is of version {version}, which this program does not know: upgrade the program",
    ),
    "MOUNT_FAILED": (
        "此卡无法挂载或卸载：{reason}；卡上文件未动；请重新插入，仍不行请联系管理员",
        (
            "This card could not be mounted or unmounted: {reason}; its files are untouched; put it in "
            "again, and call the administrator if that does not help"
        ),
    ),
    "MOUNT_SILENT": (
        "此卡在 {seconds} 秒内未能挂载或卸载，可能已损坏；卡上文件未动；请重新插入，仍不行请送检",
        (
            "This card could not be mounted or unmounted within {seconds} s and may be damaged; its "
            "files are untouched; put it in again, and have it examined if that does not help"
        ),
    ),
    "MOUNT_IN_THE_WAY": (
        "{path} 上还有别的挂载，此卡无法采集或卸载；卡上文件未动；请管理员查看挂载情况",
        (
            "Something else is mounted at {path}, so this card cannot be taken or unmounted; its files "
            "are untouched; have the administrator look at the mounts"
        ),
    ),
}
