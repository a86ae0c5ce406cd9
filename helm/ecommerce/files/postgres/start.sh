#!/bin/sh
# The shop's user, password and database are those of DATABASE_URL, which alone names them. The superuser's password
# is known to nobody: within the pod none is asked for.
set -eu
decoded() { printf '%b' "$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/%\([0-9A-Fa-f][0-9A-Fa-f]\)/\\x\1/g')"; }
fail() { echo "$1" >&2; exit 1; }
address=${DATABASE_URL#*://}
[ "$address" != "${address#*@}" ] || fail "DATABASE_URL names no user: postgresql://user:password@host:port/name"
login=${address%@*}
name=${address##*@}
[ "$name" != "${name#*/}" ] || fail "DATABASE_URL names no database: postgresql://user:password@host:port/name"
[ "$login" != "${login#*:}" ] || fail "DATABASE_URL names no password: postgresql://user:password@host:port/name"
name=${name#*/}
SHOP_USER=$(decoded "${login%%:*}")
SHOP_PASSWORD=$(decoded "${login#*:}")
SHOP_DATABASE=$(decoded "${name%%\?*}")
POSTGRES_PASSWORD=$(head -c 32 /dev/urandom | base64)
export SHOP_USER SHOP_PASSWORD SHOP_DATABASE POSTGRES_PASSWORD
exec docker-entrypoint.sh "$@"
