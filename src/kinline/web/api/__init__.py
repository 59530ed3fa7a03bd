"""The API of machines: `/api/...`, described at `/api/openapi.json` (OpenAPI 3.1)."""
