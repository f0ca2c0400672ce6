"""The GraphQL schema: put together from the catalogue's commands and the hand-written reads, without any engine."""

from dataclasses import dataclass
from functools import cache

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from salesapi.api.graphql.board import subscription_type
from salesapi.api.graphql.connections import Connections
from salesapi.api.graphql.enums import Enums
from salesapi.api.graphql.inputs import Inputs
from salesapi.api.graphql.mutations import mutation_type
from salesapi.api.graphql.outputs import Outputs
from salesapi.api.graphql.queries import query_type
from salesapi.api.graphql.questions import QuestionFields
from salesapi.api.graphql.relations import READS
from salesapi.api.graphql.scalars import SCALARS
from salesapi.api.reads.questions import QUESTIONS
from salesapi.domain.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The schema as graphql-core runs it, its text, and the read models behind each of its types."""

    executable: GraphQLSchema
    text: str
    reads: dict[str, frozenset[str]]


@cache
def build_schema(catalogue: Catalogue) -> Schema:
    """The schema of this catalogue. It takes more than a second, and holds nothing of whom it serves: it is made once."""
    enums = Enums()
    inputs, outputs = Inputs(enums), Outputs(enums)
    connections = Connections(outputs)
    fields = QuestionFields(enums, inputs, outputs, connections)
    questions = {question.name: fields.field(question) for question in QUESTIONS if question.in_graphql}
    made = strawberry.Schema(
        query=query_type(questions),
        mutation=mutation_type(catalogue, inputs),
        subscription=subscription_type(outputs),
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
    )
    return Schema(
        executable=made._schema,  # Strawberry gives the schema below it no public name.
        text=f"{made.as_str()}\n",
        reads={shape.__name__: frozenset(reads) for shape, reads in READS.items()},
    )


def schema_text() -> str:
    """The schema in GraphQL's schema language, for `openapi/schema.graphql`."""
    return build_schema(Catalogue()).text
