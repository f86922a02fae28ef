#!/usr/bin/env bash
# Airflow with its pages on http://127.0.0.1:8080, without log-in, until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/airflow_env.sh
. scripts/airflow_env.sh
export PATH=$PWD/.venv/bin:$PATH
export AIRFLOW__API__HOST=127.0.0.1
export AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS=True

airflow db migrate >/dev/null
airflow pools import plugins/pools.json >/dev/null
echo "Airflow starts on http://127.0.0.1:8080 (about a minute); Ctrl-C ends it"
# Workers ignore a signal to the group: only the main process may be told to stop.
setsid airflow standalone &
main=$!
trap 'kill -TERM "$main" 2>/dev/null; wait "$main" || true' INT TERM
wait "$main"
