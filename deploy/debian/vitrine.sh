#!/bin/sh
# Runs the commands of Vitrine as its user, with the settings of the service: vitrine COMMAND
set -eu
# Commands run in the folder of the code, where a path relative to the caller's would be another one.
require_full_path() {
  case $1 in
    /* | -) ;;
    *) echo "Write the full path instead of $1, such as $PWD/$1" >&2 && exit 1 ;;
  esac
}
before=
for argument in "$@"; do
  case $before:$argument in
    :* | --blobs:*) ;;
    --base:* | --policy:* | --trust-policy:* | --keys:* | --about:* | --usage:*) require_full_path "$argument" ;;
    *:--base=* | *:--policy=* | *:--trust-policy=* | *:--keys=* | *:--about=* | *:--usage=*) require_full_path "${argument#*=}" ;;
    *:-*) ;;
    *) case $1 in backup | restore) require_full_path "$argument" ;; esac ;;
  esac
  before=$argument
done
if [ "$(id -u)" != 0 ]; then
  echo "vitrine reads the settings of the service. Run it as root, such as with sudo." >&2
  exit 1
fi
# As systemd reads them, because a shell would take < in SMTP_FROM for a redirection.
while IFS= read -r line || [ -n "$line" ]; do
  case $line in
    '' | '#'* | ';'*) continue ;;
    *=*) ;;
    *) echo "/etc/vitrine/vitrine.env has a line without =. Correct it: $line" >&2 && exit 1 ;;
  esac
  name=${line%%=*}
  value=${line#*=}
  case $value in
    \"*\") value=${value#\"} && value=${value%\"} ;;
    \'*\') value=${value#\'} && value=${value%\'} ;;
  esac
  export "$name=$value"
done </etc/vitrine/vitrine.env
export NODE_ENV=production DATA_DIR=/var/lib/vitrine HOME=/var/lib/vitrine
cd /usr/lib/vitrine
exec setpriv --reuid=vitrine --regid=vitrine --init-groups --no-new-privs \
  node_modules/.bin/node scripts/vitrine.ts "$@"
