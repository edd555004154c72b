#!/bin/sh
# Brings Temporal's two databases to the schema of this release of Temporal. Safe to run again: data is kept.
# Where and as whom: SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD, read by temporal-sql-tool.
set -eu

schemas=${TEMPORAL_SCHEMAS:-/etc/temporal/schema/postgresql/v12}

temporal-sql-tool --database temporal setup-schema --version 0.0
temporal-sql-tool --database temporal update-schema --schema-dir "$schemas/temporal/versioned"
temporal-sql-tool --database temporal_visibility setup-schema --version 0.0
temporal-sql-tool --database temporal_visibility update-schema --schema-dir "$schemas/visibility/versioned"
