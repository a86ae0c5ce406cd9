#!/bin/sh
# Runs once, on an empty volume.
psql --username postgres --dbname postgres --quiet --set ON_ERROR_STOP=1 \
  --set user="$SHOP_USER" --set password="$SHOP_PASSWORD" --set database="$SHOP_DATABASE" <<'SQL'
SELECT format('CREATE ROLE %I', :'user') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'user') \gexec
ALTER ROLE :"user" LOGIN PASSWORD :'password';
SELECT format('CREATE DATABASE %I', :'database')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
ALTER DATABASE :"database" OWNER TO :"user";
SELECT 'CREATE ROLE metrics LOGIN IN ROLE pg_monitor' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'metrics') \gexec
SQL
