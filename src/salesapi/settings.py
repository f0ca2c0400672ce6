"""What the environment says: the only reader of it besides the command line. All names begin with `SALESAPI_`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of `serve`, `work`, `migrate` and the other commands."""

    model_config = SettingsConfigDict(env_prefix="SALESAPI_", extra="ignore", secrets_dir=None)

    database_url: Annotated[SecretStr | None, Field(description="PostgreSQL, the application's role.")] = None
    migration_url: Annotated[SecretStr | None, Field(description="PostgreSQL, the owner's role.")] = None
    nats_url: Annotated[SecretStr | None, Field(description="NATS with JetStream.")] = None
    key_file: Annotated[Path | None, Field(description="File with the key-encryption key, mode 0600.")] = None
    time_zone: Annotated[str, Field(description="The company's zone (IANA); business dates are read in it.")] = "UTC"
    development: Annotated[bool, Field(description="Opens GraphiQL and the API docs pages.")] = False
    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(description="Port to listen on.", ge=0, le=65_535)] = 8000
    command_time_out_seconds: Annotated[float, Field(gt=0, le=60, description="Longest wait of a request.")] = 10.0
