# One image for every service of the lab; docker-compose.yml says which one a container runs.
FROM node:24-bookworm-slim AS base
WORKDIR /waybill

# What the services need at run time: without the tools of tests and pages, and without types and source maps.
FROM base AS modules
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional && \
    find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' \) -delete

# The journey page, built by tools that no other stage has: what is left is a script, a style sheet and an icon.
FROM base AS page
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY otel ./otel
COPY traces ./traces
COPY dashboards ./dashboards
RUN mv "$(node dashboards/journey/build.ts .waybill)" page && chmod -R u=rwX,go=rX page

# The sources as every user can read them, whatever the umask of the clone, and what is made from them:
# static files under hashed names, compressed, for the proxy.
FROM base AS sources
COPY --from=modules /waybill/node_modules ./node_modules
COPY package.json ./
COPY otel ./otel
COPY runtime ./runtime
COPY traces ./traces
COPY scenarios ./scenarios
COPY services ./services
COPY lessons ./lessons
RUN WAYBILL_STATIC_ROOT=/waybill/static node services/app/collectstatic.ts && \
    mkdir -p .waybill/releases .waybill/secrets .waybill/tls .waybill/keys && \
    chmod -R u=rwX,go=rX $(ls -A | grep -v node_modules)

FROM base
COPY --from=modules /waybill/node_modules ./node_modules
COPY --from=sources /waybill/package.json ./
COPY --from=sources --chown=node:node /waybill/static ./static
COPY --from=page /waybill/page ./page
COPY --from=sources --chown=node:node /waybill/.waybill ./.waybill
COPY --from=sources /waybill/otel ./otel
COPY --from=sources /waybill/runtime ./runtime
COPY --from=sources /waybill/traces ./traces
COPY --from=sources /waybill/scenarios ./scenarios
COPY --from=sources /waybill/services ./services
COPY --from=sources /waybill/lessons ./lessons
USER node
ENV WAYBILL_HOST=0.0.0.0 WAYBILL_ADDRESSES=services/addresses/addresses.compose \
    WAYBILL_STATIC_ROOT=/waybill/static WAYBILL_PAGE_DIR=/waybill/page
CMD ["node", "services/visitor/main.ts"]
