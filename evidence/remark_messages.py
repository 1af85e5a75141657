"""Sentences of remarks on a recording: what is wrong with it, and why it is not shown as it is."""

from collections.abc import Mapping

from evidence.reason_messages import Sentence

REMARKS: Mapping[str, Sentence] = {
    "NO_BYTES": ("文件没有内容（0 字节）", "The file has no bytes"),
    "NO_STREAMS": ("文件中没有声音，也没有画面", "There is neither sound nor picture in the file"),
    "INDEX_MISSING": (
        "缺少索引（moov），无法读出画面和声音；多见于录制时断电或未正常结束",
        "The index (moov) is missing, so nothing can be read out; usual where recording was cut off",
    ),
    "CUT_OFF": (
        "文件在应有的结尾之前中断",
        "The file ends before the place where it should",
    ),
    "NOT_READABLE": (
        "内容无法作为声音或画面读出",
        "The content cannot be read as sound or picture",
    ),
    "FORMAT_REFUSED": (
        "内容不是录像、录音格式，而是播放清单或本机不打开的其他格式",
        "The content is a playlist or of another kind that is not opened here, no recording",
    ),
    "STRUCTURE_BROKEN": (
        "封装结构有错误（至少 {count} 处）",
        "The container's structure has errors ({count} or more)",
    ),
    "PICTURE_BROKEN": (
        "画面数据有解码错误（至少 {count} 处），相应画面可能花屏或缺失",
        "Picture data does not decode cleanly ({count} errors or more); pictures may be spoilt or missing",
    ),
    "SOUND_BROKEN": (
        "声音数据有解码错误（至少 {count} 处），相应声音可能失真或缺失",
        "Sound data does not decode cleanly ({count} errors or more); sound may be spoilt or missing",
    ),
    "NOTHING_DECODES": (
        "有的画面轨或声音轨没有任何内容可以解码",
        "Of some stream of picture or sound nothing decodes",
    ),
    "UNKNOWN_CODING": (
        "使用了本机解码程序不支持的编码",
        "It is coded in a way that the decoder here does not know",
    ),
    "TOO_MANY_PIXELS": (
        "画面尺寸异常，超过允许的像素数",
        "The picture claims more pixels than are allowed",
    ),
    "SHORTER_THAN_CLAIMED": (
        "文件自称时长 {claimed} 秒，实际只能解码 {length} 秒",
        "Only {length} s of the claimed {claimed} s decode",
    ),
    "SOUND_HOLES": (
        "声音跨度 {length} 秒，其中只有 {filled} 秒能解码",
        "Only {filled} s of {length} s of sound decode",
    ),
    "PHOTO_BROKEN": ("照片数据有错误", "The photo's data has errors"),
    "TOOL_SAID": (
        "解码程序报告了其他问题（{count} 项）",
        "The decoder reported something else (lines: {count})",
    ),
    "NOT_PLAYED": ("浏览器不能播放 {codec} 编码", "Browsers do not play {codec}"),
    "PIXEL_FORMAT": (
        "浏览器不能播放像素格式 {pixels}",
        "Browsers do not play pixel format {pixels}",
    ),
    "PROFILE": ("浏览器不能播放编码档次 {profile}", "Browsers do not play profile {profile}"),
    "LEVEL": ("浏览器不能播放编码级别 {level}", "Browsers do not play level {level}"),
    "TURNED": ("画面须旋转 {degrees} 度", "The picture must be turned by {degrees} degrees"),
    "INTERLACED": ("画面为隔行扫描", "The picture is interlaced"),
    "PIXELS_NOT_SQUARE": ("像素不是正方形", "Its pixels are not square"),
    "CHANNELS": ("声音有 {count} 个声道", "The sound has {count} channels"),
    "STREAM_DAMAGED": ("数据有损坏", "Its data is damaged"),
    "NO_TIMES": ("封装格式不记录时间", "The container has no times"),
    "COPY_FAILED": ("原样复制未通过检查", "A copy did not pass its check"),
}
"""A remark's words; what a tool said of it is kept beside, in its own language."""
