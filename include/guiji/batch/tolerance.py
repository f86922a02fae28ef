"""Whether a delivery as a whole may be taken in, by what the department has here."""

import pyarrow as pa

from guiji.catalog.model import Dataset
from guiji.checking.findings import BatchInput
from guiji.errors import BatchRefused
from guiji.settings import Settings


def mass_change(
    settings: Settings, batch: BatchInput, dataset: Dataset, typed: pa.Table
) -> BatchRefused | None:
    """Refuse a full delivery that would take away too much at once.

    Args:
        settings: where the warehouse is.
        batch: the delivery.
        dataset: says how much may go (`mass_change_limit`).
        typed: its parsed rows.

    Source:
        贵州省企业公共信用信息平台运行管理规则(试行) 第二十五条.
    """
    if dataset.delivery != "full":
        return None
    from guiji.warehouse import merge  # noqa: PLC0415 - needed for few deliveries

    share = merge.mass_change(settings, dataset, batch.department, typed)
    if share <= dataset.mass_change_limit:
        return None
    return BatchRefused(
        "MASS_CHANGE",
        f"{batch.batch_id}: would revoke {share:.1%} of the department's records",
        f"《{batch.source_file}》为全量报送,与现有记录相比将撤销 {share:.1%} 的"
        f"记录,超过目录规定的 {dataset.mass_change_limit:.0%}。",
        "请核对是否漏报;确需撤销的,请分批报送并注明“撤销”,或联系平台。",
    )
