"""What differs between databases: how a read-only snapshot begins, and how they refuse.

One table for each, so that a new kind of database is a new line. Every connection
answers within a limited time, sees one state of the data from its first statement to
its last, may change nothing, and speaks UTF-8 and Shanghai's time where the database
converts times at all.

PostgreSQL, MariaDB and SQLite are tested; the others follow their documentation
(docs/databases.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from guiji.core.business_date import TIME_ZONE
from guiji.core.errors import SourceUnavailable

CONNECT_SECONDS = 15
STATEMENT_SECONDS = 30 * 60
LOCK_SECONDS = 5
SILENT_SECONDS = 5 * 60
"""How long a database waits for us to fetch on, before it ends the transaction."""


@dataclass(frozen=True)
class Dialect:
    """How a kind of database is read.

    Attributes:
        arguments: of the driver's `connect`.
        opening: statements that begin the snapshot, in this order.
    """

    arguments: Mapping[str, Any] = field(default_factory=dict)
    opening: tuple[str, ...] = ()


_SOCKET = {
    "connect_timeout": CONNECT_SECONDS,
    "read_timeout": STATEMENT_SECONDS + 60,
    "write_timeout": 60,
    "charset": "utf8mb4",
}
_SNAPSHOT = (
    "set session transaction isolation level repeatable read",
    f"set session lock_wait_timeout = {LOCK_SECONDS}",
    f"set session innodb_lock_wait_timeout = {LOCK_SECONDS}",
    f"set session net_write_timeout = {SILENT_SECONDS}",
    "set session time_zone = '+08:00'",
    "start transaction with consistent snapshot, read only",
)
_READ_ONLY = ("set transaction isolation level repeatable read read only",)

DIALECTS: Mapping[str, Dialect] = {
    "sqlite": Dialect({"timeout": LOCK_SECONDS}, ("begin",)),
    "postgresql": Dialect(
        {
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "guiji",
            "options": f"-c statement_timeout={STATEMENT_SECONDS}s "
            f"-c lock_timeout={LOCK_SECONDS}s "
            f"-c idle_in_transaction_session_timeout={SILENT_SECONDS}s "
            f"-c timezone={TIME_ZONE}",
        },
        _READ_ONLY,
    ),
    "mariadb": Dialect(
        _SOCKET, (f"set session max_statement_time = {STATEMENT_SECONDS}", *_SNAPSHOT)
    ),
    "mysql": Dialect(
        _SOCKET,
        (f"set session max_execution_time = {STATEMENT_SECONDS * 1000}", *_SNAPSHOT),
    ),
    "mssql": Dialect(
        {"login_timeout": CONNECT_SECONDS, "timeout": STATEMENT_SECONDS},
        (
            f"set lock_timeout {LOCK_SECONDS * 1000}",
            "set transaction isolation level snapshot",
        ),
    ),
    "oracle": Dialect(
        {"tcp_connect_timeout": CONNECT_SECONDS}, ("set transaction read only",)
    ),
    "dm": Dialect({}, ("set transaction read only",)),
}
"""SQLAlchemy's name of a dialect -> how it is read. 人大金仓 is a PostgreSQL here."""


def of(dialect: sa.Dialect | type[sa.Dialect]) -> Dialect:
    """Find how a database is read; MariaDB tells that it is none of MySQL's later."""
    is_mariadb = dialect.name == "mysql" and getattr(dialect, "is_mariadb", False)
    return DIALECTS.get("mariadb" if is_mariadb else dialect.name, Dialect())


@dataclass(frozen=True)
class _Refusal:
    """Why a database refused: English for the log, Chinese for the department."""

    reason: str
    notice: str
    remedy: str


_DENIED = _Refusal(
    "the account may not read what the catalogue names",
    "采集账号无权读取目录登记的表或视图",
    "请按授权示例为采集账号授予该视图的查询权限。",
)
_ABSENT = _Refusal(
    "there is no such table, view or column",
    "目录登记的表、视图或字段不存在",
    "请恢复该表、视图或字段；结构确有调整的，请联系平台修改目录。",
)
_TOO_LONG = _Refusal(
    f"the query ran longer than {STATEMENT_SECONDS // 60} minutes, or was cancelled",
    f"查询超过 {STATEMENT_SECONDS // 60} 分钟或被取消",
    "请为更新时间字段和主键字段建立索引，或提供更小的视图。",
)
_LOCKED = _Refusal(
    f"what is to be read stayed locked for {LOCK_SECONDS} seconds",
    "表被其他事务锁定，未能读取",
    "请避开夜间归集时间执行结构变更或批量锁表操作。",
)
_DROPPED = _Refusal(
    "the connection was cut while it was read",
    "读取过程中连接被中断",
    "请检查数据库是否重启、会话是否被终止；下一次归集自动重新读取。",
)
_SILENT = _Refusal(
    "the database does not answer",
    "数据库无法连接",
    "请检查数据库服务、网络和防火墙；恢复后下一次归集自动重新读取。",
)
_LOGIN = _Refusal(
    "the account or its password is refused",
    "采集账号无法登录",
    "请检查采集账号是否停用、密码是否到期，并把变更告知平台。",
)
_SNAPSHOTLESS = _Refusal(
    "the database does not allow a read-only snapshot",
    "数据库未开启快照读取",
    "请由数据库管理员开启快照隔离(ALLOW_SNAPSHOT_ISOLATION)。",
)
_OTHER = _Refusal(
    "the database refused the query",
    "数据库拒绝了查询",
    "请联系平台，一并核对表或视图的结构。",
)

_REFUSALS: Mapping[_Refusal, tuple[str | int, ...]] = {
    # SQLSTATEs of PostgreSQL and 人大金仓, the numbers of MySQL and MariaDB and of SQL
    # Server, below zero those of 达梦, and the names of Oracle
    _DENIED: ("42501", 1044, 1142, 1143, 229, 230, -5504, "ORA-01031", "ORA-41900"),
    _ABSENT: (
        "42P01",
        "42703",
        "3F000",
        1054,
        1103,
        1146,
        1356,
        207,
        208,
        -2106,
        -2111,
        "ORA-00942",
    )
    + ("ORA-00904",),
    _TOO_LONG: ("57014", 1317, 1969, 3024, "ORA-01013", "ORA-00040"),
    _LOCKED: ("55P03", 1205, 1222, -6407, "ORA-00054"),
    _DROPPED: ("57P01", "57P02", "25P03", 1053, 1927, 2006, 2013, "ORA-03113")
    + ("ORA-03135", "DPY-4011"),
    _SILENT: (
        "3D000",
        1040,
        1049,
        1226,
        2003,
        2005,
        -70028,
        "53300",
        "57P03",
        "DPY-6005",
    ),
    _LOGIN: ("28000", "28P01", 1045, 1698, 18456, -2501, "ORA-01017", "ORA-28000")
    + ("ORA-28001",),
    _SNAPSHOTLESS: (3952,),
}
_BY_CODE = {code: refusal for refusal, codes in _REFUSALS.items() for code in codes}
_WORDS: Mapping[str, _Refusal] = {
    "no such table": _ABSENT,
    "no such column": _ABSENT,
    "database is locked": _LOCKED,
}
"""How SQLite, which has no such codes, begins its sentences."""


def unavailable(error: Exception) -> SourceUnavailable:
    """Describe why a database could not be read, without its address or any cell."""
    if isinstance(error, ModuleNotFoundError):
        return SourceUnavailable(f"the driver {error.name} is not installed")
    if isinstance(error, sa.exc.NoSuchModuleError):
        return SourceUnavailable(f"{error}; see docs/databases.md")
    original = getattr(error, "orig", None) or error
    code = _code(original)
    cause = _BY_CODE.get(code) if code is not None else None
    cause = cause or _by_words(original) or _by_kind(error)
    name = type(original).__name__
    seen = name if code is None else f"{name} {code}"
    notice = f"原因：{cause.notice}。\n处理办法：{cause.remedy}"
    return SourceUnavailable(f"{cause.reason} ({seen})", notice)


def _code(error: Any) -> str | int | None:
    """Find the code by which a driver tells what is wrong."""
    first = error.args[0] if error.args else None
    if isinstance(first, int):  # of pymysql and pymssql, finer than their states
        return first
    for name in ("sqlstate", "kbcode"):  # of psycopg, of ksycopg2
        state = getattr(error, name, None)
        if isinstance(state, str):
            return state
    # of oracledb, of dmPython
    code = getattr(first, "full_code", None) or getattr(first, "code", None)
    return code if isinstance(code, str | int) else None


def _by_words(error: Any) -> _Refusal | None:
    said = str(error)
    return next((r for words, r in _WORDS.items() if said.startswith(words)), None)


def _by_kind(error: Exception) -> _Refusal:
    if getattr(error, "connection_invalidated", False):
        return _DROPPED
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError):
        return _SILENT
    return _OTHER
