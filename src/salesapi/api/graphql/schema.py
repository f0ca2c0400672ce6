"""The GraphQL schema: put together from the catalogue's commands and the hand-written reads, without any engine."""

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from salesapi.api.graphql.enums import Enums
from salesapi.api.graphql.inputs import Inputs
from salesapi.api.graphql.mutations import mutation_type
from salesapi.api.graphql.scalars import SCALARS
from salesapi.domain.catalogue import Catalogue


@strawberry.type
class Query:
    version: str = "1"


def build_schema(catalogue: Catalogue) -> strawberry.Schema:
    """The schema of this catalogue."""
    enums = Enums()
    inputs = Inputs(enums)
    return strawberry.Schema(
        query=Query,
        mutation=mutation_type(catalogue, inputs),
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
    )


def executable(schema: strawberry.Schema) -> GraphQLSchema:
    """The schema as graphql-core runs it; Strawberry gives it no public name."""
    return schema._schema


def schema_text() -> str:
    """The schema in GraphQL's schema language, for `openapi/schema.graphql`."""
    return f"{build_schema(Catalogue()).as_str()}\n"
