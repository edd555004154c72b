# syntax=docker/dockerfile:1

# craftsync: one image for every process (`worker`, `listen`, `apply`, the operator's commands).
#
# Debian, not Alpine: Temporal's native core is built for glibc only.
# Left out, because only a checkout needs them: the sandbox (an npm workspace), the one-machine stack of `craftsync up`, and
# its PostgreSQL from npm, which is an optional dependency. `up` says so here. The workflow bundle is built here, so the
# optional compilers are not needed either.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --workspaces=false --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY activities activities
COPY clients clients
COPY config config
COPY connectors connectors
COPY domain domain
COPY ledger ledger
COPY runtime runtime
# Only for the types that clients/up.ts names.
COPY stack stack
COPY webhooks webhooks
COPY workers workers
COPY workflows workflows
RUN npm run build && rm -r dist/stack

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Temporal's core comes for five platforms, 28 MB each, and with its Rust sources: only this platform's is kept.
RUN npm ci --workspaces=false --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
  && cd node_modules/@temporalio/core-bridge \
  && find releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} + \
  && rm -r sdk-core src bridge-macros Cargo.toml Cargo.lock

FROM node:24-bookworm-slim
# Node as process 1 would ignore a SIGTERM that comes before its handlers are installed.
RUN apt-get update && apt-get install --yes --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production \
    CRAFTSYNC_CONFIG=/etc/craftsync/craftsync.yaml
WORKDIR /app
COPY package.json LICENSE ./
COPY bin bin
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
RUN ln -s /app/bin/craftsync.js /usr/local/bin/craftsync
USER node
# No HEALTHCHECK: a worker serves a port only with CRAFTSYNC_WORKER_LISTEN, and one that cannot go on ends, so that a
# restart policy takes over; the listener has /healthz and /readyz.
ENTRYPOINT ["tini", "--", "node", "/app/bin/craftsync.js"]
CMD ["worker"]
