# One image for every nodetide process: `docker build -t nodetide .`, then e.g. `docker run nodetide worker`.
ARG NODE_IMAGE=node:20-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
COPY deploy deploy
COPY shared shared
COPY services services
RUN node deploy/prepare.mjs

FROM ${NODE_IMAGE} AS production-modules
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM ${NODE_IMAGE}
# tini: signals reach the program and no zombie stays.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates tini \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=production-modules /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
COPY deploy/entrypoint.mjs deploy/entrypoint.mjs
COPY deploy/lib/secrets.mjs deploy/lib/secrets.mjs
# The image's own unprivileged user; nothing below /app belongs to it, so the file system can be read-only.
USER node
ENTRYPOINT ["tini", "--", "node", "/app/deploy/entrypoint.mjs"]
CMD ["--help"]
# Well when the process this container runs has told Redis of itself lately. The page has a check of its own.
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s --retries=3 \
  CMD ["node", "/app/deploy/entrypoint.mjs", "health"]
