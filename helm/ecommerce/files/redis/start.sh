#!/bin/sh
set -eu
umask 077
decoded() { printf '%b' "$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/%\([0-9A-Fa-f][0-9A-Fa-f]\)/\\x\1/g')"; }
address=${REDIS_URL:-}
login=${address#*://}
cp /etc/storefront/redis.conf /tmp/redis.conf
if [ "$login" != "${login#*@}" ]; then
  login=${login%@*}
  printf 'requirepass "%s"\n' "$(decoded "${login#*:}" | sed 's/["\\]/\\&/g')" >>/tmp/redis.conf
fi
exec redis-server /tmp/redis.conf
