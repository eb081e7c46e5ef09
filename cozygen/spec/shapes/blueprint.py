"""The shape of a Blueprint's spec."""

from __future__ import annotations

from cozygen.schema.build import Document, choice, free, map_of, obj, text

PARAMETER_TYPES = ("string", "integer", "number", "boolean", "quantity", "list", "map")


def blueprint_shape() -> Document:
    """A parameterised fragment of a tenant.

    The template is checked where it is used, once its values are known; only its outline is fixed here.
    """
    return obj(
        {
            "parameters": map_of(
                obj(
                    {
                        "type": choice(PARAMETER_TYPES, "The parameter's type."),
                        "default": {"description": "The value where a use gives none."},
                        "enum": {"type": "array", "description": "The only values that are possible."},
                        "description": text("What the parameter is for."),
                    },
                    required=["type"],
                ),
                "What a use may or must give.",
                names={
                    "type": "string",
                    "pattern": "^[A-Za-z][A-Za-z0-9_]*$",
                    "x-says": "is no parameter name",
                    "x-hint": "use letters, digits and underscores, beginning with a letter",
                },
            ),
            "template": free(
                "The fragment: any keys of a Tenant's spec. Text values may hold {{ expressions }}."
            ),
        },
        "A parameterised fragment of a tenant: apps, clusters, child tenants.",
        required=["template"],
    )
