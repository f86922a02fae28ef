#!/usr/bin/env bash
# The ledger's own database and role, beside Airflow's; runs once, in an empty volume.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -v password="$LEDGER_PASSWORD" -U airflow <<'SQL'
create role guiji login password :'password';
create database guiji owner guiji;
SQL
