# coatmine with the curation app and PostgreSQL's driver. Build: docker build -t coatmine .
FROM python:3.12-slim

RUN useradd --create-home --uid 1000 curator
WORKDIR /opt/coatmine
# What running needs, pinned with hashes; a layer of its own, which a change of the code does not touch.
COPY requirements-run.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-run.lock
COPY pyproject.toml README.md LICENSE ./
COPY coatmine coatmine
COPY pipeline pipeline
COPY models models
COPY gold gold
RUN pip install --no-cache-dir '.[review,postgres,parquet]'

USER curator
WORKDIR /work
ENTRYPOINT ["coatmine"]
CMD ["--help"]
