"""The REST interface: every answer, indicator and table under `/api/v1`, described in OpenAPI 3.1; only reading."""

from legation.surfaces.rest.app import create_api

__all__ = ["create_api"]
