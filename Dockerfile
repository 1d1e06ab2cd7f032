# One image for every service of the lab; docker-compose.yml says which one a container runs.
FROM node:24-bookworm-slim
WORKDIR /waybill
COPY package.json package-lock.json .npmrc ./
# The image brings its own Node 24, and needs no tool of the tests.
RUN npm ci --omit=dev --omit=optional
COPY otel ./otel
COPY runtime ./runtime
COPY traces ./traces
COPY scenarios ./scenarios
COPY services ./services
# Static files under hashed names, compressed, for the proxy.
ENV WAYBILL_STATIC_ROOT=/waybill/static
RUN node services/app/collectstatic.ts
# State (the embedded store's) is a volume; it belongs to the user who writes it.
RUN mkdir .waybill && chown node:node .waybill
VOLUME /waybill/.waybill
USER node
ENV WAYBILL_HOST=0.0.0.0 WAYBILL_ADDRESSES=services/addresses/addresses.compose
CMD ["node", "services/visitor/main.ts"]
