"""Connections to servers and databases of departments, configured as Airflow's."""
