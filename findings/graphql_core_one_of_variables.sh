#!/usr/bin/env bash
# graphql-core 3.3.2: a document that gives a nullable variable to a field of a OneOf input object passes validation.
#
# The specification of September 2025 (5.8.5, "All Variable Usages Are Allowed") calls such a field a non-null position: a variable
# there must be declared non-null, so the document is refused as a whole before anything runs. graphql-core refuses two literal
# fields and a literal null in validation, but finds the variable only when the field is executed: the other fields of the
# document have run by then, and a mutation beside it has been carried out. Both a plain argument and a list are concerned.
#
# Seen with Python 3.11: see the lines printed. Exits 0 while the behaviour is as told, 1 once it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check 'graphql-core==3.3.2'
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from graphql import build_schema, graphql_sync, parse, validate, version

schema = build_schema(
    """
    input Rate @oneOf { flat: Int amount: Int }
    type Query { one(rate: Rate!): String many(rates: [Rate!]!): String other: String }
    """
)
schema.query_type.fields["other"].resolve = lambda *_: "was run"
print("graphql-core", version)
refused = [str(error.message) for error in validate(schema, parse("{ one(rate: {flat: 1, amount: 2}) }"))]
print("two literal fields, in validation:", refused)
as_told = len(refused) == 1
for call in ("one(rate: {flat: $given})", "many(rates: [{flat: $given}])"):
    document = f"query($given: Int) {{ other {call} }}"
    found = validate(schema, parse(document))
    answer = graphql_sync(schema, document, variable_values={"given": None})
    print(document, "in validation:", [error.message for error in found])
    print("  executed with null:", answer.data, [error.message for error in answer.errors or []])
    as_told = as_told and not found and answer.data["other"] == "was run" and len(answer.errors) == 1
sys.exit(0 if as_told else 1)
PYTHON
