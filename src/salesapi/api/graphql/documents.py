"""From a request's text to an operation that may run: bounded parsing, the limits, validation, variables.

The order is the point: length, tokens, our own linear limits, and only then GraphQL's validation, whose cost is not linear.
What has been parsed and found valid is kept by the document's text.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLScalarType,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    VariableDefinitionNode,
    get_named_type,
    is_input_object_type,
    is_input_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    parse,
    specified_rules,
    type_from_ast,
    validate,
)
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.utils.str_converters import to_snake_case

from salesapi.api.graphql.cost import DocumentCost
from salesapi.api.graphql.errors import ERRORS_MAX, DocumentInvalid, DocumentTooCostly
from salesapi.commands.command_reading import CommandMalformed

DOCUMENT_LENGTH_MAX: Final = 10_240
"""Longest document, in characters."""
TOKENS_MAX: Final = 1_000
COMMENTS_MAX: Final = 100
DOCUMENTS_KEPT_MAX: Final = 128
"""How many valid documents are kept, the latest used."""


class DocumentRejected(Exception):
    """The document does not parse or does not fit the schema. Carries GraphQL's own errors."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An operation that may run."""

    document: DocumentNode
    operation: OperationDefinitionNode
    variables: dict[str, Any]
    types: frozenset[str]
    """Names of the types whose fields it selects."""

    @property
    def name(self) -> str | None:
        """The operation's name, where it has one."""
        return self.operation.name.value if self.operation.name else None

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.operation.operation


class Documents:
    """Prepares operations for one schema."""

    def __init__(self, schema: GraphQLSchema, *, with_introspection: bool) -> None:
        self._schema = schema
        rules = (*specified_rules, OneOfInputValidationRule)
        self._rules = rules if with_introspection else (*rules, NoSchemaIntrospectionCustomRule)
        self._valid: OrderedDict[str, DocumentNode] = OrderedDict()

    def prepare(self, text: str, variables: dict[str, Any], operation_name: str | None) -> Prepared:
        """The operation to run.

        Raises:
            DocumentRejected: with the errors of parsing or validation.
            Refused: over a limit, without such an operation, or for variables that do not fit.
        """
        known = self._valid.get(text)
        document = known or self._parsed(text)
        operation = _operation(document, operation_name)
        types = DocumentCost(self._schema, document, variables).check(operation)
        if known is None:
            errors = validate(self._schema, document, self._rules, max_errors=ERRORS_MAX, hide_suggestions=True)
            if errors:
                raise DocumentRejected(errors)
        self._keep(text, document)
        self._refuse_unfit(operation, variables)
        return Prepared(document=document, operation=operation, variables=variables, types=types)

    def _parsed(self, text: str) -> DocumentNode:
        if len(text) > DOCUMENT_LENGTH_MAX:
            raise DocumentTooCostly(what="characters", count=len(text), limit=DOCUMENT_LENGTH_MAX)
        try:
            return parse(text, max_lexical_tokens=TOKENS_MAX, max_comments=COMMENTS_MAX)
        except GraphQLError as error:
            raise DocumentRejected([error]) from None

    def _keep(self, text: str, document: DocumentNode) -> None:
        self._valid[text] = document
        self._valid.move_to_end(text)
        if len(self._valid) > DOCUMENTS_KEPT_MAX:
            self._valid.popitem(last=False)

    def _refuse_unfit(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> None:
        """Checks the variables by their types, so that a refusal has a pointer and never quotes a value."""
        for definition in operation.variable_definitions or ():
            type_ = type_from_ast(self._schema, definition.type)
            name = definition.variable.name.value
            if not is_input_type(type_) or (name not in variables and definition.default_value is not None):
                continue
            if name in variables or str(type_).endswith("!"):
                _refuse_misfit(definition, type_, variables.get(name))


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [part for part in document.definitions if isinstance(part, OperationDefinitionNode)]
    if name is not None:
        operations = [one for one in operations if one.name is not None and one.name.value == name]
    if len(operations) != 1:
        raise DocumentInvalid(
            reason="Name one operation of the document by `operationName`; without it there must be one."
        )
    return operations[0]


def _refuse_misfit(definition: VariableDefinitionNode, type_: GraphQLInputType, value: object) -> None:
    name = definition.variable.name.value
    misfit = _misfit(value, type_, () if is_input_object_type(get_named_type(type_)) else (name,))
    if misfit is not None:
        pointer = "".join(f"/{to_snake_case(str(part))}" for part in misfit.path)
        raise CommandMalformed(reason=f"The field {pointer or '/'} in ${name} {misfit.reason}.", pointer=pointer)


@dataclass(frozen=True, slots=True)
class _Misfit:
    """A place where a variable's value is not as its type says, and the reason."""

    path: tuple[str | int, ...]
    reason: str


def _misfit(value: object, type_: GraphQLInputType, path: tuple[str | int, ...]) -> _Misfit | None:
    if is_non_null_type(type_):
        return _Misfit(path, "is required") if value is None else _misfit(value, type_.of_type, path)
    if value is None:
        return None
    if is_list_type(type_):
        items = value if isinstance(value, list) else [value]
        found = (_misfit(item, type_.of_type, (*path, index)) for index, item in enumerate(items))
        return next((one for one in found if one), None)
    if is_input_object_type(type_):
        return _misfit_in_record(value, type_, path)
    assert isinstance(type_, GraphQLScalarType | GraphQLEnumType)
    coerce: Callable[[Any], object] = type_.coerce_input_value
    try:
        coerce(value)
    except GraphQLError:
        return _Misfit(path, f"is not of the type {type_.name}")
    return None


def _misfit_in_record(value: object, type_: GraphQLInputObjectType, path: tuple[str | int, ...]) -> _Misfit | None:
    if not isinstance(value, dict):
        return _Misfit(path, f"is not of the type {type_.name}")
    for name in value:
        if name not in type_.fields:
            return _Misfit((*path, name), "is unknown")
    is_one_of = type_.extensions["strawberry-definition"].is_one_of
    if is_one_of and [found is not None for found in value.values()] != [True]:
        return _Misfit(path, f"needs exactly one of {', '.join(type_.fields)}")
    for name, field in type_.fields.items():
        if name in value or is_required_input_field(field):
            # The field of one of several inputs says its kind; what is in it has REST's place, without the kind.
            place = path if is_one_of else (*path, name)
            found = _misfit(value.get(name), field.type, place)
            if found:
                return found
    return None
