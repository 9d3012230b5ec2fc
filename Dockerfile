FROM python:3.13-slim AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/opt/venv
RUN pip install --no-cache-dir uv
WORKDIR /srv/helpdesk
COPY pyproject.toml uv.lock .python-version ./
RUN uv sync --locked --no-dev

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/srv/static
RUN useradd --system --no-create-home --uid 10001 helpdesk
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/helpdesk
COPY . .
# Static files need no production settings; what the embedded profile writes on the way stays out of the image.
RUN HELPDESK_DATA=/tmp/build python manage.py collectstatic --no-input && rm -rf /tmp/build
ENV HELPDESK_PROFILE=production
USER helpdesk
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--static-path-mount", "/srv/static", "helpdesk.wsgi:application"]
