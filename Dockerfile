# One image, three commands. It has been written where no image can be built: build it once before you trust it.
#
#   docker run … quenotte            the web app, on port 8000
#   docker run … quenotte work       a worker
#   docker run … quenotte migrate    once per release, with QUENOTTE_OWNER_DATABASE_URL
#
# The settings are environment variables; the README lists them. PostgreSQL, Valkey and the mail server are yours.

FROM python:3.13-slim

WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY backend backend
COPY pwa pwa
COPY shared shared
RUN python -m compileall -q backend && useradd --system --no-create-home quenotte

USER quenotte
ENV PYTHONUNBUFFERED=1 QUENOTTE_HOST=0.0.0.0 PORT=8000
EXPOSE 8000

ENTRYPOINT ["python", "-m", "backend"]
CMD ["web"]
