#!/bin/sh
# Makes the passwords of deploy/compose.yaml, each once: what is there stays. Run it as root, so that each file belongs to the
# group of the container that reads it:  sh deploy/make-secrets.sh deploy/secrets
set -eu
umask 077
folder=${1:?"name the folder for the secrets, such as deploy/secrets"}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"
# Other users of this machine stay out; the containers are given single files.
chmod 0711 "$folder"

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { # keep NAME GROUP TEXT
  if [ -e "$folder/$1" ]; then return 0; fi
  printf '%s\n' "$3" >"$folder/$1.new"
  if [ "$(id -u)" = 0 ]; then chown "0:$2" "$folder/$1.new"; fi
  chmod 0440 "$folder/$1.new"
  mv "$folder/$1.new" "$folder/$1"
}

keep postgres-superuser 999 "$(random)"
keep postgres-owner 999 "$(random)"
keep database-url 10001 "postgresql://halflight:$(cat "$folder/postgres-owner")@postgres:5432/halflight"
keep redis-url 10001 "redis://halflight:$(random)@redis:6379"
password=$(sed 's/.*:\([0-9a-f]*\)@.*/\1/' "$folder/redis-url")
hash=$(printf '%s' "$password" | sha256sum | cut -d ' ' -f 1)
keep redis-users 999 "$(sed "s/PASSWORD_SHA256/$hash/" "$here/redis-users.acl")"
if [ "$(id -u)" != 0 ]; then
  echo "Not run as root: give database-url and redis-url to group 10001, and the other files to group 999." >&2
fi
