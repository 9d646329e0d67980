FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /app posasoft \
 && install --directory --owner posasoft /data
WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock
COPY . .
RUN SECRET_KEY=build NATIONAL_ID_KEY=00 python manage.py collectstatic --noinput --verbosity 0
USER posasoft
ENV PYTHONUNBUFFERED=1
EXPOSE 8000
