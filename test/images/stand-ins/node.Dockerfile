# Stands in for node:24-bookworm-slim: the Node 24 of `npm ci` and the npm that runs this suite, on a bare Debian.
ARG DEBIAN_IMAGE
FROM ${DEBIAN_IMAGE}
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
