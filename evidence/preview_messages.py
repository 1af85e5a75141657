"""Sentences of previews that could not be made: what happened, and that the original is kept."""

from collections.abc import Mapping

from evidence.reason_messages import Sentence

DERIVATIVES: Mapping[str, Sentence] = {
    "NOT_PLAYABLE": (
        "无法由该文件生成预览：{why_zh}；原件完好保存",
        "Nothing to look at could be made of this file: {why_en}; the original is kept as it is",
    ),
    "CHECK_FAILED": (
        "预览未通过检查，已丢弃：{why_zh}；原件完好保存",
        "The preview did not pass its check and was thrown away: {why_en}; the original is kept",
    ),
    "TIME_LIMIT": (
        "生成预览超过时间上限，已停止；原件完好保存",
        "Making the preview took too long and was stopped; the original is kept as it is",
    ),
    "MEMORY_LIMIT": (
        "生成预览超过内存上限，已停止；原件完好保存",
        "Making the preview needed too much memory and was stopped; the original is kept as it is",
    ),
    "OUTPUT_LIMIT": (
        "预览超过大小上限，已停止；原件完好保存",
        "The preview grew too large and was stopped; the original is kept as it is",
    ),
    "OUT_OF_SPACE": (
        "存储空间不足，暂不能生成预览；腾出空间后会自动重试，原件完好保存；请联系管理员扩容",
        (
            "There is no room to make the preview; it is tried again by itself, the original is "
            "kept; ask the administrator for room"
        ),
    ),
    "STORAGE_FAILED": (
        "预览写入存储失败：{reason}；系统会自动重试，原件完好保存，请通知管理员检查存储",
        (
            "The preview could not be stored: {reason}; it is tried again by itself, the original "
            "is kept; have the storage examined"
        ),
    ),
    "TOOL_MISTAKE": (
        "生成预览时程序出错；原件完好保存，请联系技术支持并提供日志",
        (
            "The program made a mistake while making the preview; the original is kept as it is; "
            "call support with the log"
        ),
    ),
    "TOOL_MISSING": (
        "缺少程序 {tool}，暂不生成预览；采集不受影响，安装后会自动重试",
        (
            "The program {tool} is missing, so no previews are made; intake goes on, and they are "
            "made by themselves once it is installed"
        ),
    ),
    "VAULT_UNAVAILABLE": (
        "存储库不可用，暂不能生成预览；恢复后会自动重试；请管理员检查存储库是否已挂载",
        (
            "The vault is not available, so the preview could not be made; it is tried again by "
            "itself; have the administrator check that it is mounted"
        ),
    ),
    "NOT_FOUND": (
        "存储库中找不到该录像的原件，不能生成预览；会自动重试，请通知管理员核对存储库",
        (
            "The original is not found in the vault, so the preview could not be made; it is tried "
            "again by itself; have the administrator examine the vault"
        ),
    ),
    "ENVIRONMENT": (
        "运行环境异常，暂不能生成预览：{reason}；会自动重试，原件完好保存；请联系管理员",
        (
            "The machine is in trouble, so the preview could not be made: {reason}; it is tried "
            "again by itself, the original is kept; call the administrator"
        ),
    ),
    "CONFINEMENT_UNAVAILABLE": (
        "无法在隔离环境中运行解码程序，暂不生成预览；采集不受影响。请安装 bubblewrap：{reason}",
        (
            "Media programs cannot be confined here, so no previews are made; intake goes on. "
            "Install bubblewrap: {reason}"
        ),
    ),
}
