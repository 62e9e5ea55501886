#!/usr/bin/env bash
# What migrate.yml calls, for node-pg-migrate (https://salsita.github.io/node-pg-migrate).
# DATABASE_URL leads to the database, and migrations/ is where they lie.
set -euo pipefail

command=$1 count=${2:-1}
case $command in
  status) npx node-pg-migrate up --dry-run ;;
  verify) # every migration that was done is one of this version, in its order
    npx node-pg-migrate up --dry-run --check-order ;;
  data-integrity) npm run --silent test:data-integrity ;;
  up) npx node-pg-migrate up ;;
  # All of them in one transaction, or none; and never more than were asked for.
  down) npx node-pg-migrate down "$count" --single-transaction ;;
  *)
    echo "$command is none of status, verify, data-integrity, up and down" >&2
    exit 2
    ;;
esac
