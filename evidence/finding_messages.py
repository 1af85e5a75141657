"""What each finding, note, state and reach of a verification means, in Chinese and English.

Each sentence may use {item}, {expected}, {found}, {since}, {until}, {first}, {last} and {count};
`proof.findings.Finding` says what they hold. A reach may use {signed} and {entries}, counts of
log entries.
"""

from collections.abc import Mapping
from types import MappingProxyType

Sentences = Mapping[str, tuple[str, str]]

FINDINGS: Sentences = MappingProxyType(
    {
        # the store as a whole
        "DATABASE_DAMAGED": (
            "数据库文件已损坏：{found}",
            "The database file is damaged: {found}",
        ),
        "DATABASE_UNREADABLE": (
            "数据库中的 {item} 无法读取：{found}",
            "{item} cannot be read from the database: {found}",
        ),
        "TABLE_MISSING": ("缺少数据表 {item}", "Table {item} is missing"),
        "COLUMN_MISSING": ("缺少数据列 {item}", "Column {item} is missing"),
        "INDEX_HIDES_ROWS": (
            "{item} 的索引与内容不符：实有 {expected} 行，按索引只见 {found} 行",
            "The index of {item} hides rows: the table has {expected}, the index shows {found}",
        ),
        "NOTHING_CHECKED": (
            "没有可核验的内容：{item} 为空",
            "There was nothing to check: {item} is empty",
        ),
        # 1. trust root
        "SITE_NOT_ONE": (
            "站点记录应有 1 条，实有 {found} 条",
            "There must be one site row, and there are {found}",
        ),
        "KEY_MALFORMED": (
            "{item} 的 {expected} 不是可用的公钥：{found}",
            "{expected} of {item} is not a usable public key: {found}",
        ),
        "KEY_NAME_WRONG": (
            "{item} 的公钥名应为 {expected}，实为 {found}",
            "The key of {item} should be named {expected}, and is named {found}",
        ),
        "LOG_KEY_DIFFERS": (
            "库内日志公钥与您提供的不同：应为 {expected}，实为 {found}",
            "The store's log key is not the one you gave: expected {expected}, found {found}",
        ),
        "SITE_FILE_DIFFERS": (
            "文件 {item} 与数据库不符：应为 {expected}，实为 {found}",
            "File {item} disagrees with the database: expected {expected}, found {found}",
        ),
        "OUTSIDE_CHECKPOINT_REFUSED": (
            "您提供的检查点未获本日志密钥签名：{expected}",
            "The checkpoint you gave is not signed by this log's key: {expected}",
        ),
        # 2. log
        "LOG_TRUNCATED": (
            "历史回退：已签名 {expected} 条记录，现仅有 {found} 条，第 {first} 至 {last} 条缺失",
            (
                "The history went back: {expected} entries were signed, only {found} are there;"
                " {first} to {last} are gone"
            ),
        ),
        "LOG_FORKED": (
            (
                "历史分叉：同为前 {last} 条及以前的记录，您持有的检查点与库内不同。"
                "您持有：{expected} 库内：{found}"
            ),
            (
                "The history forked: up to entry {last} your checkpoint and this store differ."
                " Yours: {expected} The store's: {found}"
            ),
        ),
        "ENTRY_MALFORMED": (
            "日志记录 {item} 不符合格式：{expected}",
            "Log entry {item} does not follow its format: {expected}",
        ),
        "ENTRY_MISPLACED": (
            "日志记录 {item} 不在原位：其自身序号为 {expected}",
            "Log entry {item} is not in its place: it says it is number {expected}",
        ),
        "ENTRY_DUPLICATED": ("日志记录 {item} 重复", "Log entry {item} is there twice"),
        "ENTRY_BEYOND_END": (
            "日志记录 {item} 远在日志末尾 {expected} 之后",
            "Log entry {item} lies far beyond the log's end at {expected}",
        ),
        "ENTRY_MISSING": (
            "日志记录 {item} 缺失（{count} 条）",
            "Log entry {item} is missing ({count} in all)",
        ),
        "ENTRY_ALTERED": (
            "日志记录 {item} 被改动：应为 {expected}，实为 {found}",
            "Log entry {item} was altered: expected {expected}, found {found}",
        ),
        "ENTRY_CLOCK": (
            "日志记录 {item} 的时钟标记应为 {expected}，实为 {found}",
            "The clock flag of log entry {item} should be {expected}, and is {found}",
        ),
        "FIRST_ENTRY_WRONG": (
            "首条日志应为 {expected}，实为 {found}",
            "The first log entry should be {expected}, and is {found}",
        ),
        "ENTRY_UNSIGNED": (
            "日志记录 {item} 没有任何签名覆盖（共 {count} 条）：本程序写入的每条记录都同时签名",
            (
                "Log entry {item} is covered by no signature ({count} in all): whatever this program"
                " enters is signed with it"
            ),
        ),
        "ROW_FORMAT_UNKNOWN": (
            "日志记录 {item} 提及未知的数据表或行格式：{found}",
            "Log entry {item} names an unknown table or row format: {found}",
        ),
        "LEAF_COLUMN_WRONG": (
            "日志记录 {item} 旁的叶哈希列被改动：应为 {expected}，实为 {found}",
            "The leaf column beside {item} was altered: expected {expected}, found {found}",
        ),
        "NODE_MISSING": ("日志树节点 {item} 缺失", "Log tree node {item} is missing"),
        "NODE_WRONG": (
            "日志树节点 {item} 不符：应为 {expected}，实为 {found}",
            "Log tree node {item} is wrong: expected {expected}, found {found}",
        ),
        "NODE_EXTRA": ("日志树多出节点 {item}", "Log tree node {item} has no place in the tree"),
        "HEAD_WRONG": (
            "日志头不符：应为 {expected}，实为 {found}",
            "The log's head is wrong: expected {expected}, found {found}",
        ),
        "CHECKPOINT_REFUSED": (
            "检查点 {item} 的签名或格式无效：{expected}",
            "Checkpoint {item} is not validly signed: {expected}",
        ),
        "CHECKPOINT_MISSING": (
            "检查点 {item} 缺失（共 {count} 个）",
            "Checkpoint {item} is missing ({count} in all)",
        ),
        "CHECKPOINT_MISPLACED": (
            "检查点 {item} 签的是 {expected} 条，而非 {found} 条",
            "Checkpoint {item} signs {expected} entries, not {found}",
        ),
        "CHECKPOINT_DUPLICATED": ("检查点 {item} 重复", "Checkpoint {item} is there twice"),
        "CHECKPOINT_TIME": (
            "检查点 {item} 的签名时间无法解读：{found}",
            "The signing time of checkpoint {item} cannot be read: {found}",
        ),
        "CHECKPOINT_ROOT": (
            (
                "日志在 {since} 至 {until} 之间签名的第 {first} 至 {last} 条记录中被改动"
                "（检查点 {item}，共 {count} 个不符）"
            ),
            (
                "The log was altered among entries {first} to {last}, signed between {since} and"
                " {until} (checkpoint {item}, {count} disagree)"
            ),
        ),
        # 3. rows
        "ROW_MISSING": (
            "数据 {item} 缺失，日志 {expected} 载明其存在",
            "Row {item} is missing; log {expected} says it was written",
        ),
        "ROW_ALTERED": (
            "数据 {item} 被改动：应为 {expected}，实为 {found}",
            "Row {item} was altered: expected {expected}, found {found}",
        ),
        "ROW_UNNAMED": (
            "数据 {item} 在日志中无据可查",
            "Row {item} is named by no log entry",
        ),
        "ROW_DUPLICATED": ("数据 {item} 重复", "Row {item} is there twice"),
        "ROW_INCONSISTENT": (
            "数据 {item} 的编号与内容不符，应为 {expected}",
            "The key of row {item} disagrees with its columns, which say {expected}",
        ),
        # 4. personal data
        "NOT_A_COMMITMENT": (
            "数据 {item} 的 {expected} 列应为承诺值，却是：{found}",
            "Column {expected} of {item} must be a commitment, and is: {found}",
        ),
        "PERSONAL_DUPLICATED": ("个人信息 {item} 重复", "Personal data {item} is there twice"),
        "PERSONAL_ALTERED": (
            "个人信息 {item} 与其承诺值不符：{found}",
            "Personal data {item} does not match its commitment: {found}",
        ),
        "PERSONAL_MISSING": (
            "个人信息 {item} 缺失且无删除记录，{expected} 引用了它",
            "Personal data {item} is gone without an erasure on record; {expected} refers to it",
        ),
        "PERSONAL_NOT_ERASED": (
            "个人信息 {item} 已在 {expected} 记为删除，却仍存在",
            "Personal data {item} was erased by {expected}, and is still there",
        ),
        # 5. statements
        "STATEMENT_REFUSED": (
            "{item} 的签名或格式无效：{expected}",
            "{item} is not validly signed or formed: {expected}",
        ),
        "STATEMENT_DISAGREES": (
            "{item} 的签名内容与数据不符：数据为 {expected}，签名为 {found}",
            "{item} disagrees with what was signed: the row says {expected}, the text {found}",
        ),
        "RECEIPT_ROOT": (
            "{item} 签发时的日志与现存日志不符：第 {first} 至 {last} 条中有改动或缺失（共 {count} 张回执不符）",
            (
                "{item} was issued on another log: entries {first} to {last} were altered or lost"
                " ({count} receipts disagree)"
            ),
        ),
        "SIGHTING_NOT_LISTED": (
            "{item} 的文件不在其采集的任何清单中：{expected}",
            "The file of {item} stands in no inventory of its docking: {expected}",
        ),
        "RECEIPT_WITHOUT_SIGHTING": (
            "{item} 所列文件没有采集记录 {expected}",
            "{item} lists a file without its {expected}",
        ),
        "RECEIPT_WITHOUT_RECORDING": (
            "{item} 所列文件没有大小相符的 {expected}",
            "{item} lists a file without its {expected} of that size",
        ),
        "RECEIPT_WITHOUT_COPY": (
            "{item} 所列文件没有存储副本 {expected}",
            "{item} lists a file without any of {expected}",
        ),
        "RECORDING_WITHOUT_COPY": (
            "{item} 没有任何存储副本",
            "{item} has no copy anywhere",
        ),
        # 6. bytes
        "VAULT_UNAVAILABLE": (
            "存储库不在：{item}：{found}",
            "The vault is not there: {item}: {found}",
        ),
        "VAULT_MARKER_MISSING": (
            "存储库标记 {item} 无法读取：{found}",
            "The vault's marker {item} cannot be read: {found}",
        ),
        "VAULT_MARKER_WRONG": (
            "存储库标记 {item} 属于另一站点或存储库：应为 {expected}，实为 {found}",
            (
                "The vault's marker {item} is of another site or vault: expected {expected},"
                " found {found}"
            ),
        ),
        "OBJECT_MISSING": (
            "原始文件 {item} 缺失（上次完好：{since}）",
            "Original {item} is missing (last seen whole: {since})",
        ),
        "OBJECT_NOT_REGULAR": (
            "原始文件 {item} 处不是普通文件",
            "What stands for original {item} is not a regular file",
        ),
        "OBJECT_UNREADABLE": (
            "原始文件 {item} 无法读取：{found}",
            "Original {item} cannot be read: {found}",
        ),
        "OBJECT_SIZE": (
            "原始文件 {item} 大小应为 {expected} 字节，实为 {found} 字节",
            "Original {item} should have {expected} bytes, and has {found}",
        ),
        "OBJECT_ALTERED": (
            "原始文件 {item} 被改动：摘要实为 {found}（上次完好：{since}）",
            "Original {item} was altered: its digest is {found} (last seen whole: {since})",
        ),
        "TOMBSTONE_UNAPPROVED": (
            "处置记录 {item} 未见两人对同一清单（{expected}）的批准",
            "Tombstone {item} lacks the approval of its list ({expected}) by two persons before it",
        ),
        "TOMBSTONE_NOT_CERTIFIED": (
            "处置记录 {item} 不在其证明 {expected} 之内",
            "Tombstone {item} is not in its certificate {expected}",
        ),
        "CERTIFICATE_WITHOUT_TOMBSTONE": (
            "处置证明 {item} 所列的处置记录 {expected} 不存在",
            "Certificate {item} names the tombstone {expected}, which is not there",
        ),
        "DIGEST_WRONG": (
            "{item} 的摘要不符：记录为 {expected}，实为 {found}",
            "{item} does not match: on record {expected}, computed {found}",
        ),
    }
)

NOTES: Sentences = MappingProxyType(
    {
        "SITE_FILE_MISSING": ("未见文件 {item}", "File {item} is not there"),
        "TABLE_UNKNOWN": ("未声明的数据表 {item}，未核验", "Table {item} is not ours: not checked"),
        "COLUMN_UNKNOWN": (
            "未声明的数据列 {item}，未核验",
            "Column {item} is not ours: not checked",
        ),
        "ROW_REWRITTEN": (
            "数据 {item} 曾经改写，最近见日志 {found}",
            "Row {item} was written more than once, last by log {found}",
        ),
        "PERSONAL_UNREFERENCED": (
            "个人信息 {item} 无处引用",
            "Personal data {item} is referred to by nothing",
        ),
        "DISPOSED_UNDER": (
            "{found} 份原始文件已依证明 {item} 处置，元数据与摘要仍在",
            "{found} originals were disposed of under {item}; metadata and digests are here",
        ),
        "DISPOSAL_UNFINISHED": (
            "批次 {item} 的处置尚未完成（{found} 份），下次启动时继续",
            "The disposal of {item} ({found} originals) is not finished: the next start goes on",
        ),
        "SHOULD_BE_DISPOSED": (
            "{item} 应已处置（证明 {found}），但原始文件又出现在存储库中：请两人复核后再次处置",
            "{item} should be gone by {found}, and is in the vault again: dispose of it anew",
        ),
        "COPIES_ELSEWHERE": (
            "另有 {found} 份副本在其他存储库，未核验",
            "{found} more copies are in other vaults: not checked",
        ),
        "DIGEST_NOT_CHECKED": (
            "{item} 的算法 {found} 未能核验",
            "{item} uses {found}, which was not checked",
        ),
        "ORPHAN_FILE": (
            "存储库中的 {item} 尚无记录，下次启动时收录",
            "{item} has no row yet; the next start adopts it",
        ),
    }
)

STATES: Sentences = MappingProxyType(
    {
        "VERIFIED": (
            "核验通过，全部原始文件已逐字节核对",
            "Verified, every byte of every original",
        ),
        "FAILED": ("核验发现问题", "Something is not as it was sealed"),
        "QUICK_ONLY": (
            "仅快速核对：未读取原始文件内容",
            "A quick look only: the content of originals was not read",
        ),
        "NOT_CHECKED": (
            "未发现问题，但原始文件未（全部）核验",
            "Nothing wrong was found, but not every original was checked",
        ),
    }
)

REACHES: Sentences = MappingProxyType(
    {
        "INTERNAL": (
            "未提供外部公钥或检查点：只证明本库前后一致，不能排除持有日志密钥者整体重写",
            (
                "No key or checkpoint came from outside: this shows only that the store agrees with"
                " itself; whoever holds the log key could have rewritten it whole"
            ),
        ),
        "KEY": (
            (
                "以您提供的公钥为准，其签名覆盖 {entries} 条记录中的前 {signed} 条：可排除无密钥者改动"
                "这些记录，不能排除密钥持有者整体重写，也不能排除任何人把整个站点换成旧备份"
            ),
            (
                "Anchored in the key you gave, whose signatures cover the first {signed} of {entries}"
                " entries: excludes change of these by anyone without the log key; not a rewriting by"
                " its holder, nor an older copy of the whole site put back by anybody"
            ),
        ),
        "CHECKPOINT": (
            "以您提供的检查点为准：其签名之前的记录自那时起未变；其后的记录仅凭密钥",
            (
                "Anchored in the checkpoint you gave: nothing before it changed since it was made;"
                " what came after rests on the key"
            ),
        ),
    }
)
