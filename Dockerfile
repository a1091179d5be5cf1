# Node 24 LTS is what ships; that the service also runs on the floor of package.json is CI's to prove.
# An exact version, here and in docker-compose.yml: CONTRIBUTING.md says how it moves. CI takes its Node 24 from this line.
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app

FROM base AS build
COPY .npmrc package.json package-lock.json ./
# Nothing here needs an install script, so none may run.
RUN npm ci --ignore-scripts
COPY nest-cli.json tsconfig.build.json tsconfig.json ./
COPY scripts/bundle.mjs scripts/
COPY src src
# Not `npm run build`: that compiles the simulator as well.
RUN npx --no-install nest build && node scripts/bundle.mjs

FROM build AS build-simulator
COPY simulator simulator
RUN npx --no-install tsc -p simulator/tsconfig.json

# `--omit=optional` leaves out TypeScript, an optional peer of @nestjs/swagger that only its build-time plug-in uses.
# What the two `find` delete is more than half of what is left: type declarations, source maps, sources and tests that
# no running process opens, and OpenTelemetry's builds for bundlers. READMEs stay with the LICENSE files, since some packages state their licence only there.
FROM base AS dependencies
COPY .npmrc package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts \
  && find node_modules -mindepth 2 -type d \( -name test -o -name tests -o -name benchmark -o -name benchmarks \
    -o -name .github -o -path 'node_modules/@opentelemetry/*/build/es*' \) -prune -exec rm -r {} + \
  && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.md' \) \
    ! -iname 'readme*' ! -iname '*licen[cs]e*' ! -iname 'notice*' -exec rm {} + \
  && find node_modules -type d -empty -delete

# The desk for demos and tests: a target of its own (`--target simulator`), so that the service's image has no trace of it.
FROM base AS simulator
ENV NODE_ENV=production SIMULATOR_HOST=0.0.0.0 SIMULATOR_PORT=8787
COPY package.json ./
COPY --from=build-simulator /app/dist/simulator dist/simulator
USER node
EXPOSE 8787
HEALTHCHECK --interval=2s --timeout=2s --start-period=5s --retries=5 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SIMULATOR_PORT}/simulator`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/simulator/main.js"]

# The last stage is what a plain `docker build .` makes.
FROM base AS service
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="desk-bff" \
  org.opencontainers.image.description="A plain, cached HTTP resource for the chat records of Tencent Cloud Desk sessions" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.licenses="UNLICENSED" \
  org.opencontainers.image.base.name="docker.io/library/node:24.21.0-bookworm-slim"
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
# The files belong to root: the process can read itself, not change itself.
USER node
EXPOSE 3000
# node asks itself, since the slim image has neither curl nor wget. A cache that is down is still "ready".
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Exec form: node is PID 1 itself, so SIGTERM reaches it and requests in flight are answered.
# 16 MB for young objects, as on Node 20: with its own choice Node 24 takes 451 MB instead of 372 for the same load, and is
# not faster.
CMD ["node", "--max-semi-space-size=16", "dist/main.js"]
