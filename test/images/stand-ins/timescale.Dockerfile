# Stands in for timescale/timescaledb: Postgres 18 and the Apache edition of TimescaleDB from Debian, with as much of
# the official entry point as the compose file relies on.
ARG BASE
FROM ${BASE}
ENV PATH=/usr/lib/postgresql/18/bin:$PATH PGDATA=/var/lib/postgresql/18/docker
COPY timescale-entry.sh /usr/local/bin/docker-entrypoint.sh
RUN rm -rf /var/lib/postgresql/* \
    && install --directory --owner=postgres --group=postgres --mode=1777 /var/lib/postgresql \
    && chmod 755 /usr/local/bin/docker-entrypoint.sh
VOLUME /var/lib/postgresql
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
