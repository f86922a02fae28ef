"""What a row does to its record: state, withdraw (撤销) or restore it (恢复).

A row that restores says what a row without a word says; it also counts where it equals
an older version of its record. So does a row that withdraws a restored record once
more (再次撤销).
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from guiji.domain import columns, text
from guiji.parsing.items import Context, Parsed

COLUMN = "_operation"
UPSERT, REVOKE = "upsert", "revoke"
WORDS = {"新增": UPSERT, "变更": UPSERT, "撤销": REVOKE}
RESTORE = "恢复"
REVOKE_AGAIN = "再次撤销"
KNOWN = {**WORDS, RESTORE: RESTORE, REVOKE_AGAIN: REVOKE_AGAIN}


def operations(
    context: Context, parsed: Mapping[str, Parsed], delivered: pa.Array | None
) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Describe what each row does.

    Args:
        context: the dataset with its status mapping.
        parsed: item -> its columns, n rows each.
        delivered: the 操作 column, if there is one. Where it is empty, the status of
            the record decides, and where it says 恢复.

    Returns:
        upsert or revoke (null where the word is not known), whether it is known, and
        whether the row also counts where it equals an older version of its record.

    Source:
        阳府〔2018〕60号 第十一条 (变更、撤销).
    """
    by_status = _by_status(context, parsed)
    if delivered is None:
        size = len(by_status)
        always = columns.constant(True, size, pa.bool_())
        return by_status, always, columns.constant(False, size, pa.bool_())
    word = text.clean(delivered)
    said = columns.mapped(word, lambda w: KNOWN.get(text.half_width_one(w) or w))
    ok = pc.or_(said.is_valid(), word.is_null())
    restores = pc.fill_null(pc.equal(said, RESTORE), False)
    revokes_again = pc.fill_null(pc.equal(said, REVOKE_AGAIN), False)
    by_word = pc.if_else(revokes_again, REVOKE, said)
    unsaid = pc.or_(word.is_null(), restores)
    operation = pc.if_else(unsaid, by_status, by_word)
    return operation, ok, pc.or_(restores, revokes_again)


def _by_status(context: Context, parsed: Mapping[str, Parsed]) -> pa.Array:
    status = context.dataset.status
    if status is None:
        size = len(next(iter(parsed.values())).content)
        return columns.constant(UPSERT, size, pa.string())
    names = context.names.get(status.item)
    codes = {
        (names.find(value) if names else None) or value for value in status.revoked
    }
    revoked = pc.is_in(parsed[status.item].content, pa.array(sorted(codes)))
    return pc.if_else(revoked, REVOKE, UPSERT)
