# coatmine with the curation app and PostgreSQL's driver. Build: docker build -t coatmine .
FROM python:3.12-slim

RUN useradd --create-home curator
WORKDIR /opt/coatmine
COPY pyproject.toml README.md LICENSE requirements.lock ./
COPY coatmine coatmine
COPY pipeline pipeline
COPY models models
COPY gold gold
RUN pip install --no-cache-dir '.[review,postgres,parquet]'

USER curator
WORKDIR /work
ENTRYPOINT ["coatmine"]
CMD ["--help"]
