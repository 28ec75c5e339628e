#!/bin/sh
# Turns a copy of the project into what the image and the Debian package install: built pages, and only the dependencies of a running site.
set -eu
cd "$(dirname "$0")/.."
if [ -e .git ]; then
  echo "This deletes most of node_modules. Run it in a copy of the project, such as one that git archive makes." >&2
  exit 1
fi

# The image and the package are passed on, so no site's passwords may be in them.
secrets=$(find . -name node_modules -prune -o \( -name .env -o -name '.env.*' \) ! -name .env.example -print)
if [ -n "$secrets" ]; then
  echo "Remove these files, which may hold passwords, from the copy:" >&2
  echo "$secrets" >&2
  exit 1
fi

# Installs the dependencies and builds the pages.
npm run vitrine -- serve --help
# The Prisma client lists its command line as an optional peer, so npm would keep it.
npm pkg delete devDependencies dependencies.prisma
npm prune --ignore-scripts --no-audit --no-fund --loglevel=error
npm sbom --sbom-format=cyclonedx >sbom.cdx.json

rm -rf .next/cache e2e node_modules/.cache node_modules/@next/swc-* node_modules/@electric-sql \
  node_modules/node-linux-*/include node_modules/node-linux-*/share
find node_modules .next -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete
# Query compilers of other databases.
find node_modules/@prisma/client/runtime -type f \
  \( -name '*.cockroachdb.*' -o -name '*.mysql.*' -o -name '*.sqlite.*' -o -name '*.sqlserver.*' \) -delete
