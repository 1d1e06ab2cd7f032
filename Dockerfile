# One image: by default the whole lab with its own trace store; docker-compose.yml runs one service of it in each container.
# docker run --rm -p 8190:8190 -p 8180:8180 IMAGE
FROM node:24-bookworm-slim AS base
WORKDIR /waybill

# The package, as `npm run pack` makes it, and static files under hashed names, compressed, for the proxy.
FROM base AS package
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run pack && mkdir /package && tar xzf waybill-*.tgz --no-same-owner --strip-components=1 -C /package
WORKDIR /package
RUN mkdir /writable && WAYBILL_STATIC_ROOT=/writable/static node dist/services/app/collectstatic.js
RUN mkdir runtime && cp /waybill/runtime/healthcheck.sh runtime && cp -r /waybill/lessons . && \
    cp /waybill/services/addresses/addresses.* services/addresses && chmod -R u=rwX,go=rX . && \
    cd /writable && mkdir -p .waybill/releases .waybill/secrets .waybill/tls .waybill/keys

FROM base
COPY --from=package /package ./
COPY --from=package --chown=node:node /writable ./
RUN mkdir /home/node/.waybill && chown node:node /home/node/.waybill
USER node
# What the whole lab writes, so that `--read-only` leaves it writable.
VOLUME /home/node/.waybill
ENV NODE_OPTIONS=--enable-source-maps WAYBILL_HOST=0.0.0.0 \
    WAYBILL_STATIC_ROOT=/waybill/static WAYBILL_PAGE_DIR=/waybill/dist/page
CMD ["node", "lab/guard.js", "up"]
