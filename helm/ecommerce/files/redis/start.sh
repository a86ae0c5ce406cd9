#!/bin/sh
# The password is that of REDIS_URL, else one made of SECRET_KEY; the shop's settings make the same (settings/redis.py).
# The server itself gets neither variable.
set -eu
umask 077
decoded() { printf '%b' "$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/%\([0-9A-Fa-f][0-9A-Fa-f]\)/\\x\1/g')"; }
login=${REDIS_URL:-}
login=${login#*://}
case $login in
*:?*@*)
  login=${login%@*}
  password=$(decoded "${login#*:}")
  ;;
*)
  key=${SECRET_KEY:-$(cat "$SECRET_KEY_FILE")}
  [ -n "$key" ] || { echo "SECRET_KEY is not set" >&2; exit 1; }
  password=$(printf 'redis:%s' "$key" | tr -d '[:space:]' | sha256sum | cut -d' ' -f1)
  ;;
esac
{
  cat /etc/storefront/redis.conf
  printf 'requirepass "%s"\n' "$(printf '%s' "$password" | sed 's/["\\]/\\&/g')"
} >/tmp/redis.conf
exec env -u REDIS_URL -u SECRET_KEY redis-server /tmp/redis.conf
