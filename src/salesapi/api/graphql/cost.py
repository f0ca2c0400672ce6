"""The limits of a document, checked in one linear walk before validation: spreads, aliases, depth, and the nodes asked for.

The nodes are the sum, over all things asked for, of the products of the `first` above them. Each fragment is walked once and
its result is used for all of its spreads, so the walk is linear in the document however the fragments are nested.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from salesapi.api.graphql.errors import DocumentInvalid, DocumentTooCostly

SPREADS_MAX: Final = 20
ALIASES_MAX: Final = 15
DEPTH_MAX: Final = 8
INTROSPECTION_DEPTH_MAX: Final = 15
"""Depth below `__schema` and `__type`: what GraphiQL and code generators ask for."""
NODES_MAX: Final = 2_000
FIRST_MAX: Final = 100
"""Largest `first` of a list."""
_DIGITS_MAX: Final = 9
_WRAPPERS: Final = ("Connection", "Edge")
"""Types whose fields only lead on: they are no things of their own."""


@dataclass(frozen=True, slots=True)
class Weight:
    """The weight of a selection: the things that it asks for of each parent, and the levels below it."""

    nodes: int
    depth: int


class DocumentCost:
    """Weighs one operation of a document with the variables that came with it."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._variables = variables
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._known: dict[str, Weight] = {}
        self._open: set[str] = set()
        self._types: set[str] = set()
        self._spreads = 0
        self._aliases = 0

    def check(self, operation: OperationDefinitionNode) -> frozenset[str]:
        """Refuses an operation over a limit; answers the names of the types that it touches.

        Raises:
            DocumentTooCostly: with the limit.
            DocumentInvalid: for fragments that contain themselves.
        """
        self._variables = {**_defaults(operation), **self._variables}
        root = self._schema.get_root_type(operation.operation)
        weight = self._selection(operation.selection_set, root, 0)
        _refuse_over(weight.nodes, "things (the sum of the products of `first`)", NODES_MAX)
        return frozenset(self._types)

    def _selection(self, selections: SelectionSetNode, parent: GraphQLNamedType | None, depth: int) -> Weight:
        nodes, deepest = 0, 0
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                weight = self._field(selection, parent, depth)
            elif isinstance(selection, InlineFragmentNode):
                on = selection.type_condition
                narrowed = self._schema.get_type(on.name.value) if on else parent
                weight = self._selection(selection.selection_set, narrowed, depth)
            else:
                assert isinstance(selection, FragmentSpreadNode)
                weight = self._spread(selection, depth)
            nodes += weight.nodes
            deepest = max(deepest, weight.depth)
            _refuse_over(nodes, "things (the sum of the products of `first`)", NODES_MAX)
        return Weight(nodes, deepest)

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, depth: int) -> Weight:
        if node.alias is not None:
            self._aliases += 1
            _refuse_over(self._aliases, "aliases", ALIASES_MAX)
        if node.name.value in ("__schema", "__type"):
            return Weight(1, self._introspected(node, 1))
        _refuse_over(depth + 1, "levels", DEPTH_MAX)
        if node.selection_set is None:
            return Weight(0, 1)
        definition = parent.fields.get(node.name.value) if isinstance(parent, _HAS_FIELDS) else None
        below_type = get_named_type(definition.type) if definition else None
        if below_type is not None:
            self._types.add(below_type.name)
        below = self._selection(node.selection_set, below_type, depth + 1)
        if parent is not None and parent.name.endswith(_WRAPPERS):
            return Weight(below.nodes, below.depth + 1)
        first = definition.args.get("first") if definition else None
        each = 1 if first is None else self._first(node, first)
        return Weight(each * (1 + below.nodes), below.depth + 1)

    def _spread(self, node: FragmentSpreadNode, depth: int) -> Weight:
        self._spreads += 1
        _refuse_over(self._spreads, "fragment spreads", SPREADS_MAX)
        name = node.name.value
        if name in self._open:
            raise DocumentInvalid(reason="A fragment contains itself.")
        fragment = self._fragments.get(name)
        if fragment is None:
            return Weight(0, 0)  # Validation says so.
        if name not in self._known:
            self._open.add(name)
            parent = self._schema.get_type(fragment.type_condition.name.value)
            self._known[name] = self._selection(fragment.selection_set, parent, depth)
            self._open.discard(name)
        weight = self._known[name]
        _refuse_over(depth + weight.depth, "levels", DEPTH_MAX)
        return weight

    def _introspected(self, node: FieldNode | InlineFragmentNode, depth: int) -> int:
        _refuse_over(depth, "levels of introspection", INTROSPECTION_DEPTH_MAX)
        inner = node.selection_set.selections if node.selection_set else ()
        for selection in inner:
            if isinstance(selection, FieldNode):
                self._introspected(selection, depth + 1)
            elif isinstance(selection, InlineFragmentNode):
                self._introspected(selection, depth)
        return depth

    def _first(self, node: FieldNode, declared: GraphQLArgument) -> int:
        value = next((argument.value for argument in node.arguments or () if argument.name.value == "first"), None)
        wanted: object = declared.default_value
        if isinstance(value, IntValueNode):
            wanted = int(value.value) if len(value.value) <= _DIGITS_MAX else FIRST_MAX + 1
        elif isinstance(value, VariableNode):
            wanted = self._variables.get(value.name.value, wanted)
        if not isinstance(wanted, int):
            return 1  # Null, or of a wrong type: validation and the check of variables see to it.
        _refuse_over(wanted, "as `first` of a list", FIRST_MAX)
        return max(wanted, 0)


_HAS_FIELDS: Final = (GraphQLObjectType, GraphQLInterfaceType)


def _defaults(operation: OperationDefinitionNode) -> dict[str, int]:
    """The whole numbers among the defaults of the operation's variables."""
    return {
        definition.variable.name.value: int(definition.default_value.value)
        for definition in operation.variable_definitions or ()
        if isinstance(definition.default_value, IntValueNode) and len(definition.default_value.value) <= _DIGITS_MAX
    }


def _refuse_over(count: int, what: str, limit: int) -> None:
    if count > limit:
        raise DocumentTooCostly(what=what, count=count, limit=limit)
