"""The API under `/api`: entries in, records and state out, OpenAPI 3.1 from the registry."""
