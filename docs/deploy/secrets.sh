#!/bin/sh
# Makes ./secrets for docker-compose.yml: passwords, keys and the addresses that hold them. Never overwrites what is there.
set -eu
cd "$(dirname -- "$0")/../.."
umask 077
mkdir -p secrets
for name in postgres_password owner_password app_password secret_key national_id_key; do
    [ -e "secrets/$name" ] || python3 -c 'import secrets; print(secrets.token_hex(32))' > "secrets/$name"
done
owner=$(cat secrets/owner_password)
app=$(cat secrets/app_password)
echo "postgresql://posasoft_app:$app@pgbouncer:6432/posasoft" > secrets/database_url
echo "postgresql://posasoft_owner:$owner@postgres:5432/posasoft" > secrets/migration_database_url
echo "\"posasoft_app\" \"$app\"" > secrets/pgbouncer_users
# The mail server's password is not ours to invent: empty until somebody writes it in.
[ -f secrets/email_password ] || : > secrets/email_password
# The containers read these as users of their own.
chmod 755 secrets
chmod 644 secrets/*
echo "secrets/ is ready. Keep national_id_key apart from backups of the database: ids cannot be read without it."
