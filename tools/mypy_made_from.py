"""A plugin of mypy that gives `made_from` the signature of each call: `made_from(DealOpened, command, stage=stage.key)`.

A field that the source has under the same name, with a type that fits, need not be stated; one that the source lacks must be,
unless it has a default; and so must one that has another type there, so that nothing is taken by mistake.
"""

from collections.abc import Callable

from mypy.expandtype import expand_type_by_instance
from mypy.nodes import ARG_NAMED, ARG_NAMED_OPT, ARG_POS, ArgKind, Decorator, Var
from mypy.plugin import FunctionSigContext, Plugin
from mypy.subtypes import is_subtype
from mypy.types import CallableType, FunctionLike, Instance, ProperType, Type, UnionType, get_proper_type

MADE_FROM = "salesapi.domain.shared.states.made_from"


class MadeFrom(Plugin):
    """Checks the calls of one function."""

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """See `Plugin.get_function_signature_hook`."""
        return _signature if fullname == MADE_FROM else None


def plugin(version: str) -> type[Plugin]:
    """The way in for mypy."""
    return MadeFrom


def _signature(ctx: FunctionSigContext) -> FunctionLike:
    if len(ctx.args) < 2 or len(ctx.args[0]) != 1 or len(ctx.args[1]) != 1:
        return ctx.default_signature
    kind = get_proper_type(ctx.api.get_expression_type(ctx.args[0][0]))
    source = get_proper_type(ctx.api.get_expression_type(ctx.args[1][0]))
    if not isinstance(kind, CallableType) or not kind.is_type_obj():
        ctx.api.fail('The first argument of "made_from" is the class of a record', ctx.context)
        return ctx.default_signature
    fields = list(zip(kind.arg_names, kind.arg_types, kind.arg_kinds, strict=True))
    return ctx.default_signature.copy_modified(
        arg_names=[None, None, *kind.arg_names],
        arg_kinds=[ARG_POS, ARG_POS, *(_kind_of(source, name or "", wanted, usual) for name, wanted, usual in fields)],
        arg_types=[kind, source, *kind.arg_types],
        ret_type=kind.ret_type,
        variables=[],
        name=f"made_from of {kind.name}",
    )


def _kind_of(source: ProperType, name: str, wanted: Type, usual: ArgKind) -> ArgKind:
    """Whether a field must be stated."""
    there = [_type_of(each, name) for each in _instances(source)]
    if all(each is not None and is_subtype(each, wanted) for each in there):
        return ARG_NAMED_OPT
    return ARG_NAMED_OPT if not any(there) and usual == ARG_NAMED_OPT else ARG_NAMED


def _instances(source: ProperType) -> list[ProperType]:
    return [get_proper_type(each) for each in source.items] if isinstance(source, UnionType) else [source]


def _type_of(source: ProperType, name: str) -> Type | None:
    """The type of an attribute, None where there is none."""
    symbol = source.type.get(name) if isinstance(source, Instance) else None
    found: Type | None = None
    if symbol is not None and isinstance(symbol.node, Var):
        found = symbol.node.type
    elif symbol is not None and isinstance(symbol.node, Decorator) and symbol.node.var.is_property:
        getter = get_proper_type(symbol.node.func.type)
        found = getter.ret_type if isinstance(getter, CallableType) else None
    return expand_type_by_instance(found, source) if found is not None and isinstance(source, Instance) else None
