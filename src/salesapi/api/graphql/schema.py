"""The GraphQL schema: put together from the catalogue's commands and the questions, without any engine."""

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
from salesapi.api.graphql.questions import QuestionFields, query_type
from salesapi.api.graphql.scalars import SCALARS
from salesapi.api.reads.question import Whole
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
    made = strawberry.Schema(
        query=query_type(fields),
        mutation=mutation_type(catalogue, inputs),
        subscription=subscription_type(outputs),
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
    )
    return Schema(
        executable=made._schema,  # Strawberry gives the schema below it no public name.
        text=f"{made.as_str()}\n",
        reads=_reads(),
    )


def _reads() -> dict[str, frozenset[str]]:
    """The read models behind each type, as the questions say of what they answer; those of a report are its own affair."""
    reads: dict[str, frozenset[str]] = {}
    for question in QUESTIONS:
        if not isinstance(question.answers, Whole):
            name = question.answers.shape.__name__
            reads[name] = reads.get(name, frozenset()) | frozenset(question.reads)
    return reads


def schema_text() -> str:
    """The schema in GraphQL's schema language, for `openapi/schema.graphql`."""
    return build_schema(Catalogue()).text
