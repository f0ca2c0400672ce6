"""A plugin of mypy that gives `made_from`, `changed` and `differing` the signature of each call.

`made_from(DealOpened, command, stage=stage.key)`: a field that the source has under the same name, with a type that fits, need
not be stated; one that the source lacks must be, unless it has a default; and so must one that has another type there, so that
nothing is taken by mistake. `changed(state, event)` and `differing(DealChanged, command, known=state)` likewise take what the
change may leave unsaid, by UNSET or None, and what fits once it is said.
"""

from collections.abc import Callable, Sequence

from mypy.expandtype import expand_type_by_instance
from mypy.nodes import ARG_NAMED, ARG_NAMED_OPT, ARG_POS, ArgKind, Decorator, Var
from mypy.plugin import FunctionSigContext, Plugin
from mypy.subtypes import is_subtype
from mypy.types import CallableType, FunctionLike, Instance, NoneType, ProperType, Type, UnionType, get_proper_type

STATES = "salesapi.domain.shared.states"
UNSET = "salesapi.domain.shared.kernel.Unset"


class MadeFrom(Plugin):
    """Checks the calls of the functions that take values by their names."""

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """See `Plugin.get_function_signature_hook`."""
        return SIGNATURES.get(fullname)


def plugin(version: str) -> type[Plugin]:
    """The way in for mypy."""
    return MadeFrom


def _made_from(ctx: FunctionSigContext) -> FunctionLike:
    types = _types(ctx, 2)
    kind, source = types if types else (None, None)
    if source is None or not _is_record(ctx, kind):
        return ctx.default_signature
    assert isinstance(kind, CallableType)
    fields = zip(kind.arg_names, kind.arg_types, kind.arg_kinds, strict=True)
    kinds = [_kind_of(source, name or "", wanted, usual) for name, wanted, usual in fields]
    return _stating(ctx, [kind, source], list(zip(kind.arg_names, kind.arg_types, kinds, strict=True)), kind.ret_type)


def _changed(ctx: FunctionSigContext) -> FunctionLike:
    types = _types(ctx, 2)
    known, said = types or (None, None)
    if said is None or not isinstance(known, Instance):
        return ctx.default_signature
    names = [name for name, symbol in known.type.names.items() if isinstance(symbol.node, Var) and name[:2] != "__"]
    fields = {name: found for name in names if (found := _type_of(known, name)) is not None}
    kinds = [_kind_of_said(said, name, wanted, ARG_NAMED_OPT) for name, wanted in fields.items()]
    return _stating(ctx, types, list(zip(fields, fields.values(), kinds, strict=True)), known)


def _differing(ctx: FunctionSigContext) -> FunctionLike:
    types = _types(ctx, 3)
    if not types or not _is_record(ctx, types[0]):
        return ctx.default_signature
    kind, said, known = types
    assert isinstance(kind, CallableType)
    fields = zip(kind.arg_names, kind.arg_types, kind.arg_kinds, strict=True)
    kinds = [
        _kind_of_said(said, name or "", wanted, usual) if _type_of(known, name or "") else usual
        for name, wanted, usual in fields
    ]
    stated = list(zip(kind.arg_names, kind.arg_types, kinds, strict=True))
    return _stating(ctx, [kind, said], [("known", known, ARG_NAMED), *stated], kind.ret_type)


SIGNATURES: dict[str, Callable[[FunctionSigContext], FunctionLike]] = {
    f"{STATES}.made_from": _made_from,
    f"{STATES}.changed": _changed,
    f"{STATES}.differing": _differing,
}


def _types(ctx: FunctionSigContext, count: int) -> list[ProperType]:
    """The types of the first arguments; none where one lacks, which mypy tells of by itself."""
    given = ctx.args[:count]
    if len(given) < count or any(len(each) != 1 for each in given):
        return []
    return [get_proper_type(ctx.api.get_expression_type(each[0])) for each in given]


def _is_record(ctx: FunctionSigContext, kind: ProperType | None) -> bool:
    if isinstance(kind, CallableType) and kind.is_type_obj():
        return True
    ctx.api.fail(f'The first argument of "{ctx.default_signature.name}" is the class of a record', ctx.context)
    return False


def _stating(
    ctx: FunctionSigContext, given: list[ProperType], fields: list[tuple[str | None, Type, ArgKind]], made: Type
) -> FunctionLike:
    """The signature that takes what is given by position, and the fields by name."""
    of = made.type.name if isinstance(made, Instance) else str(made)
    return ctx.default_signature.copy_modified(
        arg_names=[*(None for _ in given), *(name for name, _, _ in fields)],
        arg_kinds=[*(ARG_POS for _ in given), *(kind for _, _, kind in fields)],
        arg_types=[*given, *(wanted for _, wanted, _ in fields)],
        ret_type=made,
        variables=[],
        name=f"{ctx.default_signature.name} of {of}",
    )


def _kind_of_said(said: ProperType, name: str, wanted: Type, usual: ArgKind) -> ArgKind:
    """Whether a field must be stated beside a change."""
    there = _type_of(said, name)
    if there is None:
        return usual
    values = _instances(get_proper_type(there))
    unset = [each for each in values if isinstance(each, Instance) and each.type.fullname == UNSET]
    silences: Sequence[ProperType] = unset or [each for each in values if isinstance(each, NoneType)]
    fits = all(is_subtype(each, wanted) for each in values if each not in silences)
    return ARG_NAMED_OPT if silences and fits else ARG_NAMED


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
