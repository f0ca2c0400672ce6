"""What the environment says: the only reader of it besides the command line. All names begin with `SALESAPI_`."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_POSTGRESQL_URL: Final = re.compile(
    r"postgres(ql)?://([^/?#@]*@)?([^/?#@:,\[\]]*|\[[0-9a-fA-F:.]+\])(:[0-9]+)?([,/?].*)?"
)
_NATS_URL: Final = re.compile(r"(nats|tls)://([^/?#@\s]*@)?([^/?#@:,\s\[\]]+|\[[0-9a-fA-F:.]+\])(:[0-9]+)?/?")


class Settings(BaseSettings):
    """Settings of `serve`, `work`, `migrate` and the other commands."""

    model_config = SettingsConfigDict(env_prefix="SALESAPI_", extra="ignore", secrets_dir=None)

    database_url: Annotated[SecretStr | None, Field(description="PostgreSQL, the application's role.")] = None
    migration_url: Annotated[SecretStr | None, Field(description="PostgreSQL, the owner's role.")] = None
    nats_url: Annotated[SecretStr | None, Field(description="NATS with JetStream, the relay's user.")] = None
    key_file: Annotated[Path | None, Field(description="File with the key-encryption key, mode 0600.")] = None
    time_zone: Annotated[str, Field(description="The company's zone (IANA); business dates are read in it.")] = "UTC"
    first_day: Annotated[date, Field(description="First day of the company: no date lies before it.")] = date(
        1970, 1, 1
    )
    development: Annotated[bool, Field(description="Opens GraphiQL and the API docs pages.")] = False
    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(description="Port to listen on.", ge=0, le=65_535)] = 8000

    @field_validator("database_url", "migration_url")
    @classmethod
    def _is_readable(cls, url: SecretStr | None) -> SecretStr | None:
        """Refused here, without its text: a driver's own message would quote the piece that it takes for the port."""
        if url is not None and not _POSTGRESQL_URL.fullmatch(url.get_secret_value()):
            raise ValueError(
                "it is no URL of the form postgresql://user:password@host:port/database; "
                "in the password write / ? # @ as %2F %3F %23 %40"
            )
        return url

    @field_validator("nats_url")
    @classmethod
    def _names_one_server(cls, url: SecretStr | None) -> SecretStr | None:
        """Refused here: a driver takes what it does not know for a server without encryption."""
        if url is not None and not _NATS_URL.fullmatch(url.get_secret_value()):
            raise ValueError(
                "it is no URL of the form nats://user:password@host:port, or tls://... where the server has a certificate; "
                "in the password write / ? # @ as %2F %3F %23 %40"
            )
        return url
