# Stands in for localstack/localstack: the same release from PyPI, on a bare Debian, without Docker inside.
ARG BASE
FROM ${BASE}
COPY requirements.txt /tmp/requirements.txt
RUN --mount=type=cache,target=/tmp/pip \
    --mount=type=secret,id=ca,target=/run/ca.pem \
    if [ -s /run/ca.pem ]; then export PIP_CERT=/run/ca.pem; fi; \
    python3 -m venv /opt/localstack && /opt/localstack/bin/pip install --quiet --cache-dir /tmp/pip --requirement /tmp/requirements.txt
ENV GATEWAY_SERVER=hypercorn GATEWAY_LISTEN=0.0.0.0:4566 OVERRIDE_IN_DOCKER=0 DNS_ADDRESS=0 \
    FILESYSTEM_ROOT=/var/lib/localstack PATH=/opt/localstack/bin:$PATH
CMD ["python", "-m", "localstack.runtime.main"]
