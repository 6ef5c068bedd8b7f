# One image for every part of an installation: web (`serve`), worker (`work`), schema (`migrate`).
# The first stage makes the wheel as `make wheel` does; the second has the locked packages, those for traces among them,
# and the wheel, and no sources.
FROM python:3.13-bookworm AS build
WORKDIR /src
COPY . .
RUN make wheel

FROM python:3.13-slim-bookworm
# DejaVu and Noto draw the letters of pictures that people upload.
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-dejavu-core fonts-noto-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin spaces \
 && install -d -o spaces -g spaces -m 0750 /data
COPY --from=build /src/requirements/app.txt /src/requirements/tracing.txt /src/dist/*.whl /install/
RUN pip install --no-cache-dir --require-hashes -r /install/app.txt \
 && pip install --no-cache-dir --require-hashes -r /install/tracing.txt \
 && pip install --no-cache-dir --no-deps --no-index /install/*.whl \
 && rm -r /install
ENV LTI_TOOL_CONFIG=production \
    LTI_TOOL_DATA_DIR=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER spaces
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["lti-tool"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
