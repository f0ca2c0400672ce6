# The image of `salesapi serve`, `work` and `migrate`; engines come from outside (see compose.yaml).
# Not run here: no container engine was at hand. Build: docker build -t salesapi .

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/salesapi
COPY requirements-serve.txt .
RUN /opt/salesapi/bin/pip install --require-hashes -r requirements-serve.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN pip install "setuptools==84.2.1" \
    && pip wheel --no-deps --no-build-isolation --wheel-dir /build/wheels . \
    && /opt/salesapi/bin/pip install --no-deps /build/wheels/*.whl

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin salesapi \
    && install -d -o 10001 -g 10001 -m 0700 /var/lib/salesapi
COPY --from=build /opt/salesapi /opt/salesapi
ENV PATH=/opt/salesapi/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SALESAPI_HOST=0.0.0.0 \
    SALESAPI_PORT=8000 \
    SALESAPI_KEY_FILE=/var/lib/salesapi/key-encryption.key
USER 10001
VOLUME /var/lib/salesapi
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"SALESAPI_PORT\"]}/healthz', timeout=2)"]
ENTRYPOINT ["salesapi"]
CMD ["serve"]
