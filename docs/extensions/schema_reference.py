"""The directive ``schemas``: the keys of every JSON Schema that ships with the package."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from sphinx.application import Sphinx

from generated import code, generated, plain, table

HEAD = ("key", "required", "value", "meaning")
Schema = dict[str, Any]


def page() -> str:
    """Return the Markdown of the reference of all schemas."""
    folder = files("negeig.pipeline").joinpath("schemas")
    names = sorted(path.name for path in folder.iterdir() if path.name.endswith(".json"))
    schemas = [json.loads(folder.joinpath(name).read_text()) for name in names]
    return "\n\n".join(_section(schema) for schema in schemas)


def _section(schema: Schema) -> str:
    """Return the heading, the sentence and the tables of one schema."""
    parts = [f"## {schema['$id']}", plain(schema["title"]) + ".", table(HEAD, _rows(schema, ""))]
    for name, own in schema.get("$defs", {}).items():
        said = plain(own.get("description", ""))
        parts.append(f"*{name}*: {_kind(own)}. {said}".rstrip())
        rows = list(_rows(own, ""))
        parts += [table(HEAD, rows)] if rows else []
    return "\n\n".join(parts)


def _rows(schema: Schema, path: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield a row for every key inside a schema, however deep; [] stands for every element."""
    required = schema.get("required", ())
    for name, own in schema.get("properties", {}).items():
        at = f"{path}.{name}" if path else name
        yield code(at), "yes" if name in required else "no", _kind(own), plain(_meaning(own))
        yield from _rows(own, at)
    other = schema.get("additionalProperties")
    if isinstance(other, dict):
        at = f"{path}.*" if path else "*"
        yield code(at), "no", _kind(other), plain(_meaning(other))
        yield from _rows(other, at)
    if isinstance(schema.get("items"), dict):
        yield from _rows(schema["items"], f"{path}[]")
    for word in ("oneOf", "anyOf", "allOf"):
        for own in schema.get(word, ()):
            yield from _rows(own, path)


def _meaning(schema: Schema) -> str:
    """Return what is said of a value, and what else holds it."""
    said = [schema.get("description", "")]
    if "minimum" in schema:
        said.append(f"At least {schema['minimum']}.")
    if "maximum" in schema:
        said.append(f"At most {schema['maximum']}.")
    return " ".join(filter(None, said))


def _kind(schema: Schema) -> str:
    """Return what values a schema takes, in a few words."""
    if "const" in schema:
        return code(json.dumps(schema["const"]))
    if "enum" in schema:
        return ", ".join(code(json.dumps(value)) for value in schema["enum"])
    if "$ref" in schema:
        return f"*{schema['$ref'].rsplit('/', 1)[-1].removesuffix('.json')}*"
    for word in ("oneOf", "anyOf"):
        if word in schema and "type" not in schema:
            return " or ".join(dict.fromkeys(map(_kind, schema[word])))
    kind = schema.get("type", "any value")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array" and isinstance(schema.get("items"), dict):
        return f"list of {_kind(schema['items'])}"
    return str(kind)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("schemas", generated(page))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
