# BASE is any image of Debian or Ubuntu with Python >= 3.11 and its venv module.
ARG BASE=python:3.13-slim
FROM ${BASE} AS build

# host-ca.crt is optional: the certificates of a proxy that opens TLS.
COPY requirements.lock requirements-build.lock host-ca.crt* /src/
RUN python3 -m venv /venv && python3 -m venv /build \
 && if [ -f /src/host-ca.crt ]; then export PIP_CERT=/src/host-ca.crt; fi \
 && /venv/bin/pip install --no-cache-dir --require-hashes -r /src/requirements.lock \
 && /build/bin/pip install --no-cache-dir --require-hashes -r /src/requirements-build.lock

COPY . /src/
RUN cd /src \
 && /build/bin/pip wheel --no-deps --no-index --no-build-isolation --wheel-dir /wheel . \
 && /venv/bin/pip install --no-deps --no-index /wheel/*.whl

FROM ${BASE}
COPY --from=build /venv /venv
RUN useradd --uid 10001 --no-create-home gonogo \
 && install -d -o gonogo /data
USER gonogo
# /data is the one place the bot writes to: run with --read-only and a volume there.
VOLUME /data
WORKDIR /data
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite+aiosqlite:////data/gonogo.db \
    GONOGO_CONFIG=/data/gonogo.yaml \
    PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python3", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=2)"]
CMD ["gonogo", "serve"]
