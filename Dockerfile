# The image of every Guiji service; packages come from the hashed lock only.
FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/guiji
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && useradd --uid 50000 --create-home airflow \
    && mkdir -p /srv/guiji /opt/airflow/logs \
    && chown -R airflow /srv/guiji /opt/airflow
USER airflow
ENV AIRFLOW_HOME=/opt/airflow GUIJI_HOME=/opt/guiji
