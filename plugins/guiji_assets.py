"""The assets that pass a night from one DAG to the next, partitioned by night."""

from airflow.sdk import Asset

WAREHOUSE = Asset("guiji_warehouse", uri="guiji://warehouse")
PUBLICATION = Asset("guiji_publication", uri="guiji://publication")
REPORTS = Asset("guiji_reports", uri="guiji://reports")
