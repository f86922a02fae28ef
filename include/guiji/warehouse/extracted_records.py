"""What the warehouse holds from one table of a department's database."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Dataset
from guiji.core.settings import Settings
from guiji.engine.open import open_engine
from guiji.engine.sql import kinds, statement
from guiji.intake.databases.deletion_detection import PRESENT, DeletionComparison
from guiji.storage import dataset_files
from guiji.storage.storage_errors import explained
from guiji.storage.table_store import scratch, table_store
from guiji.warehouse import relations

STANDING = ("record_id", "record_key", "owner", "operation", "batch_id", "source_row")
COUNT = (
    "select count(*) as n from standing "
    "inner join extracted on standing.batch_id = extracted.batch_id "
    "where standing.owner = $owner and standing.operation <> 'revoke'"
)


@explained
def compare(
    settings: Settings,
    dataset: Dataset,
    department: str,
    extracted: pa.Table,
    present: Path,
) -> DeletionComparison:
    """Compare a table with the records that stand as its extracts stated them.

    Args:
        settings: where the warehouse is.
        dataset: the catalogue entry.
        department: whose records they are.
        extracted: `sweep.EXTRACTED`, the batches that came from the table.
        present: Parquet file of `sweep.PRESENT`, the rows that the table has.

    Source:
        阳府〔2018〕60号 第十一条 (撤销).
    """
    where = table_store(settings)
    files = dataset_files.of_dataset(dataset_files.open_records(where), dataset.id)
    owner = {"owner": department}
    with scratch(settings) as aside, open_engine(settings, aside / "spill") as engine:
        relations.bind(engine, where, dataset, files)
        engine.view("standing", relations.standing(STANDING))
        engine.rows("extracted", extracted)
        engine.files("present", [str(present)], kinds(PRESENT))
        standing = engine.fetch(COUNT, owner)["n"][0].as_py()
        rows = engine.fetch(statement(settings, "warehouse/swept"), owner)
    return DeletionComparison(
        standing,
        gone=rows.filter(pc.invert(rows["is_back"])),
        back=rows.filter(rows["is_back"]),
    )
