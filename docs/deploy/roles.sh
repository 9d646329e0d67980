#!/bin/sh
# Runs once, when the postgres container makes its cluster: the owner who migrates and the role that serves.
set -eu
owner=$(cat /run/secrets/owner_password)
app=$(cat /run/secrets/app_password)
psql --set ON_ERROR_STOP=1 --username postgres --set owner="$owner" --set app="$app" <<'SQL'
CREATE ROLE posasoft_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE posasoft_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app';
GRANT posasoft_app TO posasoft_owner;
CREATE ROLE posasoft_households NOLOGIN;
CREATE ROLE posasoft_lists NOLOGIN;
CREATE ROLE posasoft_programmes NOLOGIN;
CREATE ROLE posasoft_self NOLOGIN;
GRANT posasoft_households, posasoft_lists, posasoft_programmes, posasoft_self TO posasoft_app WITH INHERIT FALSE, SET TRUE;
CREATE DATABASE posasoft OWNER posasoft_owner;
SQL
